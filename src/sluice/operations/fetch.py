"""Fetch market data from the exchange's public archive, verify it, and import it as a data set."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sluice.domain.errors import MissingData, UsageError
from sluice.domain.progress import Count, Progress
from sluice.domain.quality import Policy
from sluice.market.catalog import Catalog
from sluice.market.dataset import DatasetInfo, check_name
from sluice.market.importers import ImportOptions
from sluice.market.importers.exchange_archive import Series, Span, spans
from sluice.operations.data import ImportRequest, import_data
from sluice.ports.archive import Archive, Fetched
from sluice.research.window import stamp_ns


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch: `start` and `end` are days or months, both included; null end is yesterday."""

    series: tuple[Series, ...]
    start: str
    end: str | None = None
    name: str | None = None
    policy: Policy = "refuse"
    replace: bool = False


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Who is told how far it is: files of all, bytes of one, then rows of the import."""

    files: Progress
    file_bytes: Count
    importing: Progress


@dataclass(frozen=True, slots=True)
class FetchDone:
    """What came of it: the data set, the files behind it, and what the archive does not have."""

    info: DatasetInfo
    files: tuple[Fetched, ...]
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for `--json`."""
        return {
            "schema": "sluice.fetch/1",
            "fetched": sum(f.state == "fetched" for f in self.files),
            "cached": sum(f.state == "cached" for f in self.files),
            "bytes": sum(f.size_bytes for f in self.files if f.state == "fetched"),
            "files": [
                {"name": f.path.name, "bytes": f.size_bytes, "state": f.state} for f in self.files
            ],
            "missing": list(self.missing),
            "dataset": self.info.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a fetch works with: the archive, the folder of downloads, the catalog, and now."""

    archive: Archive
    downloads: Path
    catalog: Catalog
    now_ns: int
    options: ImportOptions = field(default_factory=ImportOptions)


def fetch_data(request: FetchRequest, tools: Fetching, progress: FetchProgress) -> FetchDone:
    """Fetch files, whole months where they are past and days for the rest, and import them.

    Days that the archive does not have are listed. Downloads stay, so that the same command again
    fetches only what is new.

    Raises:
        UsageError: an option that cannot be followed, or the name is taken.
        MissingData: the archive has nothing of what was asked.
        ArchiveUnreachable, BadData: it does not answer, or with something else.
        QualityRefused, DiskFull, StorageError: as on import.
    """
    name = check_name(request.name or _default_name(request.series))
    if tools.catalog.has(name) and not request.replace:
        msg = f"the catalog holds a data set {name}; add --replace, or choose another --name"
        raise UsageError(msg)
    wanted = spans(*_window(request, tools.now_ns))
    files: list[Fetched] = []
    missing: list[str] = []
    total = len(wanted) * len(request.series)
    for number, (series, span) in enumerate((s, w) for s in request.series for w in wanted):
        progress.files(number, total, series.path_of(span.text).rpartition("/")[2])
        found, absent = _fetch_span(series, span, tools, progress.file_bytes)
        files += found
        missing += absent
    progress.files(total, total, "all files")
    if not files:
        asked = ", ".join(s.symbol for s in request.series)
        msg = (
            f"the archive holds nothing of {asked} in that window ({missing[0]} and "
            f"{len(missing) - 1} more were asked for); check symbol, market, interval and dates"
        )
        raise MissingData(msg)
    wish = ImportRequest(
        path=tools.downloads,
        name=name,
        policy=request.policy,
        replace=request.replace,
        options=tools.options,
        files=tuple(f.path for f in files),
    )
    info = import_data(wish, tools.catalog, tools.now_ns, progress.importing)
    return FetchDone(info, tuple(files), tuple(missing))


def _fetch_span(
    series: Series, span: Span, tools: Fetching, advance: Count
) -> tuple[list[Fetched], list[str]]:
    """The file of a span; of a month that has none (yet), the files of its days."""
    path = series.path_of(span.text)
    found = tools.archive.fetch(path, tools.downloads, advance)
    if found is not None:
        return [found], []
    if not span.is_month:
        return [], [path.rpartition("/")[2]]
    files: list[Fetched] = []
    missing: list[str] = []
    for day in span.days():
        some, none = _fetch_span(series, day, tools, advance)
        files += some
        missing += none
    return files, missing if files else [path.rpartition("/")[2]]


def _window(request: FetchRequest, now_ns: int) -> tuple[date, date]:
    """First and last day asked for; the archive has a day when it is past."""
    yesterday = datetime.fromtimestamp(now_ns // 10**9, UTC).date() - timedelta(days=1)
    first = _day(request.start, "--from", last=False)
    last = min(_day(request.end, "--to", last=True), yesterday) if request.end else yesterday
    if first > last:
        msg = f"--from {request.start} is after {last}, the last day that is asked for and past"
        raise UsageError(msg)
    return first, last


def _day(text: str, option: str, *, last: bool) -> date:
    """A day, or the first or last day of a month that is written 2024-01."""
    is_month = len(text) == 7 and text[4] == "-"
    ns = stamp_ns(f"{text}-01" if is_month else text, option)
    assert ns is not None, "a text was given"
    day = datetime.fromtimestamp(ns // 10**9, UTC).date()
    if is_month and last:
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day


def _default_name(series: Sequence[Series]) -> str:
    first = series[0]
    symbols = "-".join(s.symbol for s in series[:3]) + (
        f"-and-{len(series) - 3}-more" if len(series) > 3 else ""
    )
    market = "" if first.market == "spot" else f"-{first.market}"
    return f"{symbols}{market}-{first.every or first.kind}"
