"""The Gate 1 document of a strategy, generated from its declaration, never written by hand."""

import inspect

from sluice.domain.duration import format_duration
from sluice.domain.errors import SluiceError
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
    data = cls.data
    return (
        "## Data\n\n"
        f"* Instruments: {', '.join(data.symbols)}\n"
        f"* Bars of {format_duration(data.every_ns)}, history of at least "
        f"{format_duration(data.history_ns)}, no gap above {format_duration(data.max_gap_ns)}"
    )


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
