"""Run every workload, each engine in a fresh process, interleaved; print ratios, write latest.json.

The machine may be noisy, so engines take turns within each round and the medians are compared.
Ratios hold on other machines; single figures do not.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

WORKLOADS: dict[str, tuple[str, tuple[str, ...]]] = {
    # workload: (module, engines; "ours" first, "limit" last where there is one)
    "bars_event": ("benchmarks.bars_event", ("ours", "backtesting.py", "raptorbt", "limit")),
    "bars_event_native": ("benchmarks.bars_event", ("ours-native", "backtesting.py", "raptorbt")),
    "import": ("benchmarks.import_time", ("ours", "polars")),
}
RESULTS = Path(__file__).parent / "results" / "latest.json"


def measure(module: str, engine: str) -> dict[str, float | str]:
    """One run of one engine in a fresh process; its JSON line."""
    command = [sys.executable, "-W", "ignore", "-m", module, engine]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-3000:])
        raise SystemExit(f"{engine} failed on {module}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def compare(workload: str, rounds: int) -> list[dict[str, object]]:
    """One row a peer: our median and theirs, the ratio, peak memory and share of the limit."""
    module, engines = WORKLOADS[workload]
    runs: dict[str, list[dict[str, float | str]]] = {engine: [] for engine in engines}
    for turn in range(rounds):
        for engine in engines:
            runs[engine].append(measure(module, engine))
            print(f"  {workload} round {turn + 1}/{rounds} {engine}", file=sys.stderr)
    rate = {engine: median(float(r["rate"]) for r in rows) for engine, rows in runs.items()}
    ours = engines[0]
    limit = rate.get("limit")
    return [
        {
            "workload": workload,
            "ours": round(rate[ours], 4),
            "peer": peer,
            "peer_version": str(runs[peer][0]["version"]),
            "peer_rate": round(rate[peer], 4),
            "unit": str(runs[ours][0]["unit"]),
            "ratio": round(rate[ours] / rate[peer], 2),
            "peak_mb": round(median(float(r["peak_mb"]) for r in runs[ours]), 1),
            "peer_peak_mb": round(median(float(r["peak_mb"]) for r in runs[peer]), 1),
            "limit_share": None if limit is None else round(rate[ours] / limit, 3),
            "answer": runs[ours][0].get("answer"),
            "peer_answer": runs[peer][0].get("answer"),
        }
        for peer in engines[1:]
        if peer != "limit"
    ]


def main() -> None:
    """Parse, measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS), help="default: all")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    unknown = set(asked.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; one of {list(WORKLOADS)}")
    rows = [row for name in asked.workloads for row in compare(name, asked.rounds)]
    for row in rows:
        share = "" if row["limit_share"] is None else f", {row['limit_share']:.0%} of the limit"
        print(
            f"{row['workload']:18} {row['ratio']:>8} x {row['peer']} {row['peer_version']}"
            f"  ({row['ours']:,} against {row['peer_rate']:,} {row['unit']};"
            f" {row['peak_mb']} against {row['peer_peak_mb']} MB{share})"
        )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"written to {RESULTS.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
