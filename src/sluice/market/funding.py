"""Funding of perpetuals as recorded: a table of rates beside the bars.

Columns of FUNDING: `instrument` (id), `ts` (UTC ns, when it is charged), `rate` (fraction of the
position's value; longs pay a positive one). Sorted by (ts, instrument), each pair once.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from sluice.domain.errors import BadData
from sluice.domain.instrument import Instrument
from sluice.market.actions import read_events, with_ids
from sluice.market.importers.stamps import to_utc_ns

FUNDING: Mapping[str, pl.DataType] = {
    "instrument": pl.String(),
    "ts": pl.Datetime("ns", "UTC"),
    "rate": pl.Float64(),
}
LARGEST = 0.5
"""A rate beyond this is a wrong unit (percent, or a year's), not funding."""


def read_funding(
    path: Path, instruments: Sequence[Instrument], timezone: str | None = None
) -> pl.DataFrame:
    """The funding table of a file with the columns ts, symbol, rate.

    Raises:
        BadData: the file cannot be read, a column is missing, a rate is no number or beyond
            LARGEST, an instrument has two rates at one stamp, or is no perpetual.
    """
    table = read_events(path)
    missing = [name for name in ("ts", "symbol", "rate") if name not in table.columns]
    if missing:
        msg = (
            f"{path.name} has no column {', '.join(missing)}; a table of funding has ts, symbol "
            f"and rate (0.0001 is a basis point), and this one {', '.join(table.columns)}"
        )
        raise BadData(msg)
    stamps, _ = to_utc_ns(table["ts"], timezone, path.name)
    plain = table.select(
        pl.col("symbol").cast(pl.String).str.strip_chars(),
        pl.Series("ts", stamps).cast(pl.Datetime("ns", "UTC")),
        pl.col("rate").cast(pl.Float64, strict=False),
    )
    return settled(plain, instruments, path.name)


def settled(plain: pl.DataFrame, instruments: Sequence[Instrument], where: str) -> pl.DataFrame:
    """FUNDING of a table of symbol (or id), ts (UTC ns), rate; what the data lacks is left out.

    Rates of a perpetual (BTCUSDT-PERP) that the data does not hold belong to its pair (BTCUSDT).

    Raises:
        BadData: as `read_funding`.
    """
    wrong = plain.filter(pl.col("rate").is_null() | ~pl.col("rate").is_between(-LARGEST, LARGEST))
    if len(wrong):
        row = wrong.row(0, named=True)
        msg = (
            f"{where}: the rate of {row['symbol']} at {row['ts']} is {row['rate']}; "
            f"a rate is a fraction from -{LARGEST} to {LARGEST}"
        )
        raise BadData(msg)
    known = {name for i in instruments for name in (i.symbol, i.id)}
    pair = pl.col("symbol").str.strip_suffix("-PERP")
    symbol = pl.when(pl.col("symbol").is_in(list(known))).then(pl.col("symbol")).otherwise(pair)
    named = with_ids(plain.with_columns(symbol.alias("symbol")), instruments).select(*FUNDING)
    twice = named.filter(pl.struct("instrument", "ts").is_duplicated())
    if len(twice):
        row = twice.row(0, named=True)
        msg = f"{where}: {row['instrument']} has two rates at {row['ts']}; keep one"
        raise BadData(msg)
    refuse_spot(named, instruments, where)
    return named.sort("ts", "instrument")


def refuse_spot(funding: pl.DataFrame, instruments: Sequence[Instrument], where: str) -> None:
    """Only perpetuals pay funding.

    Raises:
        BadData: a rate of something else.
    """
    classes = {i.id: i.asset_class for i in instruments}
    for name in funding["instrument"].unique().sort().to_list():
        if classes.get(name) != "perpetual":
            msg = (
                f"{where}: {name} is {classes.get(name)}, and only perpetuals (asset_class "
                "perpetual) pay funding; correct the class in instruments.toml, or leave it out"
            )
            raise BadData(msg)
