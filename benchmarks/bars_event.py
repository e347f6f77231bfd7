"""500,000 bars through a Python strategy: SMA 10/50, one basis point, order, check and record.

Usage: python -m benchmarks.bars_event ours|ours-native|backtesting.py|raptorbt|limit

Only the engine's run is timed; data is prepared before in the form each engine takes. Averages are
computed before the loop by every engine ("ours" by `signals`), except "ours-native", which asks the
core for them bar by bar. "limit" is a native loop over a Python method that compares two numbers:
no engine that calls Python on every bar can be faster.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from importlib.metadata import version
from itertools import repeat

import numpy as np

from benchmarks.market import BARS, CASH, FAST, FEE, QUANTITY, SLOW, TICK, exact_answer, walk

TIE = 1e-6  # ticks: less than the least difference of two means of whole ticks, more than rounding


def timed(run: Callable[[], object]) -> tuple[float, object]:
    """Seconds and result of one call."""
    begin = time.perf_counter()
    result = run()
    return time.perf_counter() - begin, result


def bar_set() -> object:
    """The walk as the BarSet every run of ours takes."""
    from decimal import Decimal

    import polars as pl

    from sluice.domain.instrument import Instrument
    from sluice.market.bars import BarSet

    data = walk()
    stamp = pl.Datetime("ns", "UTC")
    frame = pl.DataFrame(
        {
            "ts": pl.Series(data.ts + 60_000_000_000).cast(stamp),
            "ts_start": pl.Series(data.ts).cast(stamp),
            "instrument": pl.Series(["WALK.TEST"]).new_from_index(0, BARS),
            **{name: getattr(data, name) / 100 for name in ("open", "high", "low", "close")},
            "volume": data.volume.astype(np.float64),
        }
    )
    walked = Instrument("WALK", "TEST", "future", "USD", Decimal("0.01"), Decimal(1))
    return BarSet.build(
        frame, [walked], every_ns=60_000_000_000, name="walk", provenance="simulated"
    )


def ours(*, native: bool) -> tuple[float, int, float]:
    """Through the public API: evaluate, trade, measure, record in the registry."""
    os.environ["SLUICE_HOME"] = tempfile.mkdtemp(prefix="sluice-bench-")
    import polars as pl

    import sluice
    from sluice import Bar, Context, Strategy, close, sma

    class Cross(Strategy):
        def signals(self) -> pl.Expr:
            ticks = (close * 100).round()
            return sma(ticks, FAST) - sma(ticks, SLOW)

        def on_bar(self, ctx: Context, bar: Bar) -> None:
            i = bar.instrument
            lead = ctx.signal(i)  # NaN until the windows are full
            if lead > TIE:
                if not ctx.position(i).qty:
                    ctx.buy(i, QUANTITY)
            elif lead < -TIE and ctx.position(i).qty:
                ctx.sell(i, QUANTITY)

    class NativeCross(Strategy):
        warmup = SLOW

        def on_bar(self, ctx: Context, bar: Bar) -> None:
            i = bar.instrument
            fast, slow = ctx.sma(i, FAST), ctx.sma(i, SLOW)  # NaN until the window is full
            if fast > slow:
                if not ctx.position(i).qty:
                    ctx.buy(i, QUANTITY)
            elif fast < slow and ctx.position(i).qty:
                ctx.sell(i, QUANTITY)

    data = bar_set()
    strategy = NativeCross() if native else Cross()
    small = data.between(None, int(data.frame["ts"].to_physical()[2000]))
    sluice.backtest(strategy, small, cash=CASH, fees=FEE, slippage=0.0)  # imports, first migration
    seconds, result = timed(
        lambda: sluice.backtest(strategy, data, cash=CASH, fees=FEE, slippage=0.0)
    )
    return seconds, result.fills.height, round(result.stats["final_equity"], 2)


def backtesting_py() -> tuple[float, int, float]:
    """backtesting.py with its averages precomputed, as its guide does."""
    import pandas as pd
    from backtesting import Backtest, Strategy

    data = walk()
    frame = pd.DataFrame(
        {n.title(): getattr(data, n) * TICK for n in ("open", "high", "low", "close")},
        index=pd.to_datetime(data.ts),
    )
    frame["Volume"] = data.volume

    def average(prices: object, n: int) -> object:
        return pd.Series(prices).rolling(n).mean()

    class Cross(Strategy):
        def init(self) -> None:
            self.fast = self.I(average, self.data.Close, FAST)
            self.slow = self.I(average, self.data.Close, SLOW)

        def next(self) -> None:
            if self.fast[-1] > self.slow[-1] and not self.position:
                self.buy(size=QUANTITY)
            elif self.fast[-1] < self.slow[-1] and self.position:
                self.position.close()

    engine = Backtest(frame, Cross, cash=CASH, commission=FEE, trade_on_close=False)
    seconds, stats = timed(engine.run)
    return seconds, 2 * int(stats["# Trades"]), round(float(stats["Equity Final [$]"]), 2)


def raptorbt() -> tuple[float, int, float]:
    """raptorbt's class-based strategy with its native averages; it always goes all in."""
    import raptorbt as engine

    data = walk()
    opened, high, low, closed = (getattr(data, n) * TICK for n in ("open", "high", "low", "close"))
    volume = data.volume.astype(np.float64)

    class Cross(engine.Strategy):
        def on_start(self, ctx: object) -> None:
            self.fast = engine.sma(ctx.close, FAST)
            self.slow = engine.sma(ctx.close, SLOW)

        def on_bar(self, ctx: object) -> None:
            i = ctx.idx
            if self.fast[i] > self.slow[i]:
                if ctx.is_flat:
                    self.enter()
            elif self.fast[i] < self.slow[i] and not ctx.is_flat:
                self.close_position()

    config = engine.BacktestConfig(initial_capital=CASH, fees=FEE, fill_timing="next_bar_open")
    seconds, result = timed(
        lambda: engine.run_strategy_backtest(
            Cross(), data.ts, opened, high, low, closed, volume, config=config
        )
    )
    return seconds, 2 * result.metrics.total_trades, round(float(result.equity_curve()[-1]), 2)


