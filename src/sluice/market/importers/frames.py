"""Frames of other libraries as polars: users come with what they have in a notebook."""

from typing import Any, Protocol, TypeGuard

import numpy as np
import polars as pl


class PandasFrame(Protocol):
    """A pandas DataFrame, told by what it can do; pandas itself is not needed here."""

    def reset_index(self) -> Any:
        """The frame with its index as a column."""
        ...


def is_pandas(data: object) -> TypeGuard[PandasFrame]:
    """Whether `data` is a pandas DataFrame."""
    kind = type(data)
    return kind.__module__.partition(".")[0] == "pandas" and kind.__name__ == "DataFrame"


def from_pandas(frame: PandasFrame) -> pl.DataFrame:
    """The same table in polars; an index that says something becomes a column (`ts` if unnamed).

    Stamps with a zone become UTC. Columns keep their names; text and numbers keep their values.
    """
    given: Any = frame
    if given.index.name is not None or given.index.dtype.kind in "Mm" or _has_zone(given.index):
        name = given.index.name or "ts"
        given = given.rename_axis(name).reset_index()
    return pl.DataFrame({str(name): _column(given[name]) for name in given.columns})


def _has_zone(index: Any) -> bool:
    return getattr(index, "tz", None) is not None


def _column(values: Any) -> pl.Series:
    zone = getattr(values.dtype, "tz", None)
    if zone is not None:
        return pl.Series(values.dt.tz_convert(None).to_numpy()).dt.replace_time_zone("UTC")
    array = values.to_numpy()
    if array.dtype == object:
        return pl.Series([None if _missing(one) else one for one in array], strict=False)
    return pl.Series(np.ascontiguousarray(array))


def _missing(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN and NaT differ from themselves
