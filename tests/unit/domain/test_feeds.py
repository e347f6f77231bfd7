"""Declarations of quotes and trades, alone and beside bars."""

import pytest

from sluice import Bars, Quotes, Strategy, Trades
from sluice.domain.errors import StrategyError
from sluice.domain.feeds import bars_of, declared_json, feeds_of, ticks_of

BARS = Bars("ES", every="1m")
QUOTES = Quotes("ES", history="5d", max_gap="10m")


def test_a_declaration_shows_itself_as_it_is_written():
    assert repr(QUOTES) == "Quotes('ES', history='5d', max_gap='10m', every='1m')"
    assert QUOTES.to_json() == {
        "kind": "quotes",
        "symbols": ["ES"],
        "history": "5d",
        "max_gap": "10m",
        "every": "1m",
    }


def test_bars_quotes_and_trades_stand_together():
    both = (BARS, QUOTES)
    assert feeds_of(both) == both
    assert feeds_of(BARS) == (BARS,)
    assert feeds_of(None) == ()
    assert bars_of(both) is BARS
    assert bars_of(QUOTES) is None
    assert ticks_of(both) == (QUOTES,)
    assert declared_json(both) == [BARS.to_json(), QUOTES.to_json()]
    assert declared_json(None) is None


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Quotes, "name at least one symbol"),
        (lambda: Trades("ES", "ES"), "named twice"),
        (lambda: Quotes(" "), "a symbol is text"),
        (lambda: Quotes("ES", max_gap="soon"), "max_gap"),
        (lambda: Quotes("ES", every="0s"), "cannot last no time"),
        (lambda: Trades("ES", history=5), "write a duration as text"),
    ],
    ids=["none", "twice", "blank", "duration", "zero", "number"],
)
def test_a_wrong_declaration_stops_at_its_line(make, words):
    with pytest.raises(StrategyError, match=words):
        make()


@pytest.mark.parametrize(
    "data",
    [(QUOTES, Quotes("NQ")), (), "ES", (BARS, "ES")],
    ids=["twice", "empty", "text", "text in a tuple"],
)
def test_a_strategy_with_a_wrong_declaration_is_refused(data):
    with pytest.raises(StrategyError, match=r"\.data"):
        type("Wrong", (Strategy,), {"data": data})


def test_a_strategy_describes_all_that_it_declares():
    class Both(Strategy):
        data = (BARS, QUOTES)

        def on_bar(self, ctx, bar):
            pass

    text = Both().describe()
    assert "Bars of 1m" in text
    assert "Quotes, history of at least 5d, no gap above 10m" in text