def limit() -> tuple[float, int, float]:
    """A loop in C over a Python method that reads two attributes and compares them."""

    class Quiet:
        def on_bar(self, ctx: "Pair", bar: "Pair") -> None:
            if bar.first > ctx.second:
                return

    class Pair:
        __slots__ = ("first", "second")

        def __init__(self) -> None:
            self.first, self.second = 1.0, 2.0

    method, ctx, bar = Quiet().on_bar, Pair(), Pair()
    seconds, _ = timed(lambda: deque(map(method, repeat(ctx, BARS), repeat(bar, BARS)), maxlen=0))
    return seconds, 0, 0.0


ENGINES: dict[str, tuple[str, Callable[[], tuple[float, int, float]]]] = {
    "ours": ("sluice", lambda: ours(native=False)),
    "ours-native": ("sluice", lambda: ours(native=True)),
    "backtesting.py": ("backtesting", backtesting_py),
    "raptorbt": ("raptorbt", raptorbt),
    "limit": ("", limit),
}


def main(engine: str) -> None:
    """Run one engine and print one JSON line."""
    package, run = ENGINES[engine]
    seconds, fills, equity = run()
    if engine.startswith("ours"):
        exact = exact_answer(walk().close)
        assert (fills, equity) == exact, f"{(fills, equity)} is not the exact answer {exact}"
    line = {
        "engine": engine,
        "version": version(package) if package else "CPython",
        "rate": BARS / seconds / 1e6,
        "unit": "M bars/s",
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "answer": f"{fills} fills, equity {equity:,.2f}",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main(sys.argv[1])
