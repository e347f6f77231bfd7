"""Gates 1 and 2: pure functions from evidence to checks, in a fixed order, each with its reason.

Doubt denies: a figure that is NaN or absent fails its check. Order and ids are part of the schema
of the verdict; a later check never hides an earlier one, since all are always listed.
"""

import math

from sluice.domain.evidence import BacktestEvidence, Check, LookaheadEvidence, ResearchEvidence
from sluice.lifecycle.thresholds import CAPACITY, GATE1, GATE2, Gate1Thresholds, Gate2Thresholds
from sluice.statistics.sharpe import chance_without_edge

DAYS_PER_YEAR = 365.0


def gate1(evidence: ResearchEvidence, thresholds: Gate1Thresholds = GATE1) -> tuple[Check, ...]:
    """The checks of Gate 1 (research), in order."""
    return (
        _absent(
            "hypothesis",
            evidence.hypothesis_missing,
            good="claim, mechanism and falsification are documented",
            bad="the hypothesis lacks",
        ),
        _above(
            "theoretical_sharpe",
            evidence.theoretical_sharpe,
            thresholds.sharpe,
            f"next-open fills, no costs; after costs {_number(evidence.net_sharpe)}",
        ),
        _capacity(evidence, thresholds.capacity),
        _absent(
            "data_identified",
            evidence.data_unidentified,
            good="the declaration resolves to instruments, interval and history",
            bad="the declaration does not resolve:",
        ),
        _absent(
            "data_met",
            evidence.data_unmet,
            good="the data is there, without a gap above max_gap, and its quality is not refused",
            bad="the data does not meet the declaration:",
        ),
        _lookahead(evidence.lookahead),
    )


def gate2(evidence: BacktestEvidence, thresholds: Gate2Thresholds = GATE2) -> tuple[Check, ...]:
    """The checks of Gate 2 (backtest validation), in order."""
    missing = evidence.gate1_missing
    return (
        Check(
            id="gate1_passed",
            value=missing is None,
            op="==",
            threshold=True,
            passed=missing is None,
            reason=missing or "passed by this code, parameters and data declaration",
        ),
        _above("sharpe", evidence.sharpe, thresholds.sharpe, "annual, after costs"),
        _below(
            "max_drawdown",
            evidence.max_drawdown,
            thresholds.max_drawdown,
            "from the running peak of equity at bar closes",
        ),
        _above(
            "win_rate",
            evidence.win_rate,
            thresholds.win_rate,
            "round trips that made money after costs",
        ),
        _profit_factor(evidence, thresholds.profit_factor),
        _lookahead(evidence.lookahead),
        _too_short(evidence, thresholds),
        _too_few(evidence, thresholds),
        _absent(
            "costs_below_floor",
            evidence.costs_below_floor,
            good="costs are at least those of the schedule",
            bad="costs may only be raised for a verdict; below the schedule:",
        ),
    )


def gate1_warnings(
    evidence: ResearchEvidence, thresholds: Gate1Thresholds = GATE1
) -> tuple[str, ...]:
    """What Gate 1 says beside its checks, without failing any."""
    claimed, capital = evidence.capacity_claimed, evidence.capacity.capital
    notes = list(_exploratory(exploratory=evidence.exploratory))
    if claimed is not None and not math.isnan(capital) and claimed > capital:
        notes.append(
            f"the author claims a capacity of {claimed:,.0f}; the estimate is {capital:,.0f}"
            f" ({_binding(evidence)})"
        )
    if not evidence.net_sharpe > thresholds.sharpe and (
        evidence.theoretical_sharpe > thresholds.sharpe
    ):
        notes.append(f"after costs the Sharpe ratio is {_number(evidence.net_sharpe)}")
    return tuple(notes)


def gate2_warnings(
    evidence: BacktestEvidence, thresholds: Gate2Thresholds = GATE2
) -> tuple[str, ...]:
    """What Gate 2 says beside its checks, without failing any."""
    notes = list(_exploratory(exploratory=evidence.exploratory))
    if thresholds.min_days < GATE2.min_days:
        notes.append(
            f"this house judges from {thresholds.min_days} days, fewer than {GATE2.min_days}:"
            f" {_luck(thresholds.sharpe, thresholds.min_days)}"
        )
    return tuple(notes)


