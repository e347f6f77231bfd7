"""Series that the page derives from the equity curve: sessions, months, drawdown, fewer points.

All pure. A session is the UTC day of (stamp − 1 ns), so that a bar ending at midnight belongs to
the day that it closes; the capital at the start is the first observation.
"""

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from sluice.statistics.drawdown import drawdown as depths
from sluice.statistics.returns import Floats


def session_day(stamp: pl.Expr) -> pl.Expr:
    """The session of a mark or of the end of a bar: the UTC day of (stamp − 1 ns)."""
    return stamp.dt.cast_time_unit("ns").dt.offset_by("-1ns").dt.date()


def sessions(equity: pl.DataFrame, cash: float, *, weekends: bool = True) -> pl.DataFrame:
    """Columns day (Date), equity (last mark), return_ (fraction, from the mark before).

    Without `weekends` what trades on a Saturday or Sunday belongs to Monday, as the calendar says.
    """
    day = session_day(pl.col("ts"))
    if not weekends:
        late = pl.when(day.dt.weekday() > 5).then(8 - day.dt.weekday()).otherwise(0)
        day = day + pl.duration(days=late)
    last = equity.select(day.alias("day"), "equity").group_by("day", maintain_order=True).last()
    before = pl.col("equity").shift(1, fill_value=cash)
    return last.with_columns((pl.col("equity") / before - 1.0).alias("return_"))


def monthly_returns(daily: pl.DataFrame) -> dict[tuple[int, int], float]:
    """(year, month) → compounded return of its sessions, as a fraction."""
    return _compounded(daily, pl.col("day").dt.year(), pl.col("day").dt.month())


def yearly_returns(daily: pl.DataFrame) -> dict[int, float]:
    """Year → compounded return of its sessions, as a fraction."""
    years = _compounded(daily, pl.col("day").dt.year(), pl.lit(0, pl.Int8))
    return {year: value for (year, _), value in years.items()}


def _compounded(daily: pl.DataFrame, year: pl.Expr, month: pl.Expr) -> dict[tuple[int, int], float]:
    grown = (
        daily.with_columns(year.alias("year"), month.alias("month"))
        .group_by("year", "month", maintain_order=True)
        .agg(((pl.col("return_") + 1.0).product() - 1.0).alias("grown"))
    )
    return {(int(y), int(m)): float(g) for y, m, g in grown.select("year", "month", "grown").rows()}


def rolling_sharpe(returns: Floats, window: int, sessions_per_year: float) -> Floats:
    """Annualized mean / sample standard deviation over `window` sessions; NaN until it is full."""
    series = pl.Series(returns)
    mean = series.rolling_mean(window).to_numpy().astype(np.float64)
    std = series.rolling_std(window).to_numpy().astype(np.float64)
    out = np.full(len(returns), np.nan)
    np.divide(mean, std, out=out, where=std > 1e-12)
    return out * math.sqrt(sessions_per_year)


def drawdown(equity: pl.DataFrame, cash: float) -> Floats:
    """1 − equity / running peak at each mark, ≥ 0; the capital at the start is the first peak."""
    marks = equity["equity"].to_numpy().astype(np.float64)
    return depths(np.concatenate(([cash], marks)))[1:]


@dataclass(frozen=True)
class Episode:
    """One drawdown: peak, trough, and recovery (None while it lasts); depth as a fraction."""

    peak: datetime
    trough: datetime
    recovered: datetime | None
    depth: float


def deepest(stamps: list[datetime], under: Floats, count: int) -> list[Episode]:
    """The `count` deepest drawdowns, deepest first."""
    below = np.concatenate(([False], under > 0, [False]))
    starts = np.flatnonzero(~below[:-1] & below[1:])
    ends = np.flatnonzero(below[:-1] & ~below[1:])
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        trough = start + int(np.argmax(under[start:end]))
        back = stamps[end] if end < len(stamps) else None
        peak = stamps[max(start - 1, 0)]
        found.append(Episode(peak, stamps[trough], back, float(under[trough])))
    return sorted(found, key=lambda e: -e.depth)[:count]


def thinned(values: Floats, limit: int) -> npt.NDArray[np.intp]:
    """Indices to draw: all, or first, last, lowest and highest of each bucket; ≤ `limit`."""
    size = len(values)
    if size <= limit:
        return np.arange(size)
    edges = np.linspace(0, size, (limit - 2) // 2 + 1).astype(np.intp)
    kept = {0, size - 1}
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        bucket = values[start:end]
        kept.add(start + int(np.argmin(bucket)))
        kept.add(start + int(np.argmax(bucket)))
    return np.array(sorted(kept), dtype=np.intp)
