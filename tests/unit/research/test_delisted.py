"""A position whose data end before the run does stays at its last mark, and is counted."""

import polars as pl
import pytest

import sluice
from market_bars import HOUR, START, bar_set
from sluice import Strategy, close


class Hold(Strategy):
    """A fifth of equity in each, for good."""

    def signals(self):
        return pl.when(close > 0).then(0.2)


def ending(bars, symbol, last):
    """`bars` where those of one symbol end after `last`."""
    number = pl.int_range(pl.len()).over("instrument")
    kept = bars.frame.filter((pl.col("instrument") != f"{symbol}.BINANCE") | (number < last))
    return type(bars).build(
        kept,
        bars.instruments,
        every_ns=bars.every_ns,
        name=bars.name,
        provenance=bars.provenance,
    )


@pytest.mark.parametrize(("last", "count"), [(20, 1), (38, 1), (39, 0), (40, 0)])
def test_what_is_held_past_its_data_is_counted(last, count):
    bars = ending(bar_set(("AAAUSDT", "BBBUSDT"), bars=40), "BBBUSDT", last)
    result = sluice.backtest(Hold(), bars, fees=0, slippage=0)
    assert result.counts["held_past_its_data"] == count


def test_what_was_sold_in_time_is_not():
    class Sold(Strategy):
        def on_bar(self, ctx, bar):
            early = ctx.now_ns < START + 10 * HOUR
            ctx.target(bar.instrument, 0.2 if early else 0.0)

    bars = ending(bar_set(("AAAUSDT", "BBBUSDT"), bars=40), "BBBUSDT", 20)
    assert sluice.backtest(Sold(), bars).counts["held_past_its_data"] == 0


def test_a_night_and_a_weekend_are_no_end():
    shares = bar_set(("ACME",), bars=24 * 5, asset_class="equity")
    assert sluice.backtest(Hold(), shares).counts["held_past_its_data"] == 0


def test_the_tear_sheet_shows_it(tmp_path):
    bars = ending(bar_set(("AAAUSDT", "BBBUSDT"), bars=40), "BBBUSDT", 20)
    page = sluice.backtest(Hold(), bars).report(tmp_path / "sheet.html")
    assert "held_past_its_data" in page.read_text(encoding="utf-8")
