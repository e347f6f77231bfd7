"""Turns what a run is given as data into a BarSet: a name, a path, a frame, bars, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from sluice.domain.errors import MissingData, UsageError
from sluice.domain.feeds import SAMPLE_NS, Declared, feeds_of, ticks_of
from sluice.domain.progress import Progress
from sluice.domain.quality import Policy
from sluice.domain.strategy import Bars
from sluice.market.bars import BarSet
from sluice.market.catalog import IMPORT_HINT, Catalog
from sluice.market.events import events_of
from sluice.market.importers.files import has_known_suffix, without_suffix
from sluice.market.importers.frames import PandasFrame, from_pandas, is_pandas
from sluice.market.importers.raw import ImportOptions, RawBars, RawTicks, SourceFile
from sluice.market.importers.read import read_bars, read_frame, read_surveyed
from sluice.market.importers.read_ticks import read_ticks
from sluice.market.importers.survey import survey
from sluice.market.instruments import make_instruments
from sluice.market.market_set import MarketSet
from sluice.market.publications import tell_apart
from sluice.market.quality import Judged, QualityContext, judge, require
from sluice.market.quality_actions import Shares
from sluice.market.tick_quality import judge_ticks
from sluice.market.tick_store import find_ticks, load_ticks
from sluice.market.ticks import TICK_SETS, TickSet

Data = str | Path | pl.DataFrame | PandasFrame | BarSet
MarketData = Data | TickSet | tuple[Data | TickSet, ...]


@dataclass(frozen=True, eq=False)
class Assembled:
    """Judged bars: `bars` is null where the quality report refused them."""

    bars: BarSet | None
    judged: Judged


def assemble(
    raw: RawBars,
    options: ImportOptions,
    *,
    name: str,
    policy: Policy = "refuse",
    now_ns: int | None,
) -> Assembled:
    """Give raw rows their instruments, judge them, and make bars of what the policy keeps.

    Raises:
        BadData, UsageError: the instruments cannot be made.
    """
    instruments, guesses = make_instruments(raw, options)
    actions, funding = events_of(raw, options, instruments)
    context = QualityContext(
        dataset=name,
        every_ns=raw.every_ns,
        asset_classes={symbol: i.asset_class for symbol, i in instruments.items()},
        now_ns=now_ns,
        policy=policy,
        notes=(*raw.notes, *guesses),
        shares=Shares(raw.told, actions, {i.id: symbol for symbol, i in instruments.items()}),
        calendars={symbol: i.calendar for symbol, i in instruments.items()},
        revisions=raw.revisions,
    )
    judged = judge(raw.rows, context)
    if judged.report.refused:
        return Assembled(None, judged)
    ids = {symbol: i.id for symbol, i in instruments.items()}
    named = pl.col("symbol").replace_strict(ids, return_dtype=pl.String).alias("instrument")
    revisions = None if raw.revisions is None else raw.revisions.with_columns(named)
    published = tell_apart(judged.kept.with_columns(named), revisions)
    present = published.in_time["symbol"].unique().to_list()
    bars = BarSet.build(
        published.in_time,
        [instruments[symbol] for symbol in present],
        every_ns=raw.every_ns,
        name=name,
        provenance="recorded",
        quality=judged.report,
    )
    bars = replace(bars, later=published.later).with_events(actions, funding)
    return Assembled(bars, judged)


def assemble_ticks(
    raw: RawTicks,
    options: ImportOptions,
    *,
    name: str,
    policy: Policy = "refuse",
    now_ns: int | None,
) -> tuple[TickSet | None, Judged]:
    """Give raw quotes or trades their instruments, judge them, and make a set of what is kept.

    Raises:
        BadData, UsageError: the instruments cannot be made.
    """
    instruments, guesses = make_instruments(raw, options)
    context = QualityContext(
        dataset=name,
        every_ns=0,
        asset_classes={symbol: i.asset_class for symbol, i in instruments.items()},
        now_ns=now_ns,
        policy=policy,
        notes=(*raw.notes, *guesses),
        calendars={symbol: i.calendar for symbol, i in instruments.items()},
    )
    judged = judge_ticks(raw.rows, raw.kind, context)
    if judged.report.refused:
        return None, judged
    present = judged.kept["symbol"].cast(pl.String).unique().to_list()
    ids = {symbol: instruments[symbol].id for symbol in present}
    frame = judged.kept.with_columns(
        pl.col("symbol")
        .cast(pl.String)
        .replace_strict(ids, return_dtype=pl.Enum(sorted(ids.values())))
        .alias("instrument")
    )
    ticks = TICK_SETS[raw.kind].build(
        frame,
        [instruments[symbol] for symbol in present],
        name=name,
        provenance="recorded",
        quality=judged.report,
    )
    return ticks, judged


@dataclass(frozen=True, eq=False)
class Source:
    """A source read and judged, of whatever kind: `data` is null where the report refused it."""

    data: BarSet | TickSet | None
    judged: Judged
    stamp: str
    files: tuple[SourceFile, ...]


def read_source(
    source: Path | Sequence[Path],
    options: ImportOptions,
    *,
    name: str,
    policy: Policy = "refuse",
    now_ns: int | None,
    progress: Progress | None = None,
) -> Source:
    """Look a source over, read it by its layout, and judge it.

    Raises:
        MissingData, BadData, UsageError: it cannot be read; see `importers`.
    """
    found = survey(source, options)
    if found.kind == "bars":
        raw = read_surveyed(found, options, progress)
        made = assemble(raw, options, name=name, policy=policy, now_ns=now_ns)
        return Source(made.bars, made.judged, raw.stamp, raw.sources)
    raw_ticks = read_ticks(found, options, progress)
    ticks, judged = assemble_ticks(raw_ticks, options, name=name, policy=policy, now_ns=now_ns)
    return Source(ticks, judged, "tick", raw_ticks.sources)


def resolve(
    data: Data | None,
    declared: Bars | None,
    catalog: Catalog,
    *,
    now_ns: int | None = None,
    options: ImportOptions | None = None,
) -> BarSet:
    """The bars of a run.

    `data` is a data set of the catalog, a file or folder, a frame, or bars; each is taken whole and
    replaces the declared universe. Null looks the declaration up in the catalog. A file and a frame
    are judged under the policy "refuse" and used without being stored; `now_ns` (UTC) lets the
    report look for stamps in the future.

    Raises:
        MissingData: nothing is found; the message names the command that brings it.
        BadData, QualityRefused, AmbiguousData, UsageError: what is found cannot be used.
    """
    options = options or ImportOptions()
    if isinstance(data, BarSet):
        return data
    if data is None:
        if declared is None:
            msg = "the strategy declares no data; give a data set or a file with --data"
            raise UsageError(msg)
        return catalog.find(declared)
    if is_pandas(data):
        return resolve(from_pandas(data), declared, catalog, now_ns=now_ns, options=options)
    if isinstance(data, pl.DataFrame):
        return _judged(read_frame(data, options), options, "frame", now_ns)
    if not isinstance(data, str | Path):
        kind = type(data).__name__
        msg = f"data is {kind}; give a name, a path, a polars or a pandas frame"
        raise UsageError(msg)
    return _named(data, catalog, now_ns, options)


def resolve_market(
    data: "MarketData | None",
    declared: Declared | None,
    catalog: Catalog,
    *,
    now_ns: int | None = None,
) -> BarSet:
    """All that a run sees: bars as `resolve` gives them, or a MarketSet where there are ticks.

    `data` may also be quotes, trades, a data set or a file that holds them, or a tuple of sets.

    Raises:
        MissingData, BadData, QualityRefused, AmbiguousData, UsageError: as `resolve`.
    """
    if data is None:
        parts: list[BarSet | TickSet] = [
            catalog.find(feed) if isinstance(feed, Bars) else find_ticks(catalog, feed)
            for feed in feeds_of(declared)
        ]
    else:
        given = data if isinstance(data, tuple) else (data,)
        parts = [_part(one, catalog, now_ns) for one in given]
    if not parts:
        return resolve(None, None, catalog)  # says that nothing is declared
    if len(parts) == 1 and isinstance(parts[0], BarSet):
        return parts[0]
    every = [feed.every_ns for feed in ticks_of(declared)]
    return MarketSet.of(parts, sample_ns=min(every, default=SAMPLE_NS))


def _part(data: "Data | TickSet", catalog: Catalog, now_ns: int | None) -> BarSet | TickSet:
    if isinstance(data, TickSet):
        return data
    if isinstance(data, str) and catalog.has(data) and catalog.info(data).kind != "bars":
        return load_ticks(catalog, data)
    named = isinstance(data, str) and catalog.has(data)
    if isinstance(data, str | Path) and not named and Path(data).expanduser().exists():
        path = Path(data).expanduser()
        source = read_source(path, ImportOptions(), name=dataset_name(path), now_ns=now_ns)
        require(source.judged.report)
        assert source.data is not None
        return source.data
    return resolve(data, None, catalog, now_ns=now_ns)


def dataset_name(path: Path) -> str:
    """The name that a source gets where none is given: that of its folder or file."""
    name = without_suffix(path.resolve().name)
    clean = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name)
    return clean.lstrip("._-")[:80] or "data"


def _named(
    data: str | Path, catalog: Catalog, now_ns: int | None, options: ImportOptions
) -> BarSet:
    path = Path(data).expanduser()
    plain = isinstance(data, str) and len(path.parts) == 1
    if plain and catalog.has(str(data)):
        return catalog.load(str(data))
    if path.exists():
        raw = read_bars(path, options)
        return _judged(raw, options, dataset_name(path), now_ns)
    if plain and not has_known_suffix(path):
        return catalog.load(str(data))  # says that there is none, and which names are near
    msg = f"there is no file or folder {path}; check the path, or store data with `{IMPORT_HINT}`"
    raise MissingData(msg)


def _judged(raw: RawBars, options: ImportOptions, name: str, now_ns: int | None) -> BarSet:
    assembled = assemble(raw, options, name=name, now_ns=now_ns)
    require(assembled.judged.report)
    assert assembled.bars is not None
    return replace(assembled.bars, narrowed=False)
