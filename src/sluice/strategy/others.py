"""Columns of other instruments: `of("ETHUSDT").close` joined by exact stamp before evaluation."""

from collections.abc import Iterable

import polars as pl

from sluice.domain.errors import SignalError
from sluice.market.adjust import with_raw
from sluice.market.features import SEPARATOR


def joined(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """`frame` with the named columns of other instruments ("close@ETHUSDT"), null where absent.

    And with the raw ones that are named, where nothing was adjusted.

    Raises:
        SignalError: the other instrument is not in the frame, or its symbol names several.
    """
    columns = list(columns)
    frame = with_raw(frame, columns)
    wanted: dict[str, list[str]] = {}
    for column in columns:
        field, at, symbol = column.partition(SEPARATOR)
        if at:
            wanted.setdefault(symbol, []).append(field)
    ids = frame["instrument"].unique().cast(pl.String).sort().to_list() if wanted else []
    for symbol, fields in sorted(wanted.items()):
        other = frame.filter(pl.col("instrument").cast(pl.String) == _resolve(symbol, ids))
        once = sorted(set(fields))
        renamed = [pl.col(field).alias(f"{field}{SEPARATOR}{symbol}") for field in once]
        frame = frame.join(other.select("ts", *renamed), on="ts", how="left", maintain_order="left")
    return frame


def _resolve(symbol: str, ids: list[str]) -> str:
    hits = [i for i in ids if symbol in (i, i.rpartition(".")[0] or i)]
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise SignalError(f"of({symbol!r}) may be {' or '.join(hits)}; write one of them in full")
    raise SignalError(
        f"of({symbol!r}) is not in the data, which holds {', '.join(ids) or 'no instrument'}; "
        "add it to the strategy's Bars(...) or to the data set"
    )
