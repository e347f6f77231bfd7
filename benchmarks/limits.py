"""The physical limits: the same work with nothing around it. These are no products.

compare, empty, count: a loop in C over a Python method; no engine that calls Python on every event
can be faster. single, sweep: a compiled loop over exact integers (numba, from vectorbt's
environment), one thread, fills and final equity as the only answer.
"""

from collections import deque
from collections.abc import Callable
from itertools import repeat

import numpy as np

from benchmarks.market import BARS, CASH, FAST, FEE, QUANTITY, QUOTES, SLOW, TICK, pairs, walk
from benchmarks.report import Ran, Timer, main


class Pair:
    """Two numbers to read, as a bar and a context have them."""

    __slots__ = ("first", "second")

    def __init__(self) -> None:
        self.first, self.second = 1.0, 2.0


class Quiet:
    """A strategy that never trades."""

    __slots__ = ("seen",)

    def __init__(self) -> None:
        self.seen = 0

    def compare(self, ctx: Pair, bar: Pair) -> None:
        if bar.first > ctx.second:
            return

    def empty(self, ctx: Pair, bar: Pair) -> None:
        pass

    def count(self, ctx: Pair, quote: Pair) -> None:
        self.seen += 1
        if self.seen % 1000 == 0:
            return


def called(name: str, events: int) -> Callable[[], Ran]:
    """A native loop that calls that method for every event."""

    def run() -> Ran:
        method, ctx, bar = getattr(Quiet(), name), Pair(), Pair()
        with Timer() as timer:
            deque(map(method, repeat(ctx, events), repeat(bar, events)), maxlen=0)
        return timer.ran("")

    return run


def compiled(of: list[tuple[int, int]], repeats: int) -> Ran:
    """All pairs of averages over the walk, in a compiled loop on integers."""
    from numba import njit

    @njit
    def trade(close, total, fast, slow):
        held, fills, cash, notional = 0, 0, 0, 0
        for i in range(slow, len(total)):
            lead = (total[i] - total[i - fast]) * slow - (total[i] - total[i - slow]) * fast
            wanted = held if lead == 0 else (1 if lead > 0 else 0)
            if wanted != held:
                cash -= (wanted - held) * close[i - 1]
                notional += close[i - 1]
                fills += 1
                held = wanted
        return fills, cash + held * close[-1], notional

    close = walk().close
    total = np.concatenate(([0], np.cumsum(close)))
    trade(close[:100], total[:101], 2, 5)
    with Timer() as timer:
        for _ in range(repeats):
            answers = [trade(close, total, fast, slow) for fast, slow in of]
    fills, worth, notional = answers[0]
    equity = CASH + (worth - notional * FEE) * QUANTITY * TICK
    ran = timer.ran(f"{fills} fills, equity {equity:,.2f}" if len(of) == 1 else "")
    return Ran(ran.seconds / repeats, ran.cpu_seconds / repeats, ran.others, ran.answer)


if __name__ == "__main__":
    main(
        None,
        {
            "compare": called("compare", BARS),
            "empty": called("empty", BARS),
            "count": called("count", QUOTES),
            "single": lambda: compiled([(FAST, SLOW)], 20),
            "sweep": lambda: compiled(pairs(), 1),
        },
    )
