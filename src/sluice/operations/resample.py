"""Coarser bars, or bars from quotes and trades, stored as a data set of their own."""

from sluice.domain.duration import format_duration
from sluice.domain.errors import UsageError
from sluice.domain.progress import Progress
from sluice.market.bars import BarSet
from sluice.market.catalog import Catalog, WriteOptions
from sluice.market.dataset import DatasetInfo, Origin, check_name
from sluice.market.resample import resample
from sluice.market.tick_bars import bars_from_ticks
from sluice.market.tick_store import load_ticks


def resample_data(
    source: str,
    every_ns: int,
    catalog: Catalog,
    now_ns: int,
    *,
    name: str | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> DatasetInfo:
    """Store bars of `every_ns` made from the data set `source`; by default as `source-5m`.

    The quality report and the files named as the origin are those of the source.

    Raises:
        MissingData: no data set `source`.
        BadData: the interval cannot be made from it, or a file is damaged.
        UsageError: `every_ns` is zero, or that of the source; the new name is taken, is that of the
            source, or cannot be a name.
        DiskFull, StorageError: the disk refused.
    """
    info = catalog.info(source)
    if every_ns <= 0:
        msg = "--every is to be above zero, as in 5m"
        raise UsageError(msg)
    every = format_duration(every_ns)
    name = check_name(name or f"{source}-{every}")
    if name == source:
        msg = f"{name} is the data set that the bars are made from; choose another --name"
        raise UsageError(msg)
    if catalog.has(name) and not replace:
        msg = f"the catalog holds a data set {name}; add --replace, or choose another --name"
        raise UsageError(msg)
    bars = _made(source, info, every_ns, catalog)
    recipe = {"resampled": source, "digest": info.digest, "every": every}
    return catalog.write(
        name,
        bars,
        Origin(info.provenance, info.origin.stamp, info.origin.sources, recipe),
        now_ns,
        options=WriteOptions(replace, progress),
    )


def _made(source: str, info: DatasetInfo, every_ns: int, catalog: Catalog) -> BarSet:
    if info.kind != "bars":
        return bars_from_ticks(load_ticks(catalog, source), every_ns)
    if every_ns == info.every_ns:
        msg = f"{source} has bars of {format_duration(every_ns)} already; --every is to be coarser"
        raise UsageError(msg)
    return resample(catalog.load(source), every_ns)
