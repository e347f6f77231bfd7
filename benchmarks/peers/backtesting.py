"""backtesting.py with its averages precomputed, as its guide does."""

import pandas as pd
from backtesting import Backtest, Strategy

from benchmarks.market import CASH, FAST, FEE, QUANTITY, SLOW, TICK, walk
from benchmarks.report import Ran, Timer, main


def average(prices: object, n: int) -> object:
    return pd.Series(prices).rolling(n).mean()


class Cross(Strategy):
    """Long above, flat below."""

    def init(self) -> None:
        self.fast = self.I(average, self.data.Close, FAST)
        self.slow = self.I(average, self.data.Close, SLOW)

    def next(self) -> None:
        if self.fast[-1] > self.slow[-1] and not self.position:
            self.buy(size=QUANTITY)
        elif self.fast[-1] < self.slow[-1] and self.position:
            self.position.close()


def bars_event() -> Ran:
    data = walk()
    frame = pd.DataFrame(
        {n.title(): getattr(data, n) * TICK for n in ("open", "high", "low", "close")},
        index=pd.to_datetime(data.ts),
    )
    frame["Volume"] = data.volume
    engine = Backtest(frame, Cross, cash=CASH, commission=FEE, trade_on_close=False)
    with Timer() as timer:
        stats = engine.run()
    fills, equity = 2 * int(stats["# Trades"]), float(stats["Equity Final [$]"])
    return timer.ran(f"{fills} fills, equity {equity:,.2f}")


if __name__ == "__main__":
    main("backtesting", {"bars_event": bars_event})
