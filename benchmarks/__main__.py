"""Run every workload, each engine in a fresh process, in turns; print ratios, keep the figures.

The machine may be noisy, so engines take turns within each round and medians are compared. Ratios
hold on other machines; single figures do not. A run of some workloads leaves the others' figures.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.table import table, write_page
from benchmarks.workloads import WORKLOADS, Workload

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "latest.json"
PEERS = ROOT / ".venv" / "peers"
Line = dict[str, Any]


def measure(python: Path | str, module: str, argument: str) -> Line:
    """One run of one engine in a fresh process; its JSON line."""
    command = [str(python), "-W", "ignore", "-m", module, argument]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        sys.stderr.write(done.stderr[-3000:])
        raise SystemExit(f"{' '.join(command)} failed")
    return json.loads(done.stdout.strip().splitlines()[-1])


def commands(workload: Workload) -> dict[str, tuple[Path | str, str, str, int]]:
    """Engine → (its Python, module, argument, most rounds)."""
    many = 1000
    found: dict[str, tuple[Path | str, str, str, int]] = {
        "sluice": (sys.executable, workload.module, workload.ours, many)
    }
    for peer in workload.peers:
        python, module = PEERS / peer.name / "bin" / "python", f"benchmarks.peers.{peer.name}"
        if not python.exists():
            raise SystemExit(f"{peer.name} is not installed; run `make peers`")
        found[peer.name] = (python, module, workload.name, peer.rounds or many)
    if workload.limit:
        venv = workload.limit_venv
        python = PEERS / venv / "bin" / "python" if venv else sys.executable
        found["limit"] = (python, "benchmarks.limits", workload.limit, many)
    return found


def compare(workload: Workload, rounds: int, clock: str) -> Line:
    """Every engine of a workload, in turns; medians of seconds by `clock`, memory, conversion."""
    runs: dict[str, list[Line]] = {}
    for turn in range(rounds):
        for engine, (python, module, argument, most) in commands(workload).items():
            if turn < most:
                line = measure(python, module, argument)
                runs.setdefault(engine, []).append(line)
                said = f"{line['seconds']:.3f} s, {line['cpu_seconds']:.3f} s CPU"
                print(f"  {workload.name} {turn + 1}/{rounds} {engine}: {said}", file=sys.stderr)
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": _commit(),
        "machine": _machine(),
        "rounds": rounds,
        "clock": clock,
        "engines": {engine: _middle(workload, lines, clock) for engine, lines in runs.items()},
    }


def _middle(workload: Workload, lines: list[Line], clock: str) -> Line:
    seconds = median(line[clock] for line in lines)
    prepared = [line["prepare_s"] for line in lines if line["prepare_s"] is not None]
    return {
        "version": lines[0]["version"],
        "rate": workload.events / seconds,
        "unit": workload.unit,
        "seconds": seconds,
        "runs": [[line["seconds"], line["cpu_seconds"]] for line in lines],
        "peak_mb": round(median(line["peak_mb"] for line in lines), 1),
        "prepare_s": median(prepared) if prepared else None,
        "others_cores": [line["others_cores"] for line in lines],
        "answer": lines[0]["answer"],
    }


def _is_built(workload: Workload) -> bool:
    if find_spec(workload.module) is not None:
        return True
    print(f"  {workload.name}: {workload.module} is not there yet, left out", file=sys.stderr)
    return False


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.stdout.strip() or "unknown"


def _machine() -> str:
    where = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    return f"{where}, Python {platform.python_version()}"


def main() -> None:
    """Parse, measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", help=f"default: all of {', '.join(WORKLOADS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--cpu", action="store_true", help="compare CPU seconds: for a machine that others use too"
    )
    parser.add_argument("--dry", action="store_true", help="print only; keep the figures kept")
    asked = parser.parse_args()
    unknown = set(asked.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; one of {list(WORKLOADS)}")
    clock = "cpu_seconds" if asked.cpu else "seconds"
    measured = {
        name: compare(WORKLOADS[name], asked.rounds, clock)
        for name in asked.workloads or WORKLOADS
        if _is_built(WORKLOADS[name])
    }
    print(table(measured))
    if not asked.dry:
        kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        results = {**kept, **measured}
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")
        write_page(results)
        print(f"written to {RESULTS.relative_to(ROOT)} and docs/benchmarks.md", file=sys.stderr)


if __name__ == "__main__":
    main()
