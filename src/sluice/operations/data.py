"""Market data: import it, simulate it, list it, look at it, judge it."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from sluice.domain.errors import UsageError
from sluice.domain.progress import Progress
from sluice.domain.quality import Policy, QualityReport
from sluice.market.bars import BarSet
from sluice.market.catalog import Catalog, WriteOptions
from sluice.market.dataset import DatasetInfo, Origin, check_name
from sluice.market.importers.raw import ImportOptions
from sluice.market.importers.read import read_bars
from sluice.market.quality import QualityContext, judge, require
from sluice.market.simulate import SIMULATOR, SimulatedMarket, simulate_market
from sluice.market.source import assemble, dataset_name
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
    """One instrument of a data set: rows, first start and last end (UTC ns), last price."""

    id: str
    bars: int
    start_ns: int
    end_ns: int
    last_close: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A data set as `sluice data show` tells it."""

    info: DatasetInfo
    instruments: tuple[InstrumentSummary, ...]


def import_data(
    request: ImportRequest, catalog: Catalog, now_ns: int, progress: Progress | None = None
) -> DatasetInfo:
    """Read, judge and store bars; nothing is stored unless all goes well.

    Raises:
        MissingData, BadData, UsageError: the source or an option is wrong, or the name is taken.
        QualityRefused: the quality report found errors that the policy refuses.
        DiskFull, StorageError: the disk refused.
    """
    name = check_name(request.name or dataset_name(request.path))
    if catalog.has(name) and not request.replace:
        msg = f"the catalog holds a data set {name}; add --replace, or choose another --name"
        raise UsageError(msg)
    raw = read_bars(request.files or request.path, request.options, _named(progress, "reading"))
    assembled = assemble(raw, request.options, name=name, policy=request.policy, now_ns=now_ns)
    require(assembled.judged.report)
    assert assembled.bars is not None
    origin = Origin("recorded", raw.stamp, raw.sources, _recipe(request.options))
    return catalog.write(
        name,
        assembled.bars,
        origin,
        now_ns,
        quarantined=assembled.judged.quarantined,
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


def show(catalog: Catalog, name: str) -> Shown:
    """The record of a data set and a line for each instrument.

    Raises:
        MissingData: no such data set.
        BadData: a file is damaged.
    """
    info = catalog.info(name)
    bars = info.kind == "bars"
    frame = (catalog.load(name) if bars else load_ticks(catalog, name)).frame
    last = {"bars": "close", "quotes": "bid", "trades": "price"}[info.kind]
    table = (
        frame.group_by("instrument", maintain_order=True)
        .agg(
            pl.len().alias("bars"),
            pl.col("ts_start" if bars else "ts").to_physical().min().alias("start"),
            pl.col("ts").to_physical().max().alias("end"),
            pl.col(last).last(),
        )
        .sort("instrument")
    )
    lines = tuple(
        InstrumentSummary(str(i), int(n), int(start), int(end), float(close))
        for i, n, start, end, close in table.iter_rows()
    )
    return Shown(info, lines)


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
    raw = read_bars(path, options, _named(progress, "reading"))
    return assemble(raw, options, name=dataset_name(path), now_ns=now_ns).judged.report


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