def _exploratory(*, exploratory: bool) -> tuple[str, ...]:
    if not exploratory:
        return ()
    return ("exploratory: narrowed by symbols or dates, so counted as a trial and passing nothing",)


def _number(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{value:.2f}"


def _luck(sharpe: float, days: int) -> str:
    """What luck alone does in so many days, at the bars of Gate 1 and Gate 2."""
    years = days / DAYS_PER_YEAR
    chances = " and ".join(
        f"{bar:g} with {chance_without_edge(bar, years):.1%}" for bar in (GATE1.sharpe, sharpe)
    )
    return f"over {days} days a strategy without edge beats a Sharpe ratio of {chances}"


def _above(check: str, value: float, threshold: float, meaning: str) -> Check:
    passed = value > threshold
    word = _word(value, passed=passed, good="above", bad="not above")
    return Check(check, value, ">", threshold, passed, f"{word} {threshold:g}; {meaning}")


def _below(check: str, value: float, threshold: float, meaning: str) -> Check:
    passed = value < threshold
    word = _word(value, passed=passed, good="below", bad="not below")
    return Check(check, value, "<", threshold, passed, f"{word} {threshold:g}; {meaning}")


def _word(value: float, *, passed: bool, good: str, bad: str) -> str:
    if math.isnan(value):
        return f"undefined, so {bad}"
    return good if passed else bad


def _absent(check: str, problems: tuple[str, ...], *, good: str, bad: str) -> Check:
    count = len(problems)
    reason = f"{bad} {'; '.join(problems)}" if problems else good
    return Check(check, count, "==", 0, count == 0, reason)


def _lookahead(evidence: LookaheadEvidence) -> Check:
    good = f"no value changes with the future ({evidence.rows_tested} rows tested)"
    if evidence.callbacks_only:
        good = "only callbacks speak, and they are given no accessor for a later row"
    elif not evidence.rows_tested and not evidence.findings:
        return _absent("lookahead", ("no row was tested",), good="", bad="not shown to be causal:")
    return _absent("lookahead", evidence.findings, good=good, bad="the future is read:")


def _binding(evidence: ResearchEvidence) -> str:
    instrument = evidence.capacity.instrument or "the portfolio"
    sharpe = f"impact takes the Sharpe ratio to the floor, most of it in {instrument}"
    if not evidence.capacity.capital > 0:
        sharpe = (
            "already without impact the Sharpe ratio after costs is"
            f" {_number(evidence.net_sharpe)}, below the floor of {CAPACITY.floor_sharpe:g}"
        )
    return {
        "sharpe": sharpe,
        "participation": f"a day's order in {instrument} reaches its share of the volume",
        "no_volume": f"no_volume: {instrument} has none, and its record no adv_usd with a source",
        "no_trades": "nothing was traded, so nothing can be said",
    }.get(evidence.capacity.reason, evidence.capacity.reason)


def _capacity(evidence: ResearchEvidence, threshold: float) -> Check:
    return _above("capacity", evidence.capacity.capital, threshold, _binding(evidence))


def _profit_factor(evidence: BacktestEvidence, threshold: float) -> Check:
    meaning = "winning over losing P&L of round trips, after costs"
    if math.isinf(evidence.profit_factor):
        meaning = "no round trip lost, so the ratio is infinite"
    return _above("profit_factor", evidence.profit_factor, threshold, meaning)


def _too_short(evidence: BacktestEvidence, thresholds: Gate2Thresholds) -> Check:
    days, needed = evidence.span_days, thresholds.min_days
    passed = days >= needed
    word = "long enough" if passed else "too short"
    reason = f"{word}: {_luck(thresholds.sharpe, days)}"
    return Check("too_short", days, ">=", needed, passed, reason)


def _too_few(evidence: BacktestEvidence, thresholds: Gate2Thresholds) -> Check:
    trips, needed = evidence.round_trips, thresholds.min_round_trips
    passed = trips >= needed
    reason = f"{trips} round trips; " + (
        "enough to judge win rate and profit factor"
        if passed
        else f"fewer than {needed} say nothing about win rate and profit factor"
    )
    return Check("too_few", trips, ">=", needed, passed, reason)
