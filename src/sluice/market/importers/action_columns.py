"""Columns of corporate actions beside the prices: adjusted close, dividend and split of the day."""

import re
from collections.abc import Mapping

import polars as pl

from sluice.market.importers.columns import numbers

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "adjusted_close": ("adjustedclose", "adjclose", "closeadjusted"),
    "dividend": ("dividendamount", "dividend", "dividends", "divcash"),
    "split": ("splitcoefficient", "split", "stocksplits", "splitratio", "splitfactor"),
}


def action_columns(columns: list[str]) -> dict[str, str]:
    """Field (adjusted_close, dividend, split) → column of the table, for those that it has."""
    plain = {re.sub(r"[^a-z0-9]", "", c.lower()): c for c in columns}
    found = {
        field: next((plain[name] for name in names if name in plain), None)
        for field, names in _ALIASES.items()
    }
    return {field: column for field, column in found.items() if column is not None}


def told(
    frame: pl.DataFrame, rows: pl.DataFrame, found: Mapping[str, str], timezone: str | None
) -> pl.DataFrame:
    """What the source says of actions on each of `rows` (symbol, stamp, close), as Part.told.

    A split of 0 is "none" in some sources. The ex-date is the date of the stamp in its own zone.
    """
    local = pl.from_epoch(rows["stamp"], "ns").dt.replace_time_zone("UTC")
    where = str(rows["file"][0])

    def column(field: str, other: float | None) -> pl.Series:
        if field not in found:
            return pl.Series([other], dtype=pl.Float64).new_from_index(0, len(rows))
        values = numbers(frame[found[field]], where).fill_nan(None)
        return values if other is None else values.fill_null(other)

    split = column("split", 1.0)
    return pl.DataFrame(
        {
            "symbol": rows["symbol"],
            "ex_date": local.dt.convert_time_zone(timezone or "UTC").dt.date(),
            "close": rows["close"],
            "dividend": column("dividend", 0.0),
            "split": split.set(split == 0, 1.0),
            "adjusted_close": column("adjusted_close", None),
        }
    )
