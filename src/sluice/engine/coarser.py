"""Coarser bars for callbacks: `ctx.history(i, n, every="1h")`, made of one instrument at a time.

They are the bars of `at("1h", …)`, windows and all; the core shows those that are known.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from sluice.domain.duration import parse_duration
from sluice.domain.errors import UsageError
from sluice.market.adjust import RAW
from sluice.market.bars import PRICES, BarSet
from sluice.market.resample import aggregate, check_multiple, windows
from sluice.market.stored_bars import StoredBars

_FIELDS = (*PRICES, "volume")


class CoarserBars:
    """Called by the core with the place of an instrument and an interval, once for each pair."""

    def __init__(self, bars: BarSet) -> None:
        self._bars = bars

    def __call__(self, place: int, every: str) -> Mapping[str, "np.ndarray[Any, Any]"]:
        """Columns of every coarser bar, oldest first; `bars` says how many of the run's it takes.

        Raises:
            UsageError: `every` is no duration.
            BadData: an interval that cannot be made of these bars.
        """
        try:
            every_ns = parse_duration(every)
        except ValueError as error:
            raise UsageError(f"ctx.history(every={every!r}): {error}") from error
        if every_ns <= 0:
            raise UsageError(f"ctx.history(every={every!r}): a bar cannot last no time; write '1h'")
        name = self._bars.ids[place]
        check_multiple(self._bars.name, self._bars.every_ns, every_ns)
        adjusted, raw, made = self._frames(name, every_ns)
        seen, traded = (aggregate(frame.with_columns(made)) for frame in (adjusted, raw))
        made = made.with_row_index("row")
        last = made.group_by("window").agg((pl.col("row").max() + 1).alias("bars"))
        known = seen.select("window").join(last, on="window", how="left", maintain_order="left")
        return {
            "ts": seen["ts"].to_physical().to_numpy(),
            "ts_start": seen["window"].to_numpy(),
            "bars": known["bars"].cast(pl.Int64).to_numpy(),
            **{field: _floats(seen[field]) for field in _FIELDS},
            **{raw: _floats(traded[raw.removeprefix("raw_")]) for raw in RAW},
        }

    def _frames(self, name: str, every_ns: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """The instrument's bars adjusted and as traded, and their windows."""
        bars = self._bars
        if isinstance(bars, StoredBars):
            bars = bars.single(name) or bars
        own = bars.frame["instrument"].cast(pl.String) == name
        raw = bars.frame.filter(own)
        adjusted = raw if bars.actions is None else bars.signal_frame.filter(own)
        return adjusted, raw, windows(raw, every_ns, bars.calendars())


def _floats(column: pl.Series) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.ascontiguousarray(column.fill_null(float("nan")).to_numpy())
