"""The bar interval of a source: told by its steps, or given and then held against them."""

import numpy as np
import polars as pl

from sluice.domain.duration import format_duration
from sluice.domain.errors import BadData

# The share of steps that may be no whole number of bars; above, it is another kind of data.
_UNEVEN_MAX = 0.05


def settle_interval(rows: pl.DataFrame, given_ns: int | None, hint_ns: int | None) -> int:
    """The interval in ns of `rows` (columns symbol, file, stamp in UTC ns).

    `given_ns` is what the user says, `hint_ns` what the file's name says, used where one bar alone
    has no step.

    Raises:
        BadData: what was given is not what the stamps say, or they have no regular step.
    """
    steps = _steps(rows)
    if len(steps) == 0:
        known = given_ns or hint_ns
        if known is None:
            msg = "the interval cannot be told from one bar; say --every 1h"
            raise BadData(msg)
        return known
    values, counts = np.unique(steps, return_counts=True)
    mode = int(values[np.argmax(counts)])
    share = float(counts.max()) / len(steps)
    found = f"the stamps are mostly {format_duration(mode)} apart ({share:.0%} of steps)"
    if given_ns is not None and given_ns != mode:
        msg = (
            f"--every {format_duration(given_ns)} does not match the data: {found}. "
            "Import at the source's own interval; a coarser one is made when it is asked for"
        )
        raise BadData(msg)
    uneven = float(counts[values % mode != 0].sum()) / len(steps)
    if uneven > _UNEVEN_MAX:
        msg = (
            f"these are no bars of one size: {found}, and {uneven:.0%} of steps are no multiple "
            "of it"
        )
        raise BadData(msg)
    return mode


def require_one_interval(by_file: dict[str, int]) -> int:
    """The interval that all files share.

    Raises:
        BadData: they differ.
    """
    found: dict[int, str] = {}
    for file, every_ns in by_file.items():
        found.setdefault(every_ns, file)
    if len(found) > 1:
        said = ", ".join(f"{format_duration(ns)} in {file}" for ns, file in sorted(found.items()))
        msg = f"the files have different bar sizes: {said}. Import each size as its own data set"
        raise BadData(msg)
    return next(iter(found))


def _steps(rows: pl.DataFrame) -> np.ndarray:
    steps = (
        rows.select("symbol", "stamp")
        .unique()
        .sort("symbol", "stamp")
        .select(pl.when(pl.col("symbol") == pl.col("symbol").shift(1)).then(pl.col("stamp").diff()))
        .to_series()
        .drop_nulls()
    )
    return steps.to_numpy()
