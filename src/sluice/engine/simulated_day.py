"""The simulated day: a BarSet, what a strategy says on it, and costs go in; the core's record out.

Here decimals become the core's integers; nothing is decided here.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl

from sluice import core
from sluice.domain.errors import BadData, StrategyError, UsageError
from sluice.domain.feeds import SAMPLE_NS
from sluice.domain.instrument import CostSchedule, Instrument
from sluice.engine.coarser import CoarserBars
from sluice.engine.ledger_terms import adjustments
from sluice.market.adjust import Floats
from sluice.market.bars import BarSet
from sluice.market.currencies import Currencies
from sluice.market.market_set import MarketSet
from sluice.market.ticks import TickSet
from sluice.strategy.blame import blamed
from sluice.strategy.callbacks import callbacks
from sluice.strategy.declaration import Declaration
from sluice.strategy.evaluate import Evaluated

Column: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]] | None"

NANOS = 10**9
PRICE_SCALE_MAX = 9
"""Prices are counted two decimals finer than the tick, so that slippage is finer than a tick."""


@dataclass(frozen=True, slots=True)
class DaySettings:
    """What a run needs beside strategy, bars and costs.

    `cash` in the base currency; `latency_ns` from decision to arrival; `seed` of `ctx.rng`;
    `touch_fills`: a limit fills when the price touches it; `latency_samples`: where there are any,
    each order's latency is drawn from them; `participation`: the fraction of a bar's volume that
    our fills of an instrument may take, None without limit; `carry`: funding and borrow are
    charged; `currencies`: None where all is quoted in the base one. A schedule with impact needs
    `adv` (units) and `sigma` (daily), a float64 per row of the bars as known then. `columns` are
    the bars where they are made already, as in a streamed run, `forwards` their factors.
    """

    cash: float | Decimal
    latency_ns: int = 0
    seed: int = 0
    touch_fills: bool = False
    latency_samples: tuple[int, ...] = ()
    participation: float | None = None
    carry: bool = True
    currencies: Currencies | None = None
    adv: Column = None
    sigma: Column = None
    columns: core.BarColumns | None = None
    forwards: tuple[Floats, Floats] | None = None


def simulate_day(
    strategy: Declaration,
    bars: BarSet,
    evaluated: Evaluated,
    costs: Sequence[CostSchedule],
    settings: DaySettings,
    progress: Callable[[int, int], object] | None = None,
) -> core.Run:
    """Run `strategy` over `bars`; `costs` has one schedule per instrument, in their order.

    Raises:
        BadData: bars that the core refuses; the message names the row.
        UsageError: settings or costs that cannot be.
        StrategyError: a number that the strategy asked for is too large to be counted.
        CallbackError: a callback of the strategy failed; its own lines are shown.
        KeyboardInterrupt: unchanged.
    """
    cls = type(strategy)
    try:
        rules = [core_costs(schedule) for schedule in costs]
        run_settings = core_settings(cls, bars, settings)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{error}; change the settings of the run or config/costs.toml") from error
    overridden = sorted(callbacks(cls))
    columns = core_bars(bars, settings) if settings.columns is None else settings.columns
    befalls = adjustments(bars, costs, carry=settings.carry)
    quotes, trades = core_ticks(columns, bars)
    forwards = settings.forwards
    if overridden and settings.columns is None:
        forwards = bars.forward_factors
    with blamed(strategy), _within_range(strategy):
        return core.run(
            columns,
            rules,
            run_settings,
            targets=evaluated.target,
            rebalance=evaluated.rebalance,
            strategy=strategy if overridden else None,
            callbacks=overridden,
            state=None if cls.state_type is None else cls.state_type(),
            rng=np.random.default_rng(settings.seed),
            signal=evaluated.signal,
            quotes=quotes,
            trades=trades,
            progress=progress,
            adjustments=befalls,
            currencies=core_currencies(settings.currencies),
            forwards=forwards,
            coarser=CoarserBars(bars),
        )


@contextmanager
def _within_range(strategy: Declaration) -> Iterator[None]:
    """A number that left its range comes from what the strategy asked for.

    Raises:
        StrategyError: says which kind of number.
    """
    try:
        yield
    except OverflowError as error:
        raise StrategyError(
            f"{strategy!r}: {error}; a target, quantity or price of it is too large to be counted"
        ) from error


# The columns last made of each set of bars, with the liquidity they were made with: bars do not
# change, and the runs of a sweep or a notebook share them.
_made: WeakKeyDictionary[BarSet, tuple[Column, Column, core.BarColumns]] = WeakKeyDictionary()


def core_bars(bars: BarSet, settings: DaySettings) -> core.BarColumns:
    """The bars as the core's columns, made once as long as the bars live.

    Raises:
        BadData: names the row, its instrument and what is wrong with it.
    """
    adv, sigma, columns = _made.get(bars, (None, None, None))
    if columns is None or adv is not settings.adv or sigma is not settings.sigma:
        columns = _columns(bars, settings)
        _made[bars] = (settings.adv, settings.sigma, columns)
    return columns


def _columns(bars: BarSet, settings: DaySettings) -> core.BarColumns:
    frame = bars.frame
    prices = {name: _floats(frame[name]) for name in ("open", "high", "low", "close", "volume")}
    try:
        return core.BarColumns(
            [core_instrument(instrument) for instrument in bars.instruments],
            ts_start=frame["ts_start"].to_physical().to_numpy(),
            ts_end=frame["ts"].to_physical().to_numpy(),
            instrument=frame["instrument"].to_physical().cast(pl.UInt32).to_numpy(),
            adv=settings.adv,
            sigma=settings.sigma,
            **prices,
        )
    except (ValueError, OverflowError) as error:
        raise BadData(
            f"{bars.name}: {error}; see what else is wrong with `sluice data quality {bars.name}`"
        ) from error


def core_settings(cls: type[Declaration], bars: BarSet, settings: DaySettings) -> core.RunSettings:
    """What the core must know of a run of `cls`.

    Raises:
        ValueError, OverflowError: a figure that cannot be.
    """
    return core.RunSettings(
        cash=to_nanos(settings.cash),
        bar_ns=bars.every_ns,
        leverage=cls.max_leverage,
        latency_ns=settings.latency_ns,
        fill=cls.fill,
        touch_fills=settings.touch_fills,
        sizing=cls.sizing,
        min_trade=cls.min_trade,
        latency_samples=settings.latency_samples,
        participation=settings.participation,
        seed=settings.seed,
        session_ends=bars.calendar.session_ends(),
        sample_ns=bars.sample_ns if isinstance(bars, MarketSet) else SAMPLE_NS,
    )


def core_currencies(currencies: Currencies | None) -> core.Currencies | None:
    """The purses of a run in the core's numbers; null where there is one."""
    if currencies is None or not currencies.foreign:
        return None
    return core.Currencies(currencies.purses, currencies.rates)


