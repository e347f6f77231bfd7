"""Bars in a table whose columns have the usual names, or those that are given: the plain layout."""

import polars as pl

from sluice.domain.errors import BadData, UsageError
from sluice.market.importers.action_columns import action_columns, told
from sluice.market.importers.columns import find_columns, numbers
from sluice.market.importers.files import read_table
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.names import from_file_name
from sluice.market.importers.raw import ImportOptions, Part
from sluice.market.importers.stamps import to_utc_ns


def fits(_: Head) -> bool:
    """Always: it stands last in the table of layouts, and its reading tells what is wrong."""
    return True


def read(head: Head, options: ImportOptions) -> Part:
    """The bars of one file.

    Raises:
        BadData, UsageError: columns, stamps or numbers are not what they should be.
    """
    symbol, hint = from_file_name(head.path)
    part = shape_bars(read_table(head.path), options, options.symbol or symbol, head.name)
    return Part(part.rows, hint, part.notes, told=part.told)


def shape_bars(frame: pl.DataFrame, options: ImportOptions, symbol: str, where: str) -> Part:
    """Bars of any table: columns found, stamps to UTC, numbers to floats.

    Raises:
        BadData, UsageError: as `read`.
    """
    found = find_columns(frame.columns, options.columns, where)
    if found["ts"] == "ts_start" and options.stamp == "end":
        msg = f"{where} is stamped by its column ts_start, the start of the bar; drop --stamp end"
        raise UsageError(msg)
    stamps, said = to_utc_ns(frame[found["ts"]], options.timezone, where)
    ids, venues = _symbols(frame, found.get("symbol"), symbol, where)
    volume = (
        numbers(frame[found["volume"]], where).fill_nan(None)
        if "volume" in found
        else pl.Series([None] * len(frame), dtype=pl.Float64)
    )
    shaped = pl.DataFrame(
        {
            "symbol": ids,
            "venue": venues,
            "file": pl.Series([where], dtype=pl.String).new_from_index(0, len(frame)),
            "row": pl.Series(range(1, len(frame) + 1), dtype=pl.Int64),
            "stamp": stamps,
            **{c: numbers(frame[found[c]], where) for c in ("open", "high", "low", "close")},
            "volume": volume,
        }
    )
    beside = action_columns(frame.columns)
    used = {*found.values(), *beside.values(), "ts"}
    ignored = [c for c in frame.columns if c not in used]
    if ignored:
        said += f"; columns left out: {', '.join(ignored)}"
    actions = told(frame, shaped, beside, options.timezone) if beside else None
    return Part(shaped, notes=(said,), told=actions)


def _symbols(
    frame: pl.DataFrame, column: str | None, symbol: str, where: str
) -> tuple[pl.Series, pl.Series]:
    if column is None:
        ids = pl.Series([symbol], dtype=pl.String).new_from_index(0, len(frame))
        return ids, pl.Series([None] * len(frame), dtype=pl.String)
    ids = frame[column].cast(pl.String).str.strip_chars()
    empty = (ids.is_null() | (ids == "")).arg_true()
    if len(empty):
        msg = f"{where}: no symbol in row {int(empty[0]) + 1} of column {column}"
        raise BadData(msg)
    if column in ("instrument", "instrument_id") and ids.str.contains(".", literal=True).all():
        return ids.str.replace(r"\.[^.]*$", ""), ids.str.extract(r"\.([^.]*)$")
    return ids, pl.Series([None] * len(frame), dtype=pl.String)


LAYOUT = Layout(
    "bars",
    ("bars",),
    "a table of bars with named columns (CSV, Parquet, feather)",
    fits,
    read,
)
