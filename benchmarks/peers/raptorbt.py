"""raptorbt: its class-based strategy, its array runner, its batch and its tick strategy.

It always goes all in, so its equity is its own. Its orders on ticks match against prints, so one
print is given after each order. The sweep goes in batches of 20, since a batch copies its arrays.
"""

import numpy as np
import raptorbt as engine

from benchmarks.market import CASH, FAST, FEE, SLOW, TICK, pairs, quoted, walk
from benchmarks.report import Ran, Timer, main


class Cross(engine.Strategy):
    """Long above, flat below, by its native averages."""

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


class Bare(engine.Strategy):
    """Nothing at all."""

    def on_bar(self, ctx: object) -> None:
        pass


class EveryThousand(engine.Strategy):
    """An order every thousand quotes."""

    def on_start(self, ctx: object) -> None:
        self.seen = 0

    def on_quote(self, ctx: object, quote: object) -> None:
        self.seen += 1
        if self.seen % 1000 == 0:
            if self.seen % 2000:
                self.enter(size_frac=0.5)
            else:
                self.close_position()


CONFIG = engine.BacktestConfig(initial_capital=CASH, fees=FEE, fill_timing="next_bar_open")


def arrays() -> tuple[np.ndarray, ...]:
    data = walk()
    prices = (getattr(data, n) * TICK for n in ("open", "high", "low", "close"))
    return (data.ts, *prices, data.volume.astype(np.float64))


def event(strategy: object) -> Ran:
    columns = arrays()
    with Timer() as timer:
        result = engine.run_strategy_backtest(strategy, *columns, config=CONFIG)
    fills, equity = 2 * result.metrics.total_trades, float(result.equity_curve()[-1])
    return timer.ran(f"{fills} fills, equity {equity:,.2f}")


def vector() -> Ran:
    columns = arrays()

    def run() -> tuple[int, float]:
        fast, slow = engine.sma(columns[4], FAST), engine.sma(columns[4], SLOW)
        result = engine.run_single_backtest(*columns, fast > slow, fast < slow, config=CONFIG)
        return 2 * result.metrics.total_trades, float(result.equity_curve()[-1])

    run()
    with Timer() as timer:
        fills, equity = run()
    return timer.ran(f"{fills} fills, equity {equity:,.2f}")


def sweep() -> Ran:
    columns = arrays()
    fasts, slows = (sorted(set(one)) for one in zip(*pairs(), strict=True))
    with Timer() as timer:
        mean = {n: engine.sma(columns[4], n) for n in {*fasts, *slows}}
        fills = 0
        for fast in fasts:
            items = [
                engine.BatchSingleItem(
                    f"{fast}-{slow}", mean[fast] > mean[slow], mean[fast] < mean[slow]
                )
                for slow in slows
            ]
            for _, result in engine.batch_single_backtest(*columns, items, config=CONFIG):
                fills += 2 * result.metrics.total_trades
    return timer.ran(f"{fills} fills")


def quotes() -> Ran:
    data = quoted()
    bid, ask = data.bid * TICK, data.ask * TICK
    prints = np.zeros(len(bid))
    prints[1000::1000] = bid[1000::1000]
    ticks = {"X": {"timestamps": data.ts, "ltp": prints, "bid": bid, "ask": ask}}
    strategy = EveryThousand()
    with Timer() as timer:
        result = engine.run_tick_strategy(strategy, ticks)
    return timer.ran(f"{strategy.seen} quotes, {2 * result.result.metrics.total_trades} fills")


if __name__ == "__main__":
    main(
        "raptorbt",
        {
            "bars_event": lambda: event(Cross()),
            "bars_event_native": lambda: event(Cross()),
            "bars_bare": lambda: event(Bare()),
            "vector": vector,
            "sweep": sweep,
            "quotes": quotes,
        },
    )
