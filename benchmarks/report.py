"""What every engine prints of its run: one JSON line, and how it is timed."""

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """One timed run: `prepare_s` is the conversion of data that the engine wants before it."""

    seconds: float
    cpu_seconds: float
    others: float
    answer: str
    prepare_s: float | None = None
    first_s: float | None = None


def peak_mb() -> float:
    """The most memory this process held; `ru_maxrss` would inherit the mark of who started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Timer:
    """Wall seconds, our own CPU seconds, and the cores that other processes used meanwhile."""

    def __enter__(self) -> "Timer":
        gc.collect()
        self._busy, self._cpu = _busy_s(), time.process_time()
        self._begin = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._begin
        self.cpu_seconds = time.process_time() - self._cpu
        busy = _busy_s() - self._busy - self.cpu_seconds
        self.others = max(0.0, busy / max(self.seconds, 1e-9))

    def ran(self, answer: str, **more: float) -> Ran:
        """The run as it is reported."""
        return Ran(self.seconds, self.cpu_seconds, self.others, answer, **more)


def _busy_s() -> float:
    """CPU seconds used so far by everything on the machine; 0 where Linux does not tell."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    ticks = [int(word) for word in stat.read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / 100


def main(package: str | None, engines: dict[str, Callable[[], Ran]]) -> None:
    """Run the engine or workload named on the command line and print its line."""
    ran = engines[sys.argv[1]]()
    line = {
        "version": version(package) if package else sys.version.split()[0],
        "seconds": ran.seconds,
        "cpu_seconds": ran.cpu_seconds,
        "others_cores": round(ran.others, 2),
        "peak_mb": peak_mb(),
        "prepare_s": ran.prepare_s,
        "first_s": ran.first_s,
        "answer": ran.answer,
    }
    print(json.dumps(line))
