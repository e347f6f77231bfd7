"""Small sets of bars for tests: an hour each, from Monday 2024-01-01 00:00 UTC."""

from decimal import Decimal

import polars as pl

from sluice.domain.instrument import Instrument
from sluice.market.bars import BarSet

HOUR = 3_600_000_000_000
START = 1_704_067_200_000_000_000  # 2024-01-01 00:00 UTC, a Monday
NOW = START + 400 * 24 * HOUR


def instrument(symbol="BTCUSDT", venue="BINANCE", asset_class="crypto_spot", **fields):
    steps = {"tick_size": Decimal("0.01"), "lot_size": Decimal("0.001")}
    return Instrument(symbol, venue, asset_class, "USDT", **(steps | fields))


def hourly_frame(ids=("BTCUSDT.BINANCE",), bars=48, every_ns=HOUR, start=START):
    parts = []
    for k, name in enumerate(ids):
        close = [100.0 + k + (i % 7) * 0.5 for i in range(bars)]
        opening = [100.0 + k, *close[:-1]]
        stamps = [start + i * every_ns for i in range(bars)]
        parts.append(
            pl.DataFrame(
                {
                    "ts_start": stamps,
                    "ts": [s + every_ns for s in stamps],
                    "instrument": [name] * bars,
                    "open": opening,
                    "high": [max(o, c) + 0.25 for o, c in zip(opening, close, strict=True)],
                    "low": [min(o, c) - 0.25 for o, c in zip(opening, close, strict=True)],
                    "close": close,
                    "volume": [10.0 + i for i in range(bars)],
                }
            )
        )
    return pl.concat(parts)


def bar_set(symbols=("BTCUSDT",), bars=48, every_ns=HOUR, name="test", asset_class="crypto_spot"):
    instruments = [instrument(s, asset_class=asset_class) for s in symbols]
    frame = hourly_frame([i.id for i in instruments], bars, every_ns)
    return BarSet.build(frame, instruments, every_ns=every_ns, name=name, provenance="recorded")


HEADER = "date,open,high,low,close,volume"
ROWS = (
    "2024-01-01 00:00,100,102,99,101,5",
    "2024-01-01 01:00,101,103,100,102,6",
    "2024-01-01 02:00,102,104,101,103.5,7",
    "2024-01-01 03:00,103.5,104,103,103.25,8",
)
