"""The look-ahead check of both gates: static findings, truncation, perturbation, the fill rule.

Static errors name the node; dynamic differences name instrument, stamp and column. Both kinds are
needed: a cut finds no backward fill where nothing is missing, and no tree shows what a Python
function reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import polars as pl

from sluice.domain.evidence import LookaheadEvidence
from sluice.domain.progress import Count
from sluice.market.bars import BarSet
from sluice.research.lookahead.compared import SIGNAL, TARGET, Difference, Rows
from sluice.research.lookahead.perturbation import perturbation
from sluice.research.lookahead.truncation import shortened, truncation
from sluice.strategy.callbacks import callbacks
from sluice.strategy.causality import static_check
from sluice.strategy.declaration import Declaration, says
from sluice.strategy.evaluate import Evaluated, evaluate_frame
from sluice.strategy.timeframes import framed
from sluice.strategy.warmup import required

SAMPLED_ROWS = 200
TRADED_ROWS = 2_000
PERTURBED_CUTS = 20
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class LookaheadFinding:
    """One reason why the check fails, or (as a warning) why the dynamic tests are needed.

    rule: name of the rule broken: a static one ("negative_shift", "whole_column", …),
        "same_bar_fill", "truncation", "perturbation", "warmup" or "fit_on_whole_sample".
    where: the guilty node, or "instrument at stamp, column" of the first value that changed.
    message: the whole finding in a sentence.
    column: "signal", "target" or the text of an operand; None for static findings.
    """

    rule: str
    where: str
    message: str
    column: str | None = None
    instrument: str | None = None
    ts_ns: int | None = None


@dataclass(frozen=True, slots=True)
class LookaheadReport:
    """What the check found. `warnings` fail nothing; `ties` are comparisons tipped by rounding."""

    findings: tuple[LookaheadFinding, ...]
    warnings: tuple[LookaheadFinding, ...]
    rows_tested: int
    perturbed_rows: int
    ties: int
    callbacks_only: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing read the future, and something was tested (or there is nothing to)."""
        return not self.findings and (self.callbacks_only or self.rows_tested > 0)

    def evidence(self) -> LookaheadEvidence:
        """What the gates read of it."""
        messages = tuple(finding.message for finding in self.findings)
        return LookaheadEvidence(messages, self.rows_tested, self.callbacks_only)


def lookahead_report(
    strategy: Declaration,
    bars: BarSet,
    traded_rows: Rows | None = None,
    *,
    seed: int = 0,
    progress: Count | None = None,
) -> LookaheadReport:
    """Whether `strategy` reads the future on `bars`.

    Args:
        strategy: the strategy submitted, with its parameters.
        bars: the bars it is judged on.
        traded_rows: rows of `bars.frame` at which it decided to trade (`rows_of`); where absent,
            the rows at which its target changes. Above 2,000 they are sampled.
        seed: of the sampling and the noise; the same seed gives the same report.
        progress: called with (done, total), total being of truncation first, then perturbation.

    Raises:
        SignalError, StrategyError: the strategy cannot be evaluated on the bars at all.
    """
    cls = type(strategy)
    errors, warnings = _static(strategy)
    if not (says(cls, "signals") or says(cls, "signals_frame")) and callbacks(cls):
        return LookaheadReport(errors, warnings, 0, 0, 0, callbacks_only=True)
    rng = np.random.default_rng(seed)
    bars = replace(bars, frame=framed(strategy, bars))
    said = evaluate_frame(strategy, bars.frame, bars.every_ns)
    traded = decision_rows(bars.frame, said) if traded_rows is None else traded_rows
    rows = sampled_rows(bars.frame, traded, said.warmup, rng)
    cuts = truncation(
        strategy,
        bars.frame,
        rows,
        every_ns=bars.every_ns,
        window=required(strategy, bars.every_ns),
        progress=progress,
    )
    changed = perturbation(
        strategy,
        bars.frame,
        every_ns=bars.every_ns,
        rng=rng,
        cuts=PERTURBED_CUTS,
        progress=progress,
    )
    known = {difference.column for difference in cuts.differences}
    more = (difference for difference in changed.differences if difference.column not in known)
    dynamic = (*cuts.differences, *more)
    fitted = says(cls, "signals_frame")
    found = tuple(_in_words(difference, fitted=fitted) for difference in dynamic)
    return LookaheadReport(
        findings=errors + found,
        warnings=warnings,
        rows_tested=cuts.rows_tested,
        perturbed_rows=changed.rows_tested,
        ties=cuts.ties + changed.ties,
    )


