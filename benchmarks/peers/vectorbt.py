"""vectorbt with its Rust engine: one run, and a sweep as an expert writes it.

The sweep computes each average once and compares in numpy (the wrapper's own comparison is fifty
times slower), 20 columns at a time to bound memory. Times are of the second call.
"""

import pandas as pd
import vectorbt as vbt

from benchmarks.market import CASH, FAST, FEE, QUANTITY, SLOW, TICK, pairs, walk
from benchmarks.report import Ran, Timer, main

vbt.settings["engine"] = "rust"


def prices() -> pd.Series:
    data = walk()
    return pd.Series(data.close * TICK, index=pd.to_datetime(data.ts))


def portfolio(px: pd.Series, entries: object, exits: object) -> object:
    return vbt.Portfolio.from_signals(
        px, entries, exits, size=QUANTITY, fees=FEE, init_cash=CASH, freq="1min"
    )


def single(px: pd.Series) -> tuple[int, float]:
    fast, slow = vbt.MA.run(px, FAST), vbt.MA.run(px, SLOW)
    run = portfolio(px, fast.ma_above(slow), fast.ma_below(slow))
    return int(run.orders.count()), float(run.final_value())


def vector() -> Ran:
    px = prices()
    single(px)
    with Timer() as timer:
        fills, equity = single(px)
    return timer.ran(f"{fills} fills, equity {equity:,.2f}")


def sweep() -> Ran:
    px = prices()
    single(px)
    fasts, slows = (sorted(set(one)) for one in zip(*pairs(), strict=True))
    with Timer() as timer:
        fast, slow = vbt.MA.run(px, fasts).ma.values, vbt.MA.run(px, slows).ma.values
        fills = 0
        for column in range(len(fasts)):
            one = fast[:, column : column + 1]
            run = portfolio(px, one > slow, one < slow)
            fills += int(run.orders.count().sum())
            run.final_value()
    return timer.ran(f"{fills} fills")


if __name__ == "__main__":
    main("vectorbt", {"vector": vector, "sweep": sweep})
