"""A small market of files whose prices come back, and a strategy that passes both gates on it.

Two symbols, 800 days of four hours: log prices are an autoregression around a constant, so fading
a shock pays. Made from a seed, so every test session sees the same bars.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from sluice.market.catalog import Catalog
from sluice.market.importers import ImportOptions
from sluice.operations.data import ImportRequest, import_data

SYMBOLS = ("AAAUSDT", "BBBUSDT")
BARS = 4800
START = datetime(2022, 1, 1, tzinfo=UTC)
NOW_NS = 1_750_000_000 * 10**9

STRATEGY = '''"""Fades the tide."""

import polars as pl

from sluice import Bars, Hypothesis, Param, Strategy, close, hold, zscore


class Tide(Strategy):
    """Buys what fell, and sells it at its mean."""

    hypothesis = Hypothesis(
        claim="Prices of this made market come back to their mean within days",
        mechanism="they were made by an autoregression, so that every shock decays",
        falsified_if="the Sharpe ratio after costs is below one over two years",
    )
    data = Bars("AAAUSDT", "BBBUSDT", every="4h", history="730d", max_gap="12h")
    capacity_usd = 500_000

    n: int = Param(60, ge=5, le=500)
    entry: float = Param(1.5, gt=0, le=6)

    def signals(self) -> pl.Expr:
        """Long below the band, out at the mean."""
        z = zscore(close, self.n)
        return hold(z < -self.entry, exits=z > 0, size=0.4)
'''


def bars_of(seed: int, bars: int = BARS) -> pl.DataFrame:
    """One symbol's bars: time (start, UTC), open, high, low, close, volume."""
    rng = np.random.default_rng(seed)
    shocks = 0.012 * rng.standard_normal(bars)
    depth = np.zeros(bars)
    for i in range(1, bars):
        depth[i] = 0.93 * depth[i - 1] + shocks[i]
    close = 100 * np.exp(depth)
    opening = np.concatenate(([100.0], close[:-1]))
    upper, lower = 0.002 * rng.random(bars), 0.002 * rng.random(bars)
    stamps = [START + timedelta(hours=4 * i) for i in range(bars)]
    frame = pl.DataFrame(
        {
            "time": [stamp.strftime("%Y-%m-%d %H:%M") for stamp in stamps],
            "open": opening,
            "high": np.maximum(opening, close) * (1 + upper),
            "low": np.minimum(opening, close) * (1 - lower),
            "close": close,
            "volume": rng.uniform(2e6, 4e6, bars),
        }
    )
    prices = pl.col("open", "high", "low", "close").round(4)
    return frame.with_columns(prices, pl.col("volume").round(0))


def write_files(folder: Path) -> Path:
    """A CSV of each symbol in `folder`."""
    folder.mkdir(parents=True)
    for seed, symbol in enumerate(SYMBOLS):
        bars_of(seed).write_csv(folder / f"{symbol}.csv")
    return folder


def store(folder: Path, home: Path, name: str = "tides") -> Path:
    """Import the files into the catalog of `home`."""
    request = ImportRequest(folder, name, options=ImportOptions(venue="BINANCE"))
    import_data(request, Catalog(home / "data"), NOW_NS)
    return home
