"""Two runs at once on one registry, from a home that neither has opened before."""

import subprocess
import sys

from sluice.runtime import build

WRITES = 20
WRITER = """
import sys
from fakes.runs import a_run
from sluice.runtime import build

sys.stdin.readline()  # both start at the same word
for number in range(int(sys.argv[2])):
    with build.open_registry() as store:
        store.record(a_run(strategy=sys.argv[1], seed=number, lineage=(sys.argv[1], "shared")))
"""


def test_two_processes_writing_at_once_lose_nothing(home, request):
    tests = str(request.config.rootpath / "tests")
    program = f"import sys; sys.path.insert(0, {tests!r})\n{WRITER}"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, name, str(WRITES)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, complaints = writer.communicate(timeout=120)
        assert writer.returncode == 0, complaints
    with build.open_registry() as store:
        runs = store.runs(limit=1000)
        assert sorted((run.strategy, run.seed) for run in runs) == [
            (name, number) for name in ("one", "two") for number in range(WRITES)
        ]
        assert [run.run_id for run in runs] == list(range(2 * WRITES, 0, -1))
        assert store.trials(("one",), "sim", 0, 1) == 2 * WRITES
