"""What `sluice data` prints: tables for people, records for machines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from rich.table import Table

from sluice.cli.output import show, show_json
from sluice.domain.duration import format_duration, parse_duration
from sluice.domain.errors import UsageError
from sluice.domain.quality import QualityReport
from sluice.market.calendars import utc_text
from sluice.market.dataset import DatasetInfo
from sluice.market.importers import ImportOptions
from sluice.operations.data import Shown

_FINDINGS_SHOWN = 30


def options(
    *,
    column: Sequence[str],
    every: str | None,
    stamp: Literal["start", "end"],
    instruments_file: Path | None = None,
    **given: Any,
) -> ImportOptions:
    """Import options from the words of the command line.

    Raises:
        UsageError: a word that cannot be read.
    """
    columns = {}
    for pair in column:
        name, sign, source = pair.partition("=")
        if not sign or not name or not source:
            msg = f"--column {pair}: write field=column, as close=Adj_Close"
            raise UsageError(msg)
        columns[name.strip()] = source.strip()
    try:
        every_ns = None if every is None else parse_duration(every)
    except ValueError as error:
        msg = f"--every {error}"
        raise UsageError(msg) from error
    if every_ns == 0:
        msg = "--every: a bar cannot last no time"
        raise UsageError(msg)
    return ImportOptions(
        columns=columns,
        every_ns=every_ns,
        stamp=stamp,
        instruments_file=instruments_file,
        **given,
    )


def imported(info: DatasetInfo, *, json_wanted: bool) -> None:
    """A data set just stored, its quality report, and what to type next."""
    if json_wanted:
        show_json(info.to_json())
        return
    quality_shown(info.quality)
    show(
        _line(info),
        f"next: sluice data show {info.name}",
        f"      sluice backtest --strategy NAME --data {info.name}",
    )


def listed(infos: Sequence[DatasetInfo], *, json_wanted: bool) -> None:
    """Every data set, one line each."""
    if json_wanted:
        show_json({"datasets": [_brief(info) for info in infos]})
        return
    if not infos:
        show("The catalog is empty: `sluice data simulate` or `sluice data import PATH` fills it.")
        return
    table = Table("name", "every", "instruments", "rows", "from", "to", "provenance", "found")
    table.columns[0].overflow = "fold"
    for info in infos:
        table.add_row(
            info.name,
            every_of(info),
            str(len(info.instruments)),
            f"{info.rows:,}",
            utc_text(info.start_ns)[:10],
            utc_text(info.end_ns - 1)[:10],
            info.provenance,
            f"{len(info.quality.errors)} errors, {len(info.quality.warnings)} warnings",
        )
    show(table)


def every_of(info: DatasetInfo) -> str:
    """The interval of bars; the kind where there are none."""
    return format_duration(info.every_ns) if info.kind == "bars" else info.kind


def _what(info: DatasetInfo) -> str:
    return f"bars of {every_of(info)}" if info.kind == "bars" else info.kind


def shown(what: Shown, *, json_wanted: bool) -> None:
    """One data set with its instruments."""
    info = what.info
    if json_wanted:
        show_json(info.to_json())
        return
    table = Table("instrument", "class", "currency", "tick", "lot", "rows", "from", "to", "last")
    for instrument, line in zip(info.instruments, what.instruments, strict=True):
        table.add_row(
            line.id,
            instrument.asset_class,
            instrument.currency,
            _step(instrument.to_json()["tick_size"], "tick_size" in instrument.inferred),
            _step(instrument.to_json()["lot_size"], "lot_size" in instrument.inferred),
            f"{line.rows:,}",
            utc_text(line.start_ns),
            utc_text(line.end_ns),
            f"{line.last:g}",
        )
    show(_line(info), table)
    if any(instrument.inferred for instrument in info.instruments):
        show("~ was guessed on import; `sluice data quality` says how")
    for source in info.origin.sources[:10]:
        show(f"from {source.name}  {source.rows:,} rows  sha256 {source.sha256[:16]}…")
    if info.origin.recipe:
        said = ", ".join(f"{k}={v}" for k, v in info.origin.recipe.items())
        show(f"made with {said}")
    show(f"imported {utc_text(info.imported_at_ns)}  digest {info.digest}")


def quality_shown(report: QualityReport) -> None:
    """The quality report as a table."""
    if report.findings:
        table = Table("", "instrument", "rule", "what was found")
        ordered = sorted(report.findings, key=lambda f: f.severity)
        for finding in ordered[:_FINDINGS_SHOWN]:
            table.add_row(finding.severity, finding.instrument, finding.rule, finding.text)
        show(table)
        if len(ordered) > _FINDINGS_SHOWN:
            show(f"… and {len(ordered) - _FINDINGS_SHOWN} findings more (--json shows all)")
    for note in report.notes:
        show(f"note: {note}")
    show(f"{report.dataset}: {_verdict(report)}; policy {report.policy}, {_rows(report)}")


def _rows(report: QualityReport) -> str:
    if report.refused:
        return f"{report.rows_in:,} rows read, none kept"
    return (
        f"{report.rows_in:,} rows read, {report.rows_kept:,} kept, "
        f"{report.rows_quarantined:,} set aside"
    )


def _verdict(report: QualityReport) -> str:
    word = "refused" if report.refused else "sound" if not report.errors else "usable"
    return f"{word}, {len(report.errors)} errors, {len(report.warnings)} warnings"


def _line(info: DatasetInfo) -> str:
    count = len(info.instruments)
    return (
        f"{info.name}: {info.rows:,} {_what(info)}, {count} "
        f"{'instrument' if count == 1 else 'instruments'}, {utc_text(info.start_ns)} to "
        f"{utc_text(info.end_ns)}, {info.provenance}"
    )


def _brief(info: DatasetInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "kind": info.kind,
        "every": every_of(info),
        "instruments": [i.id for i in info.instruments],
        "rows": info.rows,
        "start_ns": info.start_ns,
        "end_ns": info.end_ns,
        "provenance": info.provenance,
        "digest": info.digest,
        "errors": len(info.quality.errors),
        "warnings": len(info.quality.warnings),
    }


def _step(text: str, guessed: bool) -> str:
    return f"~{text}" if guessed else text