def core_ticks(
    columns: core.BarColumns, bars: BarSet
) -> tuple[core.QuoteColumns | None, core.TradeColumns | None]:
    """Quotes and trades as the core's columns, which borrow those of the frames.

    Raises:
        BadData: names the row and what is wrong with it.
    """
    if not isinstance(bars, MarketSet):
        return None, None
    quotes, trades = bars.quotes, bars.trades
    try:
        return (
            None if quotes is None else core.QuoteColumns(columns, **_tick_arrays(quotes)),
            None if trades is None else core.TradeColumns(columns, **_tick_arrays(trades)),
        )
    except (ValueError, OverflowError) as error:
        raise BadData(
            f"{bars.name}: {error}; see what else is wrong with `sluice data quality {bars.name}`"
        ) from error


def _tick_arrays(ticks: TickSet) -> dict[str, Any]:
    """The columns of the ticks; those of the frame itself wherever it has no null."""
    frame = ticks.frame
    several = len(ticks.instruments) > 1
    places = frame["instrument"].to_physical().cast(pl.UInt32).to_numpy() if several else None
    values = {
        name: np.ascontiguousarray(frame[name].fill_null(0).to_numpy())
        if dtype == pl.Int8
        else _floats(frame[name])
        for name, dtype in ticks.schema.items()
    }
    return {"ts": frame["ts"].to_physical().to_numpy(), "instrument": places, **values}


def core_instrument(instrument: Instrument) -> core.Instrument:
    """The instrument in the core's counts.

    Raises:
        ValueError: a size that the core's scales cannot express.
    """
    price_scale = price_scale_of(instrument)
    quantity_scale = _decimals(instrument.lot_size)
    return core.Instrument(
        instrument.id,
        currency=instrument.currency,
        price_scale=price_scale,
        quantity_scale=quantity_scale,
        tick=_counts(instrument.tick_size, price_scale, f"tick_size of {instrument.id}"),
        lot=_counts(instrument.lot_size, quantity_scale, f"lot_size of {instrument.id}"),
        multiplier=_counts(instrument.multiplier, 9, f"multiplier of {instrument.id}"),
        min_notional=_counts(instrument.min_notional, 9, f"min_notional of {instrument.id}"),
        shortable=instrument.can_short,
    )


def price_scale_of(instrument: Instrument) -> int:
    """Decimals of the core's price counts of an instrument."""
    return min(PRICE_SCALE_MAX, _decimals(instrument.tick_size) + 2)


def core_costs(schedule: CostSchedule) -> core.CostRule:
    """The schedule in the core's 1e-9 fractions, rounded against us."""
    return core.CostRule(
        maker=to_nanos(schedule.maker),
        taker=to_nanos(schedule.taker),
        half_spread=to_nanos(schedule.half_spread),
        volume_slippage=schedule.volume_slippage,
        impact=schedule.impact,
    )


def to_nanos(value: float | Decimal) -> int:
    """`value` in counts of 1e-9, upwards; a float counts as the decimal it prints as."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        raise ValueError(f"{value} is not a finite number")
    counts = exact * NANOS
    return int(counts.to_integral_value(rounding="ROUND_CEILING"))


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _counts(value: Decimal, scale: int, what: str) -> int:
    counts = value.scaleb(scale)
    if counts != counts.to_integral_value():
        raise ValueError(f"{what} is {value}, finer than {scale} decimals")
    return int(counts)


def _floats(column: pl.Series) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.ascontiguousarray(column.fill_null(float("nan")).to_numpy())
