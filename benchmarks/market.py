"""The data of the benchmark: a seeded geometric walk of 500,000 minutes on a grid of cents, and
2,000,000 quotes of one instrument.

numpy's legacy RandomState is used because its stream never changes. Each bar opens where the one
before closed, so engines that fill at the close and engines that fill at the next open trade at one
price, and an exact integer answer exists.
"""

from dataclasses import dataclass

import numpy as np

BARS = 500_000
TICK = 0.01
QUANTITY = 100
CASH = 10_000_000.0
FEE = 0.0001
FAST, SLOW = 10, 50
PAIRS = 400
QUOTES = 2_000_000
START_NS = 1_704_067_200_000_000_000
MINUTE_NS = 60_000_000_000


@dataclass(frozen=True)
class Walk:
    """Stamps (start, ns), prices in ticks and volume of every bar."""

    ts: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray


def walk(bars: int = BARS, seed: int = 20240101) -> Walk:
    """The bars; equal for equal arguments on every machine."""
    chance = np.random.RandomState(seed)
    logs = np.cumsum(0.0005 * chance.standard_normal(bars))
    close = np.rint(10_000 * np.exp(logs)).astype(np.int64)
    open_ = np.concatenate(([10_000], close[:-1]))
    above = np.rint(2 * np.abs(chance.standard_normal(bars))).astype(np.int64)
    below = np.rint(2 * np.abs(chance.standard_normal(bars))).astype(np.int64)
    return Walk(
        ts=START_NS + MINUTE_NS * np.arange(bars, dtype=np.int64),
        open=open_,
        high=np.maximum(open_, close) + above,
        low=np.maximum(np.minimum(open_, close) - below, 1),
        close=close,
        volume=chance.randint(1_000, 100_000, bars).astype(np.int64),
    )


def exact_answer(close: np.ndarray) -> tuple[int, float]:
    """Fills and final equity of the cross in integers: long above, flat below, a tie holds."""
    total = np.concatenate(([0], np.cumsum(close)))
    at = np.arange(SLOW, len(close) + 1)
    lead = (total[at] - total[at - FAST]) * SLOW - (total[at] - total[at - SLOW]) * FAST
    position, cash_ticks, notional, fills = 0, 0, 0, 0
    for price, sign in zip(close[SLOW - 1 :].tolist(), np.sign(lead).tolist(), strict=True):
        wanted = position if sign == 0 else int(sign > 0)
        if wanted != position:
            cash_ticks -= (wanted - position) * price
            notional += price
            fills += 1
            position = wanted
    worth = (cash_ticks + position * int(close[-1])) * QUANTITY * TICK
    return fills, round(CASH + worth - notional * QUANTITY * TICK * FEE, 2)


def pairs() -> list[tuple[int, int]]:
    """The 400 pairs of the sweep: fast 5 to 24, slow 30 to 125 by fives."""
    return [(fast, slow) for fast in range(5, 25) for slow in range(30, 130, 5)]


@dataclass(frozen=True)
class Quoted:
    """Stamps (ns), bid and ask in ticks, and the sizes of every quote."""

    ts: np.ndarray
    bid: np.ndarray
    ask: np.ndarray
    bid_size: np.ndarray
    ask_size: np.ndarray


def quoted(quotes: int = QUOTES, seed: int = 20240102) -> Quoted:
    """A walk of a spread of one or two ticks, a quote every 10 ms in the mean."""
    chance = np.random.RandomState(seed)
    bid = 100_000 + np.cumsum(chance.randint(-1, 2, quotes)).astype(np.int64)
    ask = bid + 1 + chance.randint(0, 2, quotes)
    bid_size = chance.randint(1, 1_000, quotes).astype(np.int64)
    ask_size = chance.randint(1, 1_000, quotes).astype(np.int64)
    gaps = np.rint(chance.exponential(10_000_000.0, quotes)).astype(np.int64) + 1
    return Quoted(START_NS + np.cumsum(gaps), bid, ask, bid_size, ask_size)
