"""The default trading follows random targets as a slow, plain model of it does."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from property.models.target_model import Book
from sluice import core

STEP = 3_600 * 10**9
SHORTABLE = (True, False, True)
LOT = 0.01
CASH = 100_000


@st.composite
def scenes(draw):
    """Rows of closes and targets: prices of a few cents' steps, weights in percent or nothing."""
    rows = draw(st.integers(2, 8))
    price = st.integers(5_000, 15_000).map(lambda cents: cents / 100)
    weight = st.one_of(st.none(), st.integers(-150, 150).map(lambda percent: percent / 100))
    line = st.lists(price, min_size=3, max_size=3)
    wishes = st.lists(weight, min_size=3, max_size=3)
    closes = draw(st.lists(line, min_size=rows, max_size=rows))
    targets = draw(st.lists(wishes, min_size=rows, max_size=rows))
    return closes, targets, draw(st.sampled_from((1.0, 2.0)))


def modelled(closes, targets, leverage):
    """(row, instrument, lots) of each fill: decided on a row, filled at the open of the next."""
    book, fills = Book(CASH, leverage, LOT, SHORTABLE), []
    for row in range(len(closes) - 1):
        orders = book.decide(targets[row], closes[row])
        for place, lots in sorted(orders):
            book.fill(place, lots, closes[row][place])  # the next bar opens at this close
            fills.append((row + 1, place, lots))
    return fills, book.equity(closes[-1])


def played(closes, targets, leverage):
    close = np.array(closes)
    open_ = np.vstack((close[:1], close[:-1]))
    rows = len(closes)
    start = np.repeat(np.arange(rows) * STEP, 3)
    instruments = [
        core.Instrument(
            f"{name}.TEST",
            currency="USD",
            price_scale=2,
            quantity_scale=2,
            tick=1,
            lot=1,
            multiplier=10**9,
            min_notional=0,
            shortable=shortable,
        )
        for name, shortable in zip("ABC", SHORTABLE, strict=True)
    ]
    bars = core.BarColumns(
        instruments,
        start,
        start + STEP,
        np.tile(np.arange(3, dtype=np.uint32), rows),
        open_.ravel(),
        np.maximum(open_, close).ravel(),
        np.minimum(open_, close).ravel(),
        close.ravel(),
        np.full(rows * 3, np.nan),
    )
    free = core.CostRule(maker=0, taker=0, half_spread=0)
    rules = core.RunSettings(cash=CASH * 10**9, bar_ns=STEP, leverage=leverage)
    wanted = np.array(targets, dtype=np.float64).ravel()
    return core.run(bars, [free] * 3, rules, targets=wanted)


@settings(max_examples=300, deadline=None)
@given(scenes())
def test_targets_are_traded_as_the_model_trades_them(scene):
    fills, equity = modelled(*scene)
    run = played(*scene)
    table = run.fills
    lots = np.rint(table["side"] * table["qty"] / LOT).astype(int)
    rows = (table["ts"] // STEP).tolist()
    got = list(zip(rows, table["instrument"].tolist(), lots.tolist(), strict=True))
    assert got == fills
    assert run.final_equity_nanos == round(equity * 100 * 100) * 10**5
    assert not any(count for name, count in run.counts.items() if name.startswith("denied"))
