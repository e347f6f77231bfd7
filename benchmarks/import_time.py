"""What a user waits for before the first line: `import sluice`, beside polars alone; and before
the first result: a new process that imports, makes 2,000 bars and backtests them.

Usage: python -m benchmarks.import_time ours|first|limit
"""

import subprocess
import sys
from statistics import median

from benchmarks.report import Ran, Timer, main

_TIMED = "import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"


def imported(module: str) -> Ran:
    """The median of nine fresh processes."""
    with Timer() as timer:
        command = [sys.executable, "-c", _TIMED.format(module=module)]
        runs = [
            float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            for _ in range(9)
        ]
    return Ran(median(runs), median(runs), timer.others, f"{median(runs) * 1e3:.2f} ms")


if __name__ == "__main__":
    main("sluice", {"ours": lambda: imported("sluice"), "polars": lambda: imported("polars")})
