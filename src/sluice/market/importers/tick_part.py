"""Ticks as every layout gives them: the columns that all share, and notes on what was left out."""

import polars as pl

from sluice.domain.instrument import AssetClass
from sluice.market.importers.raw import QUOTE_VALUES, TRADE_VALUES, Part, TickKind

VALUES: dict[TickKind, tuple[str, ...]] = {"quotes": QUOTE_VALUES, "trades": TRADE_VALUES}


def tick_part(
    frame: pl.DataFrame,
    kind: TickKind,
    file: str,
    named: tuple[str, str | None, AssetClass | None],
    told: tuple[tuple[str, ...], int | None] = ((), None),
) -> Part:
    """A Part of `frame`: ts, the values of its kind, and row, symbol, venue where it has them.

    `named` is symbol, venue and class of a file of one instrument; `told` the notes, and the rows
    that the file has where that is more than the frame holds.
    """
    symbol, venue, asset_class = named
    notes, rows_read = told
    have = frame.columns
    label = pl.Categorical
    rows = frame.select(
        (pl.col("symbol") if "symbol" in have else pl.lit(symbol)).cast(label).alias("symbol"),
        (pl.col("venue") if "venue" in have else pl.lit(venue, pl.String))
        .cast(label)
        .alias("venue"),
        pl.lit(file).cast(label).alias("file"),
        (pl.col("row") if "row" in have else pl.int_range(1, pl.len() + 1))
        .cast(pl.Int64)
        .alias("row"),
        pl.col("ts").cast(pl.Int64),
        *VALUES[kind],
    )
    return Part(rows, None, notes, asset_class, rows_read)


def left_out(count: int, total: int, what: str) -> tuple[str, ...]:
    """A note on rows that were left out; none where there were none."""
    return (f"{count:,} of {total:,} rows left out: {what}",) if count else ()


def sides(buyer_is_maker: pl.Series) -> pl.Series:
    """Who crossed the spread, Int8: where the buyer rested (was the maker), the seller did: -1."""
    return pl.select(
        pl.when(buyer_is_maker).then(-1).otherwise(1).cast(pl.Int8).alias("side")
    ).to_series()
