"""One small file of each layout that the documents import, and the archive that they fetch from."""

from pathlib import Path

import polars as pl

from market_files import START_MS, klines, packed, zipped

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def write_samples(folder: Path) -> None:
    """Write them where the documents have them."""
    packed(folder / "dumps" / "BTCUSDT-1h-2024-01-01.zip", klines(24, step=HOUR_MS))
    packed(folder / "dumps" / "BTCUSDT-aggTrades-2024-01-01.zip", prints(START_MS))
    bars = pl.DataFrame(
        {
            "date": pl.Series([START_MS + i * 300_000 for i in range(50)]).cast(
                pl.Datetime("ms", "UTC")
            ),
            **{c: [100.0 + i % 7 for i in range(50)] for c in ("open", "high", "low", "close")},
            "volume": [5.0] * 50,
        }
    )
    (folder / "freqtrade").mkdir()
    bars.write_ipc(folder / "freqtrade" / "BTC_USDT-5m.feather")
    minutes = [f"{34_200_000 + i * 60_000},1001000,1002500,1000000,1002000,300" for i in range(60)]
    packed(
        folder / "lean/equity/usa/minute/spy/20240102_trade.zip",
        minutes,
        "20240102_spy_minute_trade.csv",
    )
    stamps = [f"2024-01-02 14:30:{i:02d}.5" for i in range(60)]
    quotes = pl.DataFrame({"time": stamps, "bid": [1.1] * 60, "ask": [1.1002] * 60})
    quotes.with_columns(bid_size=1e6, ask_size=2e6).write_csv(folder / "quotes.csv")
    trades = pl.DataFrame({"time": stamps, "price": [185.5] * 60, "size": [100] * 60})
    trades.with_columns(side=pl.Series(["buy", "sell"] * 30)).write_csv(folder / "trades.csv")


def prints(start_ms: int) -> list[str]:
    """Aggregated trades of the spot market, a second apart."""
    return [f"{i},42000.{i % 10},0.5,{i},{i},{start_ms + i * 1000},True,True" for i in range(60)]


def fill_archive(archive) -> None:
    """Put there what the documents fetch: January and a day of February 2024."""
    spot = "data/spot/{}/{}/BTCUSDT/{}"
    february = START_MS + 31 * DAY_MS
    for span, name, start, count in (
        ("monthly", "BTCUSDT-1h-2024-01.zip", START_MS, 31 * 24),
        ("daily", "BTCUSDT-1h-2024-02-01.zip", february, 24),
    ):
        text = "\n".join(klines(count, start=start, step=HOUR_MS)) + "\n"
        archive.put(spot.format(span, "klines", f"1h/{name}"), zipped({"a.csv": text.encode()}))
    name = "BTCUSDT-aggTrades-2024-02-01.zip"
    text = "\n".join(prints(february)) + "\n"
    archive.put(spot.format("daily", "aggTrades", name), zipped({"a.csv": text.encode()}))
