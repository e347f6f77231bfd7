"""Files that overlap: equal rows are taken once, contradicting ones are an error."""

import polars as pl

from sluice.domain.errors import BadData
from sluice.market.calendars import utc_text

_VALUES = ("open", "high", "low", "close", "volume")


def merge_files(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """`rows` (symbol, file, stamp, prices, volume) with each stamp of a symbol from one file alone.

    Symbols of several files come out in the order of time where each file has them in order; what
    is out of order or twice within one file stays as it is, for the quality report.

    Raises:
        BadData: two files say different things of one symbol and stamp; both are named.
    """
    spread = rows.group_by("symbol").agg(pl.col("file").n_unique().alias("files"))
    several = spread.filter(pl.col("files") > 1)["symbol"]
    if several.is_empty():
        return rows, []
    key = ["symbol", "stamp"]
    of_several = pl.col("symbol").is_in(several.to_list())
    first = rows.with_columns(pl.col("file").first().over(key).alias("first_file"))
    again = first.filter(of_several & (pl.col("file") != pl.col("first_file")))
    notes = []
    if len(again):
        _require_equal(first, again)
        kept = first.filter(pl.col("file") == pl.col("first_file"))
        notes.append(
            f"{len(again):,} rows stand alike in two files, such as {again['first_file'][0]} and "
            f"{again['file'][0]}, and were taken once"
        )
    else:
        kept = first
    kept = kept.drop("first_file")
    backwards = (pl.col("stamp").diff() < 0).over("symbol", "file").any()
    if kept.select(backwards).item():
        return kept, notes
    order = {symbol: i for i, symbol in enumerate(kept["symbol"].unique(maintain_order=True))}
    place = pl.col("symbol").replace_strict(order, return_dtype=pl.Int64)
    return kept.sort(place, "stamp", maintain_order=True), notes


def _require_equal(first: pl.DataFrame, again: pl.DataFrame) -> None:
    known = first.filter(pl.col("file") == pl.col("first_file")).unique(
        ["symbol", "stamp"], keep="first", maintain_order=True
    )
    both = again.join(known, on=["symbol", "stamp"], how="left", suffix="_first")
    differs = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_first")) for c in _VALUES)
    wrong = both.filter(differs).sort("stamp")
    if wrong.is_empty():
        return
    row = wrong.row(0, named=True)
    msg = (
        f"{row['file_first']} and {row['file']} contradict each other on {row['symbol']}: "
        f"{len(wrong)} {'row differs' if len(wrong) == 1 else 'rows differ'}, first "
        f"{utc_text(row['stamp'])} (row {row['row_first']} and row {row['row']}); remove the "
        "wrong file"
    )
    raise BadData(msg)
