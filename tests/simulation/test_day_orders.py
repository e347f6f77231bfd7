"""Day orders end with the session of the exchange, early closes included."""

import numpy as np
import polars as pl

import sluice
from sluice import Bars, Strategy
from sluice.market.importers.raw import ImportOptions
from sluice.market.importers.read import read_frame
from sluice.market.source import assemble

HALF_HOUR = 1_800_000_000_000


class Lowball(Strategy):
    """Asks, in the first bar of each session, for a price that never comes."""

    data = Bars("SPY", every="30m")

    def on_bar(self, ctx, bar):
        if ctx.now.strftime("%H:%M") == "14:00":
            ctx.buy("SPY", 1, limit=1.0, tif="DAY")


def bars(calendar):
    """The half day of 3 July 2024 and the 5th, in half hours, and two of each evening."""
    parts = []
    for day, count in (("2024-07-03", 15), ("2024-07-05", 15)):
        first = np.datetime64(f"{day}T13:30", "ns").astype(np.int64)
        parts.append(first + np.arange(count) * HALF_HOUR)
    starts = np.concatenate(parts)
    frame = pl.DataFrame(
        {
            "ts": pl.Series(starts).cast(pl.Datetime("ns", "UTC")),
            **{name: np.full(len(starts), 100.0) for name in ("open", "high", "low", "close")},
            "volume": np.full(len(starts), 10.0),
        }
    )
    options = ImportOptions(symbol="SPY", asset_class="equity", calendar=calendar)
    return assemble(read_frame(frame, options), options, name="spy", now_ns=None).bars


def finals(calendar):
    orders = sluice.backtest(Lowball(), data=bars(calendar)).orders
    stamps = [str(ts)[:16] for ts in orders["ts_final"]]
    return list(zip(orders["status"].to_list(), stamps, strict=True))


def test_a_day_order_expires_at_the_close_of_its_session_early_closes_included():
    assert finals("XNYS") == [("EXPIRED", "2024-07-03 17:00"), ("EXPIRED", "2024-07-05 20:00")]


def test_without_an_exchange_it_lives_until_utc_midnight():
    first, second = finals("24/5")
    assert first == ("EXPIRED", "2024-07-05 13:30")  # the first stamp after midnight
    assert second == ("CANCELED", "2024-07-05 21:00")  # by the end of the run
