"""The tear sheet: its parts in their order. `write_report` is the entry."""

import json
from pathlib import Path

from sluice.research.report.charts.layout import Chart
from sluice.research.report.charts.prices import price_panels
from sluice.research.report.document import contents, document
from sluice.research.report.header import masthead, tiles
from sluice.research.report.input import ReportInput
from sluice.research.report.markup import empty, esc, section
from sluice.research.report.sections.activity import activity, attribution
from sluice.research.report.sections.canvas import canvas_of
from sluice.research.report.sections.ledger import ledger
from sluice.research.report.sections.performance import performance, returns
from sluice.research.report.tables import counts_table, definitions_table, trips_table
from sluice.research.report.write import write_whole

CONTENTS = (
    ("figures", "Figures"),
    ("equity", "Equity"),
    ("drawdown", "Drawdown"),
    ("months", "Months"),
    ("exposure", "Exposure"),
    ("costs", "Costs"),
    ("attribution", "Attribution"),
    ("tail", "Last fifth"),
    ("prices", "Fills"),
    ("trips", "Round trips"),
    ("ledger", "Ledger"),
    ("warnings", "Warnings"),
    ("definitions", "Definitions"),
    ("manifest", "Manifest"),
)


def write_report(report: ReportInput, path: Path) -> Path:
    """Write the tear sheet as one self-contained HTML file (about 5 MB) and return its path.

    Raises:
        DiskFull: no space is left; a file that stood there is untouched.
        StorageError: the place cannot be written to.
    """
    return write_whole(Path(path), html_page(report))


def html_page(report: ReportInput) -> str:
    """The whole page as text."""
    body, charts, panels = _body(report)
    return document(f"{report.title} · tear sheet", body, charts, prices=panels)


def _body(report: ReportInput) -> tuple[str, dict[str, Chart], list[dict[str, object]]]:
    """The page's HTML, its charts by name, and its panels of prices."""
    parts = [masthead(report), contents(CONTENTS)]
    parts.append(section("figures", "Key figures", tiles(report)))
    charts: dict[str, Chart] = {}
    if report.equity.is_empty():
        parts.append(empty("The run has no marks of equity: there is nothing to draw."))
        parts += [f'<div id="{anchor}"></div>' for anchor, _ in CONTENTS[1:8]]
    else:
        canvas = canvas_of(report)
        parts += [part(canvas) for part in (performance, returns, activity, attribution)]
        charts.update(canvas.charts)
    panels = price_panels(report.bars, report.fills)
    parts += [_prices(panels), *_records(report)]
    return "".join(parts), charts, panels


def _prices(panels: list[dict[str, object]]) -> str:
    options = "".join(
        f'<option value="{number}">{esc(panel["name"])}</option>'
        for number, panel in enumerate(panels)
    )
    chooser = f'<label class="choose">Instrument <select id="instrument">{options}</select></label>'
    place = '<div class="chart" id="price-chart" style="min-height:480px"></div>'
    body = f'{chooser}{place}<p class="note" id="price-note"></p>'
    note = (
        "Triangles up are buys, triangles down are sells, at the price of the fill. Drag to zoom."
    )
    shown = body if panels else empty("The run has no bars.")
    return section("prices", "Fills on the price", shown, note)


def _records(report: ReportInput) -> list[str]:
    """Round trips, counts, warnings, definitions, manifest."""
    said = [*(report.verdict or {}).get("warnings", ()), *report.warnings]
    warnings = "".join(f"<li>{esc(text)}</li>" for text in said)
    manifest = json.dumps(report.manifest, indent=2, ensure_ascii=False, default=str)
    copy = '<button type="button" id="copy">Copy</button>'
    code = f'<pre id="manifest-text">{esc(manifest)}</pre>'
    details = f"<details><summary>Show the manifest</summary>{copy}{code}</details>"
    counts = section("counts", "Denials and sizing", counts_table(report.counts))
    listed = f"<ul>{warnings}</ul>" if warnings else empty("No warnings.")
    return [
        section("trips", "Round trips", trips_table(report.round_trips)),
        ledger(report),
        f'<div class="pair">{counts}{section("warnings", "Warnings", listed)}</div>',
        section("definitions", "Every figure and its definition", definitions_table(report)),
        section("manifest", "Manifest", details, "All that the run depends on, by digest."),
        f"<footer>Sluice tear sheet · {esc(report.title)} · {esc(report.provenance)} data · made "
        "offline, holds no link to any host. Past results of a rule on past data are evidence, not "
        "a promise.</footer>",
    ]
