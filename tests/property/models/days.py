"""Hypothesis strategies for the models: instruments, bars with gaps, scripts, lists of fills."""

from dataclasses import dataclass

from hypothesis import strategies as st

from property.models.check_model import Wish
from property.models.day_model import Candle
from property.models.ledger_model import NANO, Execution, Terms

STEP_NS = 300_000_000_000

# Exact in money; finer than money, so that everything rounds; a future that counts 50 a point.
SHARE = Terms(price_scale=4, quantity_scale=0, tick=100, taker=500_000, half_spread=200_000)
COIN = Terms(
    price_scale=8,
    quantity_scale=8,
    tick=10_000,
    lot=1_000_000,
    min_notional=5 * NANO,
    shortable=False,
    maker=-50_000,
    taker=1_000_000,
    half_spread=333_333,
)
FUTURE = Terms(
    price_scale=4,
    quantity_scale=0,
    tick=2_500,
    multiplier=50 * NANO,
    maker=100_000,
    taker=300_001,
    half_spread=1,
)
ALL = (SHARE, COIN, FUTURE)


@dataclass(frozen=True)
class Scene:
    """A day to be played by the core and by the model."""

    terms: tuple[Terms, ...]
    bars: tuple[Candle, ...]
    script: dict[int, tuple[Wish, ...]]
    cash: int
    leverage: int


def ticks_of(terms: Terms) -> int:
    """Ticks in a price of 100."""
    return 100 * 10**terms.price_scale // terms.tick


@st.composite
def candles(draw: st.DrawFn, instrument: int, count: int) -> list[Candle]:
    """Bars around a price of 100 that moves up to 5 % a bar; some are missing."""
    terms = ALL[instrument]
    step = ticks_of(terms) // 20
    move = st.integers(-step, step)
    price = ticks_of(terms)
    bars = []
    for number in range(count):
        open_ = max(1, price + draw(move))
        close = max(1, open_ + draw(move))
        high = max(open_, close) + abs(draw(move))
        low = max(1, min(open_, close) - abs(draw(move)))
        price = close
        if number > 0 and draw(st.integers(0, 5)) == 0:
            continue  # a gap
        start = number * STEP_NS
        counts = [ticks * terms.tick for ticks in (open_, high, low, close)]
        bars.append(Candle(instrument, start, start + STEP_NS, *counts))
    return bars


@st.composite
def wish(draw: st.DrawFn, kind: str) -> Wish:
    instrument = draw(st.integers(0, len(ALL) - 1))
    terms = ALL[instrument]
    side = draw(st.sampled_from((1, -1)))
    whole = 10**terms.quantity_scale // terms.lot  # lots in one unit
    units = {0: 60, 1: 60, 2: 2}[instrument]
    few = st.integers(1, 6)  # below the coin's smallest notional
    lots = draw(st.one_of(few, st.integers(1, whole * units)))
    price = 0
    if kind != "market":
        price = draw(st.integers(ticks_of(terms) * 9 // 10, ticks_of(terms) * 11 // 10))
    return Wish(instrument, side, lots * terms.lot, kind, price * terms.tick)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Three instruments; many market orders and at most one resting order of each instrument."""
    count = draw(st.integers(3, 16))
    rows = [bar for instrument in range(len(ALL)) for bar in draw(candles(instrument, count))]
    bars = tuple(sorted(rows, key=lambda bar: (bar.end, bar.instrument)))
    markets = draw(st.lists(wish("market"), min_size=4, max_size=30))
    resting: dict[int, Wish] = {}
    for kind in ("limit", "stop"):
        for one in draw(st.lists(wish(kind), max_size=4)):
            resting[one.instrument] = one
    script: dict[int, tuple[Wish, ...]] = {}
    for one in [*markets, *resting.values()]:
        row = draw(st.integers(0, len(bars) - 1))
        script[row] = (*script.get(row, ()), one)
    return Scene(ALL, bars, script, cash=10_000 * NANO, leverage=draw(st.integers(1, 3)))


@st.composite
def fill_lists(draw: st.DrawFn) -> tuple[list[Execution], list[int]]:
    """Fills of three instruments with any signs, sizes, prices and fees; and last marks."""
    fills = []
    for ts in range(draw(st.integers(0, 25))):
        instrument = draw(st.integers(0, len(ALL) - 1))
        size = draw(st.integers(1, 1_000)) * draw(st.sampled_from((1, -1)))
        price, reference = draw(st.integers(1, 10**9)), draw(st.integers(1, 10**9))
        fee = draw(st.integers(-(10**6), 10**9))
        fills.append(Execution(ts, instrument, size, price, reference, fee))
    marks = [draw(st.integers(1, 10**9)) for _ in ALL]
    return fills, marks
