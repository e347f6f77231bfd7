"""`sluice.backtest`: one strategy on one data set, from Python; counted as a trial.

The same run as `sluice backtest` and `scripts/run_backtest.py` make, by the same functions.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sluice.domain.errors import UsageError
from sluice.domain.progress import Count
from sluice.domain.rate import parse_rate
from sluice.research.check import refuse_lookahead
from sluice.research.execute import execute
from sluice.research.latency import Said, read_latency
from sluice.research.plan import Asked, Data, plan
from sluice.research.record import Judgement, recorded
from sluice.research.result import Result
from sluice.research.window import stamp_ns
from sluice.runtime.build import clock
from sluice.strategy.base import Strategy

When = str | date | datetime | None


def backtest(  # noqa: PLR0913 - the public signature; every argument has its own name
    strategy: Strategy,
    data: Data = None,
    *,
    symbols: Sequence[str] | None = None,
    start: When = None,
    end: When = None,
    cash: float | None = None,
    fees: float | str | None = None,
    slippage: float | str | None = None,
    seed: int | None = None,
    latency_ns: int | None = None,
    latency: Said | None = None,
    participation: float | None = None,
    base: str | None = None,
    stream: bool = False,
    progress: Count | None = None,
) -> Result:
    """Backtest `strategy` and record the run.

    Args:
        strategy: an instance, with its parameters: `EmaCross(fast=10)`.
        data: a data set of the catalog, a file, a folder, a polars frame or a BarSet; None looks
            the strategy's own declaration up in the catalog.
        symbols: some of its instruments only (the run is then exploratory and passes no gate).
        start, end: "2024-01-31" or an ISO stamp in UTC, the window [start, end) (exploratory).
        cash: capital in the base currency; None as configured (100,000).
        fees: fraction of the notional, 0.001 or "10bp", instead of the scheduled fees.
        slippage: fraction of the price, instead of the scheduled half-spread.
        seed: of `ctx.rng`.
        latency_ns: from decision to arrival at the venue.
        latency: the same as "250ms", or samples of which one is drawn per order: a list, or a file.
        participation: the fraction of a bar's volume that our fills of an instrument may take.
        base: currency of the account, "USD"; None as configured (that of the data where it has
            one). Other currencies are valued at the last known rate of an instrument of the data.
        stream: leave the bars of a data set on the disk and read them as the day goes, for more
            bars than memory holds.
        progress: called with (rows done, rows in all).

    Raises:
        SluiceError: see `sluice.domain.errors`; nothing is recorded then.
    """
    started = clock().now_ns()
    if latency is not None and latency_ns is not None:
        msg = "latency and latency_ns say the same; give one of them"
        raise UsageError(msg)
    measured = (latency_ns,) if latency is None else read_latency(latency)
    constant = measured[0] if len(measured) == 1 else None
    samples = tuple(ns for ns in measured if ns is not None) if len(measured) > 1 else None
    asked = replace(
        asked_of(data, symbols, (start, end), (fees, slippage)),
        cash=cash,
        seed=seed,
        latency_ns=constant,
        latency_samples=samples,
        participation=participation,
        base=base,
        stream=stream,
    )
    run = plan(strategy, asked)
    refuse_lookahead(strategy)
    return recorded(execute(run, progress), run, started, Judgement(kind="backtest")).result


def asked_of(
    data: Data,
    symbols: Sequence[str] | None,
    window: tuple[When, When],
    costs: tuple[float | str | None, float | str | None],
) -> Asked:
    """What was asked in Python's words: `window` is start and end, `costs` fees and slippage.

    Raises:
        UsageError: a stamp or a rate that is none.
    """
    (start, end), (fees, slippage) = window, costs
    return Asked(
        data=data,
        symbols=None if symbols is None else _names(symbols),
        start_ns=stamp_ns(start, "start"),
        end_ns=stamp_ns(end, "end"),
        fees=_rate(fees, "fees"),
        slippage=_rate(slippage, "slippage"),
    )


def _names(symbols: Sequence[str]) -> tuple[str, ...]:
    if isinstance(symbols, str):
        return tuple(name.strip() for name in symbols.split(",") if name.strip())
    return tuple(symbols)


def _rate(value: float | str | None, name: str) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        msg = f"{name} is {value!r}; write a fraction such as 0.001, or '10bp'"
        raise UsageError(msg)
    return parse_rate(str(value), name)