def verify_warmup(
    strategy: Declaration, bars: BarSet, rows: Rows, *, factors: Sequence[int] = (1, 2, 4, 8)
) -> tuple[Difference, ...]:
    """Whether signal and operands at `rows` are the same from 1, 2, 4 and 8 warm-ups of history.

    The longest history is what the others are held against, within 1e-9 (statistics of look-ahead:
    the "recursive" test). Nothing is said of an unbounded warm-up, which has no length to vary.
    """
    window = required(strategy, bars.every_ns)
    if window is None:
        return ()
    longest = window * max(factors)
    found: dict[str, Difference] = {}
    for factor in sorted(factors)[:-1]:
        for difference in shortened(strategy, bars.signal_frame, rows, window * factor, longest):
            found.setdefault(difference.column, difference)
    return tuple(found.values())


def rows_of(frame: pl.DataFrame, ts_ns: Rows, instruments: Sequence[str]) -> Rows:
    """Rows of `frame` (sorted by (ts, instrument)) at these (stamp, instrument id) pairs.

    Pairs that the frame does not hold are left out; each row is returned once, ascending.
    """
    names = pl.Series(list(instruments), dtype=pl.String)  # typed, since a run may have no order
    keys = pl.DataFrame({"ts": ts_ns, "instrument": names})
    held = frame.select(
        pl.col("ts").to_physical(), pl.col("instrument").cast(pl.String)
    ).with_row_index("row")
    hits = held.join(keys.unique(), on=["ts", "instrument"], how="semi", maintain_order="left")
    return np.sort(hits["row"].to_numpy().astype(np.int64))


def decision_rows(frame: pl.DataFrame, said: Evaluated) -> Rows:
    """Rows at which what the strategy wants of an instrument changes by more than 1e-9.

    The target where there is one, else the signal (where `on_bar` trades); null keeps, and a first
    value other than 0 is a change.
    """
    wanted = said.signal if said.target is None else said.target
    kept = pl.col("wanted").forward_fill().over("instrument").fill_null(0.0).alias("kept")
    before = pl.col("kept").shift(1).over("instrument").fill_null(0.0)
    moved = (
        pl.DataFrame({"instrument": frame["instrument"], "wanted": wanted})
        .select("instrument", pl.col("wanted").fill_nan(None))
        .select("instrument", kept)
        .select((pl.col("kept") - before).abs() > 1e-9)
    )
    return moved.to_series().arg_true().to_numpy().astype(np.int64)


def sampled_rows(
    frame: pl.DataFrame, traded: Rows, warmup: int | None, rng: np.random.Generator
) -> Rows:
    """The rows to test, ascending: every decision that trades, and 200 drawn from all rows.

    Decisions above 2,000 are sampled. The 200 are drawn from rows past the warm-up where there are
    any, since a strategy says nothing before.
    """
    if len(traded) > TRADED_ROWS:
        traded = rng.choice(traded, size=TRADED_ROWS, replace=False)
    position = frame.select(pl.int_range(pl.len()).over("instrument")).to_series().to_numpy()
    past = np.flatnonzero(position >= (warmup or 1) - 1)
    pool = past if past.size else np.arange(len(frame))
    drawn = rng.choice(pool, size=min(SAMPLED_ROWS, pool.size), replace=False)
    return np.unique(np.concatenate([traded, drawn]).astype(np.int64))


def _static(
    strategy: Declaration,
) -> tuple[tuple[LookaheadFinding, ...], tuple[LookaheadFinding, ...]]:
    """Static errors and warnings; filling at the close decided on is an error for a gate."""
    errors: list[LookaheadFinding] = []
    warnings: list[LookaheadFinding] = []
    for found in static_check(strategy):
        finding = LookaheadFinding(found.rule, found.node, f"{found.rule}: {found.message}")
        failing = found.severity == "error" or found.rule == "same_bar_fill"
        (errors if failing else warnings).append(finding)
    return tuple(errors), tuple(warnings)


def _in_words(difference: Difference, *, fitted: bool) -> LookaheadFinding:
    stamp = datetime.fromtimestamp(difference.ts_ns / _NS, UTC).strftime("%Y-%m-%d %H:%M:%S")
    where = f"{difference.instrument} at {stamp}, {difference.column}"
    rule, why = (
        difference.test,
        {
            "truncation": "changes when the later rows are cut off",
            "perturbation": "changes when only later rows are changed",
            "warmup": "changes when only its warm-up is kept; declare a longer `warmup`",
        }[difference.test],
    )
    if fitted and rule != "warmup":
        rule = "fit_on_whole_sample"
        why += "; most likely something is fitted on the whole frame instead of on the past"
    named = difference.column if difference.column in (SIGNAL, TARGET) else f"`{difference.column}`"
    message = (
        f"{rule}: {named} of {difference.instrument} at {stamp} {why}"
        f" ({_shown(difference.full)} on the whole frame, {_shown(difference.other)} then;"
        f" {difference.count} rows){': ' if difference.note else ''}{difference.note}"
    )
    return LookaheadFinding(
        rule, where, message, difference.column, difference.instrument, difference.ts_ns
    )


def _shown(value: float) -> str:
    if np.isnan(value):
        return "null"
    return "no value" if np.isinf(value) else f"{value:.10g}"
