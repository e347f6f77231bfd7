"""The Gate 1 document of a strategy, generated from its declaration, never written by hand."""

import inspect

from sluice.domain.duration import format_duration
from sluice.domain.errors import SluiceError
from sluice.domain.feeds import feeds_of
from sluice.domain.strategy import Bars
from sluice.strategy.causality import static_check
from sluice.strategy.declaration import Declaration
from sluice.strategy.warmup import required


def describe(strategy: Declaration) -> str:
    """Hypothesis, data, parameters with bounds, capacity, look-ahead and warm-up, as markdown."""
    cls = type(strategy)
    parts = [
        f"# {cls.__name__}",
        inspect.cleandoc(cls.__doc__) if cls.__doc__ else "",
        _hypothesis(cls),
        _data(cls),
        _parameters(strategy),
        _trading(cls),
        _look_ahead(strategy),
        "## Gate status\n\nNot judged here. "
        "`python scripts/run_backtest.py --strategy … --mode research` judges Gate 1.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _hypothesis(cls: type[Declaration]) -> str:
    hypothesis = cls.hypothesis
    if hypothesis is None:
        return "## Hypothesis\n\nNone. Gate 1 refuses a strategy without one."
    lines = [
        "## Hypothesis",
        "",
        f"* Claim: {hypothesis.claim}",
        f"* Mechanism: {hypothesis.mechanism}",
        f"* Falsified if: {hypothesis.falsified_if}",
    ]
    if hypothesis.expect is not None:
        expected = [f"{k} {v:g}" for k, v in hypothesis.expect.to_json().items() if v is not None]
        lines.append(f"* Expected by the author (no evidence): {', '.join(expected) or 'nothing'}")
    if hypothesis.undocumented:
        lines.append(f"* Not documented: {', '.join(hypothesis.undocumented)}")
    return "\n".join(lines)


def _data(cls: type[Declaration]) -> str:
    if cls.data is None:
        return "## Data\n\nNone declared; name a data set with `--data`."
    lines = []
    for feed in feeds_of(cls.data):
        what = (
            f"Bars of {format_duration(feed.every_ns)}"
            if isinstance(feed, Bars)
            else (type(feed).__name__)
        )
        lines.append(f"* Instruments: {', '.join(feed.symbols)}")
        lines.append(
            f"* {what}, history of at least {format_duration(feed.history_ns)}, "
            f"no gap above {format_duration(feed.max_gap_ns)}"
        )
    return "## Data\n\n" + "\n".join(lines)


def _parameters(strategy: Declaration) -> str:
    specs = type(strategy).param_specs
    if not specs:
        return "## Parameters\n\nNone."
    values = strategy.params
    rows = [
        f"| {name} | {spec.kind.__name__} | {values[name]!r} | {spec.range_text or 'any'} |"
        for name, spec in specs.items()
    ]
    head = "## Parameters\n\n| name | type | value | allowed |\n|---|---|---|---|\n"
    return head + "\n".join(rows)


def _trading(cls: type[Declaration]) -> str:
    claim = "no claim" if cls.capacity_usd is None else f"{cls.capacity_usd:,.0f} USD claimed"
    return (
        "## Trading\n\n"
        f"* Capacity: {claim}\n"
        f"* Sizing by {cls.sizing}, rebalanced {cls.rebalance}, leverage at most "
        f"{cls.max_leverage:g}, smallest trade {cls.min_trade:g} of equity\n"
        f"* Filled at: {'the next open' if cls.fill == 'next_open' else 'the same close'}"
    )


def _look_ahead(strategy: Declaration) -> str:
    lines = ["## Look-ahead and warm-up", ""]
    try:
        findings = static_check(strategy)
        window = required(strategy)
    except SluiceError as error:
        return "\n".join([*lines, f"* Not read: {error}"])
    lines += [f"* {finding.severity}: {finding.message}" for finding in findings]
    if not findings:
        lines.append("* The static check found nothing; the gates run the dynamic tests as well")
    bars = "unbounded and not declared" if window is None else f"{window} bars"
    lines.append(f"* Warm-up: {bars}")
    return "\n".join(lines)
