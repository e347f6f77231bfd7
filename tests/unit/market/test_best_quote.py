"""The national best quote, against a slow model and by small examples."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.market.importers.best_quote import national_best

COLUMNS = ("exchange", "bid", "bid_size", "ask", "ask_size")


def best(rows, *, zero_withdraws=False):
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    made = national_best(frame, zero_withdraws=zero_withdraws)
    numbers = zip(made.bid, made.bid_size, made.ask, made.ask_size, strict=True)
    return [(int(at), *map(float, four)) for at, four in zip(made.at, numbers, strict=True)], made


def test_one_sided_rows_join_and_a_tick_is_made_when_the_best_changes():
    ticks, _ = best(
        [
            ("Q", 10.0, 100.0, 0.0, 0.0),
            ("P", 0.0, 0.0, 11.0, 200.0),
            ("Q", 9.5, 100.0, 0.0, 0.0),
            ("P", 9.0, 300.0, 0.0, 0.0),  # below the best: no tick
            ("P", 9.5, 50.0, 0.0, 0.0),  # at the best: sizes add
        ]
    )
    assert ticks == [
        (1, 10.0, 100.0, 11.0, 200.0),
        (2, 9.5, 100.0, 11.0, 200.0),
        (4, 9.5, 150.0, 11.0, 200.0),
    ]


def test_a_zero_withdraws_where_both_sides_stand_in_a_row():
    rows = [("Q", 10.0, 1.0, 11.0, 1.0), ("P", 9.0, 2.0, 12.0, 2.0), ("Q", 0.0, 0.0, 11.0, 1.0)]
    assert best(rows, zero_withdraws=True)[0][-1] == (2, 9.0, 2.0, 11.0, 1.0)
    assert len(best(rows)[0]) == 1


def test_a_fresh_bid_above_an_old_ask_proves_the_ask_stale():
    ticks, made = best(
        [
            ("Q", 10.0, 1.0, 0.0, 0.0),
            ("P", 0.0, 0.0, 10.5, 1.0),
            ("N", 0.0, 0.0, 11.5, 1.0),
            ("Q", 11.0, 1.0, 0.0, 0.0),
        ]
    )
    assert ticks[-1] == (3, 11.0, 1.0, 11.5, 1.0)
    assert made.stale == 1


def test_an_exchange_does_not_lock_itself_but_two_may():
    own, _ = best([("Q", 0.0, 0.0, 10.0, 1.0), ("P", 0.0, 0.0, 11.0, 1.0), ("Q", 10.0, 1.0, 0, 0)])
    assert own == [(2, 10.0, 1.0, 11.0, 1.0)]
    two, _ = best([("Q", 0.0, 0.0, 10.0, 1.0), ("P", 10.0, 1.0, 0.0, 0.0)])
    assert two == [(1, 10.0, 1.0, 10.0, 1.0)]


def slow_model(rows):
    """The same words in plain Python: what each exchange shows, looked through at every row."""
    bids, asks, out, last = {}, {}, [], None
    for at, (exchange, bid, bid_size, ask, ask_size) in enumerate(rows):
        if bid > 0:
            bids[exchange] = (bid, bid_size)
            asks = {e: v for e, v in asks.items() if v[0] > bid or (v[0] == bid and e != exchange)}
        if ask > 0:
            asks[exchange] = (ask, ask_size)
            bids = {e: v for e, v in bids.items() if v[0] < ask or (v[0] == ask and e != exchange)}
        if bids and asks:
            high, low = max(p for p, _ in bids.values()), min(p for p, _ in asks.values())
            four = (
                high,
                sum(s for p, s in bids.values() if p == high),
                low,
                sum(s for p, s in asks.values() if p == low),
            )
            if four != last:
                out.append((at, *four))
                last = four
    return out


side = st.tuples(st.sampled_from("QPN"), st.integers(95, 105), st.integers(1, 5), st.booleans())


@given(st.lists(side, max_size=60))
def test_any_sequence_of_one_sided_quotes_agrees_with_the_model_and_is_never_crossed(drawn):
    rows = [
        (e, float(p), float(s), 0.0, 0.0) if is_bid else (e, 0.0, 0.0, float(p), float(s))
        for e, p, s, is_bid in drawn
    ]
    if not rows:
        return
    ticks, _ = best(rows)
    assert ticks == slow_model(rows)
    assert all(bid <= ask for _, bid, _, ask, _ in ticks)


@pytest.mark.parametrize("empty", [None, float("nan"), 0.0])
def test_a_side_without_a_price_is_unchanged(empty):
    ticks, _ = best([("Q", 10.0, 1.0, 11.0, 1.0), ("Q", 10.5, 1.0, empty, 0.0)])
    assert ticks[-1] == (1, 10.5, 1.0, 11.0, 1.0)
