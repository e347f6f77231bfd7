"""The simulated market: eight correlated perpetuals on bars with the habits of real ones.

What is always there: fat tails (Student-t, 4 degrees of freedom), volatility that clusters, an
intraday curve of volatility and volume, one common factor, no drift. Each bar is cut from a path of
12 sub-steps, so open, high, low and close belong together; a bar opens where the last one closed.

What is planted by `effect="overreaction"`, and by nothing else: log price = random walk + u, where
u is a mean-reverting (Ornstein-Uhlenbeck) pricing error of each instrument alone. Its half-life is
`half_life` (default 5 h) and its stationary deviation is `strength` times the instrument's own
volatility over one day (default 0.25, which is about 47 to 65 bps). A strategy that sells what has
run ahead earns the decay of u. No real market shows an effect of this size and patience: it is
there so that the gates can be seen to pass something. `effect=None` leaves u out and the rest
unchanged to the last draw: then prices have no drift and no memory, and no strategy has an edge.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import polars as pl

from sluice.domain.duration import DAY_NS, parse_duration
from sluice.domain.errors import UsageError
from sluice.market.bars import STAMP, BarSet
from sluice.market.simulate.processes import (
    STEPS,
    Floats,
    intraday_curve,
    overreaction,
    random_walk,
    volatility_factor,
)
from sluice.market.simulate.roster import ROSTER, Listing

Effect = Literal["overreaction"]
SIMULATOR = 1  # raise it with any change that gives other bars for the same record
_YEAR_NS = 365 * DAY_NS
_HOUR_NS = 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class SimulatedMarket:
    """What to simulate; the same record gives the same bars.

    `start` is a UTC date, `every` a bar length of 1m to 1d that divides a day, `instruments` how
    many of the roster (1 to 8), `strength` and `half_life` belong to the effect (see the module).

    Raises:
        UsageError: a value out of its range.
    """

    seed: int = 0
    start: str = "2022-01-01"
    days: int = 800
    every: str = "1h"
    instruments: int = 8
    effect: Effect | None = "overreaction"
    strength: float = 0.25
    half_life: str = "5h"
    name: str = "simulated"

    def __post_init__(self) -> None:
        problems = []
        if self.seed < 0:
            problems.append(f"seed is {self.seed}; it must not be negative")
        if not 1 <= self.days <= 20_000:
            problems.append(f"days is {self.days}; 1 to 20000")
        if not 1 <= self.instruments <= len(ROSTER):
            problems.append(f"instruments is {self.instruments}; 1 to {len(ROSTER)}")
        if self.effect not in (None, "overreaction"):
            problems.append(f"effect is {self.effect!r}; 'overreaction' or none")
        if not 0 < self.strength <= 5:
            problems.append(f"strength is {self.strength}; above 0, at most 5")
        try:
            if parse_duration(self.half_life) <= 0:
                problems.append("half_life must be above 0")
            every_ns = parse_duration(self.every)
            if not 60_000_000_000 <= every_ns <= DAY_NS or DAY_NS % every_ns:
                problems.append(f"every is {self.every}; 1m to 1d, and it must divide a day")
        except ValueError as error:
            problems.append(str(error))
        try:
            datetime.strptime(self.start, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            problems.append(f"start is {self.start!r}; write a date as 2022-01-01")
        if problems:
            msg = "the simulated market cannot be made: " + "; ".join(problems)
            raise UsageError(msg)

    @property
    def every_ns(self) -> int:
        """Bar length, ns."""
        return parse_duration(self.every)

    @property
    def start_ns(self) -> int:
        """Start of the first bar, UTC ns."""
        day = datetime.strptime(self.start, "%Y-%m-%d").replace(tzinfo=UTC)
        return int(day.timestamp()) * 1_000_000_000


def simulate_market(market: SimulatedMarket) -> BarSet:
    """The bars of `market`, provenance "simulated"; 8 instruments, 800 days, 1h take < 1 s."""
    listings = ROSTER[: market.instruments]
    walk_seed, volatility_seed, effect_seed, volume_seed = np.random.SeedSequence(
        market.seed
    ).spawn(4)
    bars = market.days * (DAY_NS // market.every_ns)
    starts = market.start_ns + np.arange(bars, dtype=np.int64) * market.every_ns
    hours = ((starts % DAY_NS) / _HOUR_NS).astype(np.float64)
    activity = intraday_curve(hours)[:, None]
    turbulence = volatility_factor(
        np.random.Generator(np.random.PCG64(volatility_seed)),
        bars,
        len(listings),
        DAY_NS / market.every_ns,
    )
    yearly = np.array([listing.volatility for listing in listings])
    deviation = yearly * np.sqrt(market.every_ns / _YEAR_NS) * turbulence * np.sqrt(activity)
    loading = np.array([listing.loading for listing in listings])
    walk_rng = np.random.Generator(np.random.PCG64(walk_seed))
    path = random_walk(walk_rng, deviation, loading, STEPS)
    path -= (deviation * deviation / (2 * STEPS))[
        :, None, :
    ]  # the price, not its log, is a martingale
    path = np.cumsum(path.reshape(bars * STEPS, -1), axis=0).reshape(path.shape)
    if market.effect == "overreaction":
        step_ns = market.every_ns / STEPS
        path += overreaction(
            np.random.Generator(np.random.PCG64(effect_seed)),
            bars,
            STEPS,
            market.strength * yearly * np.sqrt(DAY_NS / _YEAR_NS),
            parse_duration(market.half_life) / step_ns,
        )
    volume_rng = np.random.Generator(np.random.PCG64(volume_seed))
    noise = np.exp(0.35 * volume_rng.standard_normal((bars, len(listings))) - 0.5 * 0.35**2)
    per_day = DAY_NS / market.every_ns
    frames = []
    for column, listing in enumerate(listings):
        traded_usd = (
            listing.adv_usd / per_day * activity[:, 0] * turbulence[:, column] * noise[:, column]
        )
        frames.append(_bars(listing, path[:, :, column], traded_usd, starts, market.every_ns))
    return BarSet.build(
        pl.concat(frames),
        [listing.instrument() for listing in listings],
        every_ns=market.every_ns,
        name=market.name,
        provenance="simulated",
    )


def _bars(
    listing: Listing, log_path: Floats, traded_usd: Floats, starts: np.ndarray, every_ns: int
) -> pl.DataFrame:
    """Bars of one instrument from its log path (bars, steps), rounded to its tick and lot."""
    instrument = listing.instrument()
    tick, lot = float(instrument.tick_size), float(instrument.lot_size)
    decimals = max(0, -int(instrument.tick_size.as_tuple().exponent))
    ticks = np.maximum(np.rint(listing.price * np.exp(log_path) / tick), 1.0)
    close = ticks[:, -1]
    opening = np.concatenate(([max(np.rint(listing.price / tick), 1.0)], close[:-1]))
    high = np.maximum(ticks.max(axis=1), opening)
    low = np.minimum(ticks.min(axis=1), opening)
    lots = np.maximum(np.rint(traded_usd / (close * tick) / lot), 1.0)
    lot_decimals = max(0, -int(instrument.lot_size.as_tuple().exponent))
    return pl.DataFrame(
        {
            "ts": starts + every_ns,
            "ts_start": starts,
            "open": np.round(opening * tick, decimals),
            "high": np.round(high * tick, decimals),
            "low": np.round(low * tick, decimals),
            "close": np.round(close * tick, decimals),
            "volume": np.round(lots * lot, lot_decimals),
        }
    ).with_columns(
        pl.col("ts").cast(STAMP),
        pl.col("ts_start").cast(STAMP),
        pl.lit(instrument.id).alias("instrument"),
    )
