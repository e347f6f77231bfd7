"""Can the gates tell luck from effect? Both gates on many seeds, with the planted effect and not.

    python -m tests.campaigns.luck_or_effect --seeds 100 [--jobs 2] [--full 3] [--out FOLDER]

For each seed the simulated market is made twice, with the planted overreaction and without, and
the shipped `bollinger_reversion` is judged at Gate 1 and then Gate 2, each market in a home of its
own. The promise: both gates pass on at least 90 of 100 seeds with the effect, on at most 5 of 100
without. Where it fails, the exit code is 1.

The look-ahead check judges the strategy's code and costs more than all the rest, so it is run on
the first `--full` seeds only; later seeds take the report of the first seed as evidence. Every
other check is computed anew for every seed. Results are JSON lines in FOLDER; a second call goes on
where the first ended, and starts anew where the code has changed.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import numpy as np

from sluice.market.simulate import SimulatedMarket
from sluice.operations.data import simulate
from sluice.research import judge
from sluice.research.lookahead import LookaheadReport, lookahead_report
from sluice.research.manifest import core_digest, sluice_digest
from sluice.research.plan import Asked, plan
from sluice.research.record import Judgement, recorded
from sluice.runtime.build import clock, open_catalog
from sluice.strategy.load import load

STRATEGY = "bollinger_reversion"
WITH_AT_LEAST = 0.90
WITHOUT_AT_MOST = 0.05
FIGURES = (
    "theoretical_sharpe",
    "sharpe",
    "profit_factor",
    "win_rate",
    "max_drawdown",
    "capacity",
    "round_trips",
)


@dataclass(frozen=True)
class Seed:
    """What both gates said of one market; figures are after costs, but the theoretical Sharpe."""

    seed: int
    effect: bool
    gate1: bool
    gate2: bool
    failed: tuple[str, ...]
    lookahead: str
    figures: dict[str, float | None]

    @property
    def passed(self) -> bool:
        return self.gate1 and self.gate2


@contextmanager
def home_of_its_own() -> Iterator[None]:
    """A fresh SLUICE_HOME, gone afterwards."""
    before = os.environ.get("SLUICE_HOME")
    with tempfile.TemporaryDirectory(prefix="luck-or-effect-") as folder:
        os.environ["SLUICE_HOME"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["SLUICE_HOME"]
            else:
                os.environ["SLUICE_HOME"] = before


def judge_seed(seed: int, *, effect: bool, evidence: LookaheadReport | None) -> Seed:
    """Both gates on one market; `evidence` stands in for the look-ahead check where given."""
    market = SimulatedMarket(seed=seed, effect="overreaction" if effect else None)
    with home_of_its_own(), ExitStack() as stack:
        simulate(market, open_catalog(), clock().now_ns())
        if evidence is not None:
            stack.enter_context(patch.object(judge, "lookahead_report", lambda *_, **__: evidence))
        run = plan(load(STRATEGY)(), Asked())
        started = clock().now_ns()
        first = judge.judge_research(run)
        assert first.verdict is not None
        recorded(first.result, run, started, Judgement("gate1", first.verdict))
        second = judge.judge_backtest(run)
        assert second.verdict is not None
        recorded(second.result, run, started, Judgement("gate2", second.verdict))
    checks = (*first.verdict.checks, *second.verdict.checks)
    told = {
        **second.verdict.metrics,
        "theoretical_sharpe": first.verdict.metrics["sharpe"],
        "capacity": first.verdict.metrics["capacity"],
    }
    return Seed(
        seed=seed,
        effect=effect,
        gate1=first.verdict.passed,
        gate2=second.verdict.passed,
        failed=tuple(dict.fromkeys(check.id for check in checks if not check.passed)),
        lookahead="run" if evidence is None else "of the first seed",
        figures={name: _number(told[name]) for name in FIGURES},
    )


@cache
def evidence_of_first_seed() -> LookaheadReport:
    """The look-ahead report of seed 0 with the effect, computed once in each process."""
    with home_of_its_own():
        simulate(SimulatedMarket(seed=0), open_catalog(), clock().now_ns())
        run = plan(load(STRATEGY)(), Asked())
        return lookahead_report(run.strategy, run.bars)


def one(task: tuple[int, bool], full: int) -> Seed:
    """A task of a worker process."""
    seed, effect = task
    evidence = None if seed < full else evidence_of_first_seed()
    return judge_seed(seed, effect=effect, evidence=evidence)


def promise_kept(results: Iterable[Seed]) -> bool:
    """Whether the gates passed often enough with the effect and seldom enough without."""
    results = list(results)
    with_effect = [r.passed for r in results if r.effect]
    without = [r.passed for r in results if not r.effect]
    return (
        bool(with_effect and without)
        and sum(with_effect) >= WITH_AT_LEAST * len(with_effect)
        and sum(without) <= WITHOUT_AT_MOST * len(without)
    )


def summary(results: Iterable[Seed]) -> str:
    """The table of the campaign, as markdown."""
    results = sorted(results, key=lambda r: (not r.effect, r.seed))
    lines = []
    for effect, title in ((True, "with the planted effect"), (False, "without")):
        part = [r for r in results if r.effect is effect]
        if not part:
            continue
        lines += [
            f"**{title}**: both gates pass on {sum(r.passed for r in part)} of {len(part)} seeds"
            f" (Gate 1 on {sum(r.gate1 for r in part)}, Gate 2's own figures on"
            f" {sum(not set(r.failed) & _GATE2 for r in part)}).",
            "",
            "| figure | worst 5 % | median | best 5 % | smallest | largest |",
            "|---|---|---|---|---|---|",
            *(_row(name, part) for name in FIGURES),
            "",
            f"Failed checks: {_failures(part)}.",
            "",
        ]
    return "\n".join(lines)


_GATE2 = {"sharpe", "max_drawdown", "win_rate", "profit_factor", "too_short", "too_few"}


def _row(name: str, part: list[Seed]) -> str:
    values = np.array([r.figures[name] for r in part if r.figures[name] is not None], dtype=float)
    if not values.size:
        return f"| {name} | | | | | |"
    worst, best = (95, 5) if name == "max_drawdown" else (5, 95)
    cells = [*np.percentile(values, [worst, 50, best]), values.min(), values.max()]
    shown = [f"{v:,.0f}" if name in ("capacity", "round_trips") else f"{v:.3f}" for v in cells]
    return f"| {name} | {' | '.join(shown)} |"


def _failures(part: list[Seed]) -> str:
    counts: dict[str, list[int]] = {}
    for result in part:
        for name in result.failed:
            counts.setdefault(name, []).append(result.seed)
    ordered = sorted(counts.items(), key=lambda item: -len(item[1]))
    said = (
        f"`{name}` {len(seeds)}×"
        + (f" (seed {', '.join(map(str, sorted(seeds)))})" if len(seeds) <= 8 else "")
        for name, seeds in ordered
    )
    return "; ".join(said) or "none"


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _read(path: Path) -> list[Seed]:
    """What an earlier call with this very code left; a half-written last line is left out."""
    results = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if record.pop("code") == _code():
            results.append(Seed(**record | {"failed": tuple(record["failed"])}))
    return results


def _code() -> str:
    return f"{core_digest()[:16]}-{sluice_digest()[:16]}"


def main(words: list[str] | None = None) -> int:
    """Run the campaign; 0 where the promise is kept, else 1."""
    parser = argparse.ArgumentParser(description="both gates with and without the planted effect")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--full", type=int, default=3, help="seeds with their own look-ahead check")
    parser.add_argument("--out", type=Path, default=Path(".build/luck-or-effect"))
    asked = parser.parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    path = asked.out / "seeds.jsonl"
    results = [r for r in _read(path) if r.seed < asked.seeds]
    known = {(r.seed, r.effect) for r in results}
    tasks = [(s, e) for s in range(asked.seeds) for e in (True, False) if (s, e) not in known]
    # Spawned, because a fork does not take the threads of polars along.
    with (
        ProcessPoolExecutor(asked.jobs, get_context("spawn")) as pool,
        path.open("a", encoding="utf-8") as file,
    ):
        futures = [pool.submit(partial(one, full=asked.full), task) for task in tasks]
        for done, future in enumerate(as_completed(futures), 1):
            result = future.result()
            results.append(result)
            file.write(json.dumps(asdict(result) | {"code": _code()}) + "\n")
            file.flush()
            print(f"{done} of {len(tasks)}: {result}", file=sys.stderr, flush=True)
    kept = promise_kept(results)
    print(summary(results))
    print(f"The promise is {'kept' if kept else 'NOT kept'}.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
