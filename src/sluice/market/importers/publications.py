"""Bars with the date they were published on: daily packages, and tables of first and last values.

A package (`20150626.tar.gz`, with `prices.csv`) holds what was published on its date, usually the
last two trading days. A table has `first_published` beside the values as first published, and
`close_last`, `adj_close_last`, `last_published`. A publication date counts from its end (midnight
UTC after it): no one could act on it earlier that day for sure. Rows of one bar that come later
are its revisions.
"""

import io
import re
import tarfile

import polars as pl

from sluice.domain.duration import DAY_NS
from sluice.domain.errors import BadData
from sluice.market.importers.bar_table import shape_bars
from sluice.market.importers.columns import numbers
from sluice.market.importers.container import opened
from sluice.market.importers.files import read_table
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.raw import ImportOptions, Part
from sluice.market.importers.stamps import to_utc_ns

PUBLISHED = ("published", "adjusted")
_PACKAGE = re.compile(r"(\d{8})\.tar\.gz")
_TABLE = ("first_published", "close_last", "adj_close_last", "last_published")
_MEMBER = "prices.csv"
_LARGEST = 1 << 30
_SAME = 1e-6  # closer values are one value written with more or fewer decimals


def fits_package(head: Head) -> bool:
    """A tar.gz named by its date."""
    return _PACKAGE.fullmatch(head.name) is not None


def fits_table(head: Head) -> bool:
    """A table of bars with the columns of publication."""
    return head.has("symbol", "close", *_TABLE)


def read_package(head: Head, options: ImportOptions) -> Part:
    """The prices of one package, known from the end of its date on.

    Raises:
        BadData: no whole archive, or no prices in it.
    """
    found = _PACKAGE.fullmatch(head.name)
    assert found is not None, "fits_package() holds"
    frame = _prices(head)
    day, _ = to_utc_ns(pl.Series("date", [found[1]]), "UTC", head.name)
    rows = shape_bars(frame, options, "", head.name).rows
    rows = rows.with_columns(
        pl.lit(int(day[0]) + DAY_NS).alias("published"), _adjusted(frame, "adj_close", head.name)
    )
    return Part(rows, DAY_NS, (_SAID,))


def read_table_of_versions(head: Head, options: ImportOptions) -> Part:
    """The bars as first published, and again where the close was published anew.

    Raises:
        BadData: columns or stamps are not what they should be.
    """
    frame = read_table(head.path)
    first = shape_bars(frame, options, "", head.name).rows
    last = first.with_columns(numbers(frame["close_last"], head.name).alias("close"))
    close = pl.col("close")
    last = last.with_columns(
        pl.max_horizontal("high", close).alias("high"), pl.min_horizontal("low", close).alias("low")
    )
    versions = [
        rows.with_columns(
            (to_utc_ns(frame[stamp], "UTC", head.name)[0] + DAY_NS).alias("published"),
            _adjusted(frame, column, head.name),
        )
        for rows, stamp, column in (
            (first, "first_published", "adj_close"),
            (last, "last_published", "adj_close_last"),
        )
    ]
    again = versions[1]["published"] > versions[0]["published"]
    return Part(pl.concat([versions[0], versions[1].filter(again)]), DAY_NS, (_SAID,))


def split_versions(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The first version of each bar and those that changed it later, by symbol and time.

    Revisions have `close_changed` and `adjusted_changed`, against the version before.
    """
    key = ("symbol", "stamp")
    order = rows.with_row_index("position").sort("symbol", "stamp", "published", "position")
    mark = order.with_columns(
        *(_moved(column).over(key).alias(f"{column}_changed") for column in ("close", "adjusted")),
        (pl.int_range(pl.len()).over(key) == 0).alias("is_first"),
        (pl.col("published") == pl.col("published").shift(1)).over(key).alias("again"),
    )
    first = mark.filter(pl.col("is_first") | pl.col("again").fill_null(value=False))
    changed = pl.col("close_changed") | pl.col("adjusted_changed")
    later = mark.filter(~pl.col("is_first") & ~pl.col("again").fill_null(value=False) & changed)
    flags = ("close_changed", "adjusted_changed", "is_first", "again", "position")
    return first.drop(flags), later.drop(flags[2:])


def _moved(column: str) -> pl.Expr:
    value = pl.col(column)
    return ((value - value.shift(1)).abs() > _SAME).fill_null(value=False)


_SAID = "publication dates count from their end, midnight UTC"


def _adjusted(frame: pl.DataFrame, column: str, where: str) -> pl.Series:
    if column not in frame.columns:
        return pl.Series("adjusted", [None] * len(frame), dtype=pl.Float64)
    return numbers(frame[column], where).alias("adjusted")


def _prices(head: Head) -> pl.DataFrame:
    try:
        with opened(head.path) as file, tarfile.open(fileobj=file, mode="r|") as pack:
            for member in pack:
                if member.isfile() and member.name.rsplit("/", maxsplit=1)[-1] == _MEMBER:
                    if member.size > _LARGEST:
                        msg = f"{head.name}: {_MEMBER} unpacks to more than 1 GiB; take it apart"
                        raise BadData(msg)
                    inside = pack.extractfile(member)
                    assert inside is not None, "it is a file"
                    return pl.read_csv(io.BytesIO(inside.read()), infer_schema=False)
    except (tarfile.TarError, pl.exceptions.PolarsError) as error:
        msg = f"{head.name} is no whole package: {error}; fetch or copy it again"
        raise BadData(msg) from error
    msg = f"{head.name} holds no {_MEMBER}; is it a package of daily prices?"
    raise BadData(msg)


PACKAGES = Layout(
    "packages",
    ("bars",),
    "daily packages YYYYMMDD.tar.gz with prices.csv",
    fits_package,
    read_package,
)
VERSIONS = Layout(
    "versions",
    ("bars",),
    "a table of daily bars as first and last published",
    fits_table,
    read_table_of_versions,
)
