"""Crosses of two means said twice: to Sluice as an expression, to backtesting.py as users do."""

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
from backtesting import Backtest
from backtesting import Strategy as TheirStrategy

import sluice
from sluice import Param, Strategy, close, ema, hold, sma
from sluice.market.bars import BarSet
from sluice.strategy.warmup import required

MEANS = {"sma": sma, "ema": ema}


class LongCross(Strategy):
    """A fixed size while the fast mean is above the slow one, else nothing."""

    sizing = "units"

    fast: int = Param(10, ge=1)
    slow: int = Param(50, ge=2)
    units: float = Param(1.0, gt=0)
    average: str = Param("sma", choices=tuple(MEANS))

    def signals(self) -> pl.Expr:
        fast, slow = self.means()
        return hold(fast > slow, exits=fast < slow, size=self.units)

    def means(self) -> tuple[pl.Expr, pl.Expr]:
        mean = MEANS[self.average]
        return mean(close, self.fast), mean(close, self.slow)


class LongShortCross(LongCross):
    """A fixed size long while the fast mean is above the slow one, short while below."""

    def signals(self) -> pl.Expr:
        fast, slow = self.means()
        return hold(fast > slow, short=fast < slow, size=self.units)


class Row(NamedTuple):
    """One trade. Stamps are the starts of the bars in which it filled; exit None = still open.

    Prices are rounded to 1e-9, finer than any tick: ours of an open trip is an average, computed
    from its cost in binary, and prints as 2376.3599999999997.
    """

    entry_ns: int
    exit_ns: int | None
    side: int
    qty: float
    entry_px: float
    exit_px: float | None


@dataclass(frozen=True)
class Told:
    """What one engine says of a run."""

    rows: list[Row]
    final_equity: float


@dataclass(frozen=True)
class Crossing:
    """One comparison: windows in bars, size in units, money in the quote currency."""

    fast: int = 10
    slow: int = 50
    units: int = 1
    shorts: bool = False
    cash: float = 1_000_000.0
    fee: float = 0.001
    average: str = "sma"

    @property
    def strategy(self) -> LongCross:
        """Ours."""
        cls = LongShortCross if self.shorts else LongCross
        return cls(fast=self.fast, slow=self.slow, units=float(self.units), average=self.average)

    @property
    def bars_before(self) -> int:
        """Bars known at the first decision: our warm-up, longer for recursive means."""
        return required(self.strategy)


def ours(bars: BarSet, crossing: Crossing) -> Told:
    """The trades of `sluice.backtest`."""
    result = sluice.backtest(
        crossing.strategy,
        bars,
        cash=crossing.cash,
        fees=crossing.fee,
        slippage=0.0,
    )
    assert result.stats["denials"] == 0
    rows = [
        Row(
            entry_ns=trip["entry_ts"],
            exit_ns=None if trip["open_at_end"] else trip["exit_ts"],
            side=1 if trip["side"] == "long" else -1,
            qty=trip["qty"],
            entry_px=round(trip["entry_px"], 9),
            exit_px=None if trip["open_at_end"] else round(trip["exit_px"], 9),
        )
        for trip in result.round_trips.with_columns(
            pl.col("entry_ts", "exit_ts").to_physical()
        ).iter_rows(named=True)
    ]
    return Told(rows, result.stats["final_equity"])


def theirs(bars: BarSet, crossing: Crossing) -> Told:
    """The trades of backtesting.py; an order that it cancels for lack of cash is an error."""
    frame = bars.frame
    table = pd.DataFrame(
        {name.title(): frame[name].to_numpy() for name in ("open", "high", "low", "close")},
        index=pd.DatetimeIndex(frame["ts_start"].to_physical().to_numpy()),
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore")
        warnings.filterwarnings("error", message=".*Broker canceled.*")
        engine = Backtest(
            table,
            _their_cross(crossing, _scale(bars)),
            cash=crossing.cash,
            commission=crossing.fee,
            trade_on_close=False,
            finalize_trades=False,
        )
        stats = engine.run()
    stamps = table.index.as_unit("ns").asi8
    trades = [*stats["_strategy"].closed_trades, *stats["_strategy"].trades]
    rows = [
        Row(
            entry_ns=int(stamps[trade.entry_bar]),
            exit_ns=None if trade.exit_bar is None else int(stamps[trade.exit_bar]),
            side=1 if trade.is_long else -1,
            qty=float(abs(trade.size)),
            entry_px=round(float(trade.entry_price), 9),
            exit_px=None if trade.exit_price is None else round(float(trade.exit_price), 9),
        )
        for trade in trades
    ]
    return Told(rows, float(stats["Equity Final [$]"]))


def _scale(bars: BarSet) -> int:
    """10^k, k being the decimals of the tick: every price times it is a whole number."""
    return 10 ** max(0, -int(bars.instruments[0].tick_size.as_tuple().exponent))


def _their_cross(crossing: Crossing, scale: int) -> type[TheirStrategy]:
    first = crossing.bars_before

    def mean(values: np.ndarray, n: int) -> np.ndarray:
        if crossing.average == "ema":
            return pd.Series(values).ewm(span=n, adjust=False).mean().to_numpy()
        # Sums of whole ticks: running sums of floats would decide an exact tie by their last bit.
        # Their loop starts one bar after the last NaN, which would skip the first decision; two
        # zeros are no cross, so nothing else changes.
        sums = np.cumsum(np.concatenate(([0], np.rint(values * scale).astype(np.int64))))
        return np.concatenate((np.zeros(n - 1), (sums[n:] - sums[:-n]) / (n * scale)))

    class Cross(TheirStrategy):
        def init(self) -> None:
            self.fast = self.I(mean, self.data.Close, crossing.fast)
            self.slow = self.I(mean, self.data.Close, crossing.slow)

        def next(self) -> None:
            if len(self.data) < first:
                return
            fast, slow, held = self.fast[-1], self.slow[-1], self.position.size
            if fast > slow and held <= 0:
                self.buy(size=crossing.units - held)
            elif fast < slow and crossing.shorts and held >= 0:
                self.sell(size=crossing.units + held)
            elif fast < slow and not crossing.shorts and held:
                self.position.close()

    return Cross
