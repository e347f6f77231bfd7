"""Finds the columns of a table of bars by their common names, or by the mapping that is given."""

import re
from collections.abc import Mapping

import polars as pl

from sluice.domain.errors import BadData, UsageError

REQUIRED = ("ts", "open", "high", "low", "close")
FIELDS = (*REQUIRED, "volume", "symbol")
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "ts": (
        *("ts", "date", "time", "timestamp", "datetime", "dt", "opentime", "starttime", "start"),
        *("tsstart", "opentimestamp", "unix", "unixtimestamp", "epoch"),
    ),
    "open": ("open", "o", "openprice", "priceopen"),
    "high": ("high", "h", "highprice", "pricehigh"),
    "low": ("low", "l", "lowprice", "pricelow"),
    "close": ("close", "c", "closeprice", "priceclose", "last"),
    "volume": ("volume", "v", "vol", "basevolume", "volumebase"),
    "symbol": ("symbol", "ticker", "tic", "instrument", "instrumentid", "code", "pair"),
}


def find_columns(columns: list[str], given: Mapping[str, str], where: str) -> dict[str, str]:
    """Field → column of the table, for the fields of FIELDS that it has.

    `given` maps fields to columns and wins over names. Our own frames (`ts_start` beside `ts`) are
    read by `ts_start`.

    Raises:
        UsageError: `given` names no field, or a column that is not there.
        BadData: a required column is not found, or two columns could be the same field.
    """
    found: dict[str, str] = {}
    for field, column in given.items():
        if field not in FIELDS:
            msg = (
                f"--column {field}={column}: there is no field {field}; one of {', '.join(FIELDS)}"
            )
            raise UsageError(msg)
        if column not in columns:
            msg = f"--column {field}={column}: {where} has no such column; it has {_list(columns)}"
            raise UsageError(msg)
        found[field] = column
    free = [c for c in columns if c not in found.values()]
    plain = {c: re.sub(r"[^a-z0-9]", "", c.lower()) for c in free}
    for field in FIELDS:
        if field in found:
            continue
        hits = [c for c in free if plain[c] in _ALIASES[field]]
        if field == "ts" and "ts_start" in hits:
            hits = ["ts_start"]
        if len(hits) > 1:
            exact = [c for c in hits if plain[c] == field]
            hits = exact if len(exact) == 1 else hits
        if len(hits) > 1:
            msg = (
                f"{where}: {_list(hits)} could all be {field}; "
                f"say which: --column {field}={hits[0]}"
            )
            raise BadData(msg)
        if hits:
            found[field] = hits[0]
    missing = [f for f in REQUIRED if f not in found]
    if missing:
        example = next((c for c in free if c not in found.values()), "NAME")
        msg = (
            f"{where} has no column for {', '.join(missing)}; it has {_list(columns)}. "
            f"Say which they are, as in --column {missing[0]}={example}"
        )
        raise BadData(msg)
    return found


def numbers(column: pl.Series, where: str) -> pl.Series:
    """A column as Float64; null and NaN stay for the quality report.

    Raises:
        BadData: a value is no number; the row (1 is the first after the header) is named.
    """
    if column.dtype.is_numeric() or column.dtype.is_decimal() or column.dtype == pl.Null:
        return column.cast(pl.Float64)
    if column.dtype != pl.String:
        msg = f"{where}: column {column.name} holds {column.dtype}, not numbers"
        raise BadData(msg)
    text = column.str.strip_chars()
    cast = text.cast(pl.Float64, strict=False)
    wrong = (cast.is_null() & text.is_not_null() & (text != "")).arg_true()
    if len(wrong):
        row = int(wrong[0])
        msg = (
            f"{where}: column {column.name} holds {column[row]!r} in row {row + 1}, "
            f"which is no number ({len(wrong)} such rows)"
        )
        raise BadData(msg)
    return cast


def _list(names: list[str]) -> str:
    return ", ".join(repr(n) for n in names)
