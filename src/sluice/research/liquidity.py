"""What was known of an instrument's liquidity: ADV and daily volatility of the sessions before."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from sluice.domain.instrument import Instrument
from sluice.market.bars import BarSet
from sluice.statistics.returns import Floats, Integers

_MIN_SESSIONS = 5  # a mean or deviation of fewer is noise
_NAN = float("nan")

SessionIndex = Callable[[Integers], Integers]


def liquidity_rows(bars: BarSet, sessions: int) -> tuple[Floats, Floats]:
    """ADV in units and σ of daily returns for every row of `bars.frame`, as known at the row.

    From the `sessions` sessions before the row's own; NaN where there is too little history.
    """
    sessions_of = bars.calendar.session_index
    past = past_liquidity(bars.frame, bars.instruments, sessions_of, sessions)
    stamps = bars.frame["ts"].to_physical().to_numpy()
    rows = bars.frame.select(
        pl.col("instrument").cast(pl.String), "close", pl.Series("session", sessions_of(stamps))
    ).join(past, on=["instrument", "session"], how="left", maintain_order="left")
    multipliers = pl.Series([float(instrument.multiplier) for instrument in bars.instruments])
    multiplier = multipliers.gather(bars.frame["instrument"].to_physical()).to_numpy()
    adv = rows["adv"].fill_null(_NAN).to_numpy() / (rows["close"].to_numpy() * multiplier)
    return np.ascontiguousarray(adv), np.ascontiguousarray(rows["sigma"].fill_null(_NAN).to_numpy())


def past_liquidity(
    bars: pl.DataFrame,
    instruments: Sequence[Instrument],
    session_index: SessionIndex,
    sessions: int,
) -> pl.DataFrame:
    """ADV (notional) and σ_d of each (instrument, session), from the `sessions` sessions before.

    `adv` is null where the instrument has no volume at all and no `adv_usd`; NaN (as is `sigma`)
    where there is too little history.
    """
    ts = bars["ts"].cast(pl.Datetime("ns", "UTC")).to_physical().to_numpy()
    days = (
        bars.select(
            pl.col("instrument").cast(pl.String),
            pl.Series("session", session_index(ts)),
            "close",
            (pl.col("close") * pl.col("volume").fill_null(0.0)).alias("traded"),
        )
        .group_by("instrument", "session", maintain_order=True)
        .agg(pl.col("close").last(), pl.col("traded").sum())
        .sort("instrument", "session")
    )
    by_id = {instrument.id: instrument for instrument in instruments}
    parts = [
        _past(part, by_id.get(str(name)), sessions)
        for (name,), part in days.group_by("instrument", maintain_order=True)
    ]
    return pl.concat(parts)


def _past(days: pl.DataFrame, instrument: Instrument | None, sessions: int) -> pl.DataFrame:
    multiplier = float(instrument.multiplier) if instrument else 1.0
    change = pl.col("close") / pl.col("close").shift(1) - 1
    sigma = change.rolling_std(sessions, min_samples=_MIN_SESSIONS).shift(1).fill_null(_NAN)
    if float(days["traded"].sum()) > 0:
        traded = pl.col("traded") * multiplier
        adv = traded.rolling_mean(sessions, min_samples=_MIN_SESSIONS).shift(1).fill_null(_NAN)
    elif instrument is not None and instrument.adv_usd is not None:
        adv = pl.lit(float(instrument.adv_usd))
    else:
        adv = pl.lit(None, dtype=pl.Float64)
    return days.select("instrument", "session", adv.alias("adv"), sigma.alias("sigma"))
