"""The national best quote from quotes of single exchanges: the highest bid, the lowest ask of all.

Each row is what one exchange says at its stamp. The best bid is the highest price that any exchange
shows, its size the sum of what is shown at that price; the ask likewise. A tick is made when the
best changes, once both sides are known. A fresh quote that crosses the other side proves what
crosses it stale (an exchange says no more when it stops quoting), and so does one that meets the
other side of its own exchange, which never locks itself; those are taken out and counted.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_Side = dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class BestQuotes:
    """The changes of the best quote: row of the source (from 0) and the four numbers."""

    at: NDArray[np.int64]
    bid: Floats
    bid_size: Floats
    ask: Floats
    ask_size: Floats
    stale: int


def national_best(rows: pl.DataFrame, *, zero_withdraws: bool) -> BestQuotes:
    """Follow `rows` (exchange, bid, bid_size, ask, ask_size; in the order of time) to the best.

    A side with a price of zero, NaN or null is withdrawn where `zero_withdraws`, else unchanged: a
    layout with one side a row writes zeros for the side that it does not speak of.
    """
    bids, asks = _Book(sign=1.0), _Book(sign=-1.0)
    out = np.empty((len(rows), 4))
    at = np.empty(len(rows), dtype=np.int64)
    count, stale, last = 0, 0, (0.0, 0.0, 0.0, 0.0)
    columns = ("exchange", "bid", "bid_size", "ask", "ask_size")
    shaped = rows.select(pl.col("exchange"), *(pl.col(c).fill_null(0.0) for c in columns[1:]))
    for number, (exchange, bid, bid_size, ask, ask_size) in enumerate(shaped.iter_rows()):
        if bid > 0 or zero_withdraws:
            bids.put(exchange, bid, bid_size)
            stale += asks.drop_crossed(exchange, bid) if bid > 0 else 0
        if ask > 0 or zero_withdraws:
            asks.put(exchange, ask, ask_size)
            stale += bids.drop_crossed(exchange, ask) if ask > 0 else 0
        if not bids.sides or not asks.sides:
            continue
        best = (*bids.best(), *asks.best())
        if best != last:
            out[count], at[count], last = best, number, best
            count += 1
    kept = out[:count]
    return BestQuotes(at[:count], kept[:, 0], kept[:, 1], kept[:, 2], kept[:, 3], stale)


class _Book:
    """One side of all exchanges; `sign` is +1 where the highest is best, -1 where the lowest is."""

    def __init__(self, sign: float) -> None:
        self.sign = sign
        self.sides: _Side = {}
        self._best: tuple[float, float] | None = None

    def put(self, exchange: str, price: float, size: float) -> None:
        """What an exchange shows now; a price that is not above zero is nothing."""
        if price > 0:
            self.sides[exchange] = (price, size)
        else:
            self.sides.pop(exchange, None)
        self._best = None

    def drop_crossed(self, exchange: str, price: float) -> int:
        """Take out what is beyond a fresh `price` of the other side; how many."""
        if self.sides and (self.best()[0] - price) * self.sign >= 0:
            gone = [
                other
                for other, (shown, _) in self.sides.items()
                if (shown - price) * self.sign > 0 or (other == exchange and shown == price)
            ]
            for other in gone:
                del self.sides[other]
            self._best = None
            return len(gone)
        return 0

    def best(self) -> tuple[float, float]:
        """The best price and what is shown at it."""
        if self._best is None:
            price = self.sign * max(self.sign * shown for shown, _ in self.sides.values())
            size = sum(size for shown, size in self.sides.values() if shown == price)
            self._best = (price, size)
        return self._best
