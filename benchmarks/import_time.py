"""What a user waits for before the first line: `import sluice`, beside `import polars` alone.

Usage: python -m benchmarks.import_time ours|polars. The rate is imports a second.
"""

import json
import subprocess
import sys
from importlib.metadata import version
from statistics import median

_CODE = (
    "import time, resource; t = time.perf_counter(); import {module}; "
    "print(time.perf_counter() - t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
)


def main(engine: str) -> None:
    """Import in nine fresh processes and print the median as one JSON line."""
    module = {"ours": "sluice"}.get(engine, engine)
    runs = []
    for _ in range(9):
        command = [sys.executable, "-c", _CODE.format(module=module)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        runs.append([float(x) for x in done.stdout.split()])
    seconds = median(run[0] for run in runs)
    line = {
        "engine": engine,
        "version": version(module),
        "rate": 1 / seconds,
        "unit": "imports/s",
        "peak_mb": median(run[1] for run in runs),
        "answer": f"{seconds * 1e3:.2f} ms",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main(sys.argv[1])
