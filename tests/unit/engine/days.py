"""Small markets for the tests of the simulated day."""

from decimal import Decimal

import numpy as np
import polars as pl

from sluice.domain.instrument import CostSchedule, Instrument
from sluice.engine.simulated_day import DaySettings, simulate_day
from sluice.market.bars import BarSet
from sluice.strategy.evaluate import evaluate

HOUR = 3_600 * 10**9
FREE = CostSchedule(Decimal(0), Decimal(0), Decimal(0), "test")


def instrument(symbol, venue="SIM", **more):
    sizes = {"tick_size": Decimal("0.01"), "lot_size": Decimal("0.001")} | more
    return Instrument(symbol, venue, "perpetual", "USD", **sizes)


def market(closes, *, venues=None):
    """Hourly bars; each opens at the close before. `closes` is one series per symbol."""
    parts, instruments = [], []
    for symbol, series in closes.items():
        close = np.asarray(series, dtype=np.float64)
        open_ = np.concatenate((close[:1], close[:-1]))
        end = (np.arange(len(close)) + 1) * HOUR
        venue = (venues or {}).get(symbol, "SIM")
        instruments.append(instrument(symbol.split("@")[0], venue))
        parts.append(
            pl.DataFrame(
                {
                    "ts": end,
                    "ts_start": end - HOUR,
                    "instrument": [instruments[-1].id] * len(close),
                    "open": open_,
                    "high": np.maximum(open_, close) * 1.01,
                    "low": np.minimum(open_, close) * 0.99,
                    "close": close,
                    "volume": np.arange(len(close), dtype=np.float64) + 1,
                }
            )
        )
    stamp = pl.Datetime("ns", "UTC")
    frame = pl.concat(parts).with_columns(pl.col("ts", "ts_start").cast(stamp))
    return BarSet.build(frame, instruments, every_ns=HOUR, name="test", provenance="simulated")


def run(strategy, bars, *, cost=FREE, **settings):
    settings = DaySettings(**({"cash": 100_000} | settings))
    costs = [cost] * len(bars.instruments)
    return simulate_day(strategy, bars, evaluate(strategy, bars), costs, settings)
