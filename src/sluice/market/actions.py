"""Corporate actions: dividends and splits of shares by ex-date, as a table beside the bars.

Columns of ACTIONS: `instrument` (id), `ex_date` (the exchange's trading day), `split` (new shares
per old one, 2.0 is two for one, > 0), `dividend` (money per share, ≥ 0; per new share where both
fall on one day). Sorted by (instrument, ex_date), each pair once. An action is known on its
ex-date, never before.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl

from sluice.domain.errors import BadData
from sluice.domain.instrument import Instrument

ACTIONS: Mapping[str, pl.DataType] = {
    "instrument": pl.String(),
    "ex_date": pl.Date(),
    "dividend": pl.Float64(),
    "split": pl.Float64(),
}
_LARGEST_TERM = 1000
"""A split is a ratio of two whole numbers up to this: 3:2, 1:10, 1281:1000 for a stock dividend."""


def shaped(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """`frame` in the shape of ACTIONS; days on which nothing happened are left out.

    Raises:
        BadData: a figure that cannot be, or two entries of one share on one day.
    """
    table = frame.select(
        pl.col("instrument").cast(pl.String),
        pl.col("ex_date").cast(pl.Date),
        pl.col("dividend").cast(pl.Float64).fill_null(0.0),
        pl.col("split").cast(pl.Float64).fill_null(1.0),
    ).filter(~((pl.col("dividend") == 0) & (pl.col("split") == 1)))
    wrong = table.filter(
        pl.col("ex_date").is_null()
        | ~pl.col("dividend").is_between(0, 1e9)
        | ~(pl.col("split").is_between(1e-3, 1e3))
    )
    if len(wrong):
        row = wrong.row(0, named=True)
        msg = (
            f"{where}: {row['instrument']} on {row['ex_date']} has a dividend of {row['dividend']} "
            f"and a split of {row['split']}; a dividend is 0 or more, a split from 0.001 to 1000"
        )
        raise BadData(msg)
    twice = table.filter(pl.struct("instrument", "ex_date").is_duplicated())
    if len(twice):
        row = twice.row(0, named=True)
        msg = f"{where}: {row['instrument']} has two entries for {row['ex_date']}; join them in one"
        raise BadData(msg)
    return table.sort("instrument", "ex_date")


def ratio(split: float) -> tuple[int, int]:
    """New and old shares of a split as whole numbers: 1.5 is (3, 2), 0.1 is (1, 10)."""
    if split < 1:
        old, new = ratio(1 / split)
        return new, old
    exact = Fraction(split).limit_denominator(_LARGEST_TERM)
    return exact.numerator, exact.denominator


def read_actions(path: Path, instruments: Sequence[Instrument]) -> pl.DataFrame:
    """The actions table of a file with the columns symbol, ex_date, and dividend or split or both.

    Raises:
        BadData: the file cannot be read, a column is missing, or a figure cannot be.
    """
    table = read_events(path)
    missing = [name for name in ("symbol", "ex_date") if name not in table.columns]
    if missing or not {"dividend", "split"} & set(table.columns):
        msg = (
            f"{path.name} needs the columns symbol, ex_date (2014-06-09), and dividend or split; "
            f"it has {', '.join(table.columns)}"
        )
        raise BadData(msg)
    try:
        plain = table.select(
            pl.col("symbol").cast(pl.String).str.strip_chars(),
            pl.col("ex_date").cast(pl.String).str.slice(0, 10).str.to_date(),
            *(
                (pl.col(name) if name in table.columns else pl.lit(other))
                .cast(pl.Float64)
                .alias(name)
                for name, other in (("dividend", 0.0), ("split", 1.0))
            ),
        )
    except pl.exceptions.PolarsError as error:
        first = str(error).strip().splitlines()[0]
        msg = f"{path.name}: a date or number cannot be read ({first}); dates are YYYY-MM-DD"
        raise BadData(msg) from error
    return shaped(with_ids(plain, instruments), path.name)


def read_events(path: Path) -> pl.DataFrame:
    """A table of events beside the bars, as it is; the columns of a CSV as text.

    Raises:
        BadData: it cannot be read.
    """
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).strip().splitlines()[0]
        msg = f"{path.name} cannot be read: {first}; is the file whole?"
        raise BadData(msg) from error


def with_ids(table: pl.DataFrame, instruments: Sequence[Instrument]) -> pl.DataFrame:
    """`symbol` (or id) → `instrument`; rows of what the data does not hold are left out."""
    ids = {i.symbol: i.id for i in instruments} | {i.id: i.id for i in instruments}
    named = pl.col("symbol").replace_strict(ids, default=None, return_dtype=pl.String)
    return table.with_columns(named.alias("instrument")).drop_nulls("instrument")


def refuse_foreign(actions: pl.DataFrame, instruments: Sequence[Instrument], where: str) -> None:
    """Only shares pay dividends and split.

    Raises:
        BadData: an action of something else.
    """
    classes = {i.id: i.asset_class for i in instruments}
    for name in actions["instrument"].unique().sort().to_list():
        if classes.get(name) != "equity":
            msg = (
                f"{where}: {name} is {classes.get(name)}, and only shares (asset_class "
                "equity) have dividends and splits; correct the class or leave the action out"
            )
            raise BadData(msg)


def lean_factors(path: Path, symbol: str) -> pl.DataFrame:
    """Actions from a LEAN factor file: symbol, ex_date, dividend, split.

    Each row holds for all days up to its date: date, price factor, split factor, reference price
    (the close of that date, as traded). From one row to the next the price factor changes by
    1 − dividend / close, the split factor by the ratio; the ex-date is the next weekday.

    Raises:
        BadData: no factor file.
    """
    try:
        rows = pl.read_csv(
            path,
            has_header=False,
            new_columns=["date", "price_factor", "split_factor", "close"],
            schema_overrides={"date": pl.String},
        ).sort("date")
        day = rows["date"].str.to_date("%Y%m%d")
        price, split = (
            rows[c].cast(pl.Float64).to_numpy() for c in ("price_factor", "split_factor")
        )
        close = rows["close"].cast(pl.Float64).to_numpy()
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).strip().splitlines()[0]
        msg = f"{path.name} is no factor file (date, price factor, split factor, close): {first}"
        raise BadData(msg) from error
    if len(rows) < 2:
        return pl.DataFrame(
            schema={"symbol": pl.String, **{k: v for k, v in ACTIONS.items() if k != "instrument"}}
        )
    weekday = day.dt.weekday().cast(pl.Int32)
    ahead = pl.when(weekday >= 5).then(8 - weekday).otherwise(1)
    ex_date = day.cast(pl.Int32) + pl.select(ahead.alias("ahead")).to_series()
    return pl.DataFrame(
        {
            "symbol": [symbol] * (len(rows) - 1),
            "ex_date": ex_date[:-1].cast(pl.Date),
            "dividend": np.round((1 - price[:-1] / price[1:]) * close[:-1], 4),
            "split": split[1:] / split[:-1],
        }
    ).filter((pl.col("dividend") != 0) | (pl.col("split") != 1))
