"""Market data: import it, simulate it, list it, look at it, judge it."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import polars as pl

from sluice.domain.errors import UsageError
from sluice.domain.progress import Progress
from sluice.domain.quality import Policy, QualityReport
from sluice.market.bars import BarSet
from sluice.market.catalog import Catalog, WriteOptions
from sluice.market.dataset import DatasetInfo, Origin, check_name
from sluice.market.importers.raw import ImportOptions
from sluice.market.quality import QualityContext, judge, require
from sluice.market.simulate import SIMULATOR, SimulatedMarket, simulate_market
from sluice.market.source import dataset_name, read_source
from sluice.market.tick_store import load_ticks


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import and how; `name` null takes that of the file or folder.

    `files` are those that are meant where they are not all of `path`.
    """

    path: Path
    name: str | None = None
    policy: Policy = "refuse"
    replace: bool = False
    options: ImportOptions = field(default_factory=ImportOptions)
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class InstrumentSummary:
    """One instrument of a data set: rows, first and last stamp (UTC ns), last price.

    The price is the last close, bid or trade; the first stamp of bars is their first start.
    """

    id: str
    rows: int
    start_ns: int
    end_ns: int
    last: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A data set as `sluice data show` tells it."""

    info: DatasetInfo
    instruments: tuple[InstrumentSummary, ...]


def import_data(
    request: ImportRequest, catalog: Catalog, now_ns: int, progress: Progress | None = None
) -> DatasetInfo:
    """Read, judge and store bars, quotes or trades; nothing is stored unless all goes well.

    Raises:
        MissingData, BadData, UsageError: the source or an option is wrong, or the name is taken.
        QualityRefused: the quality report found errors that the policy refuses.
        DiskFull, StorageError: the disk refused.
    """
    name = check_name(request.name or dataset_name(request.path))
    if catalog.has(name) and not request.replace:
        msg = f"the catalog holds a data set {name}; add --replace, or choose another --name"
        raise UsageError(msg)
    source = read_source(
        request.files or request.path,
        request.options,
        name=name,
        policy=request.policy,
        now_ns=now_ns,
        progress=_named(progress, "reading"),
    )
    require(source.judged.report)
    assert source.data is not None
    origin = Origin("recorded", source.stamp, source.files, _recipe(request.options))
    return catalog.write(
        name,
        source.data,
        origin,
        now_ns,
        quarantined=source.judged.quarantined,
        options=WriteOptions(request.replace, _named(progress, "storing")),
    )


def simulate(
    market: SimulatedMarket,
    catalog: Catalog,
    now_ns: int,
    *,
    replace: bool = False,
    progress: Progress | None = None,
) -> DatasetInfo:
    """Store the simulated market; one that is there already, made alike, is left as it is.

    Raises:
        UsageError: the name holds other data and `replace` is not set.
        DiskFull, StorageError: the disk refused.
    """
    recipe = asdict(market) | {"simulator": SIMULATOR}
    if catalog.has(market.name) and not replace:
        there = catalog.info(market.name)
        if there.origin.recipe == recipe:
            return there
        msg = f"the catalog holds another data set {market.name}; add --replace or choose a --name"
        raise UsageError(msg)
    bars = simulate_market(market)
    report = _judge_simulated(bars)
    require(report)
    return catalog.write(
        market.name,
        BarSet.build(
            bars.frame,
            bars.instruments,
            every_ns=bars.every_ns,
            name=bars.name,
            provenance=bars.provenance,
            quality=report,
        ),
        Origin("simulated", recipe=recipe),
        now_ns,
        options=WriteOptions(replace, _named(progress, "storing")),
    )


def list_datasets(catalog: Catalog) -> tuple[DatasetInfo, ...]:
    """The records of all data sets, by name.

    Raises:
        BadData: a record cannot be read.
    """
    return tuple(catalog.info(name) for name in catalog.names())


def show(catalog: Catalog, name: str, as_of_ns: int | None = None) -> Shown:
    """The record of a data set and a line for each instrument, as known at `as_of_ns` (UTC).

    Raises:
        MissingData: no such data set.
        BadData: a file is damaged.
    """
    info = catalog.info(name)
    bars = info.kind == "bars"
    if as_of_ns is not None and not bars:
        msg = f"{name} holds {info.kind}, which are never revised; --as-of is for bars"
        raise UsageError(msg)
    known = catalog.load(name, as_of_ns=as_of_ns) if bars else load_ticks(catalog, name)
    frame = known.frame
    last = {"bars": "close", "quotes": "bid", "trades": "price"}[info.kind]
    table = (
        frame.group_by("instrument", maintain_order=True)
        .agg(
            pl.len().alias("rows"),
            pl.col("ts_start" if bars else "ts").to_physical().min().alias("start"),
            pl.col("ts").to_physical().max().alias("end"),
            pl.col(last).last(),
        )
        .sort("instrument")
    )
    lines = tuple(
        InstrumentSummary(str(i), int(n), int(start), int(end), float(last))
        for i, n, start, end, last in table.iter_rows()
    )
    there = {line.id for line in lines}
    shown = tuple(i for i in info.instruments if i.id in there)
    return Shown(replace(info, instruments=shown), lines)


def quality(
    what: str,
    catalog: Catalog,
    now_ns: int,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> QualityReport:
    """The quality report of a data set, as stored, or of a file or folder, judged now.

    Nothing is stored, and errors are shown, not raised.

    Raises:
        MissingData, BadData, UsageError: as on import.
    """
    path = Path(what).expanduser()
    if (len(path.parts) == 1 and catalog.has(what)) or not path.exists():
        return catalog.info(what).quality
    options = options or ImportOptions()
    reading = _named(progress, "reading")
    source = read_source(path, options, name=dataset_name(path), now_ns=now_ns, progress=reading)
    return source.judged.report


def _judge_simulated(bars: BarSet) -> QualityReport:
    symbols = {i.id: i.symbol for i in bars.instruments}
    rows = bars.frame.select(
        pl.col("instrument").cast(pl.String).replace_strict(symbols).alias("symbol"),
        pl.lit("").alias("file"),
        pl.int_range(1, pl.len() + 1).alias("row"),
        pl.col("ts_start").to_physical(),
        pl.col("ts").to_physical(),
        *("open", "high", "low", "close", "volume"),
    )
    classes = {i.symbol: str(i.asset_class) for i in bars.instruments}
    note = "simulated: instruments and steps are stated by the roster, nothing was guessed"
    now_ns = bars.window[1]  # simulated time: its now is its end
    context = QualityContext(bars.name, bars.every_ns, classes, now_ns, notes=(note,))
    return judge(rows, context).report


def _recipe(options: ImportOptions) -> dict[str, object]:
    """The options that were given, as plain values."""
    said = {k: v for k, v in asdict(options).items() if v not in (None, {}, ())}
    return {k: str(v) if isinstance(v, Path) else v for k, v in said.items()}


def _named(progress: Progress | None, verb: str) -> Progress | None:
    if progress is None:
        return None
    report = progress
    return lambda done, total, what: report(done, total, f"{verb} {what}")
