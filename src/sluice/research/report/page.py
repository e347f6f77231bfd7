"""The tear sheet: one HTML file with its charts, style and script inside, opened offline.

`write_report` is the entry. Invariants: no request to any host (a content security policy forbids
it), scripts run by their digests only, so that no name in the data can run as one.
"""

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path

from sluice.research.report.charts.encode import data_json
from sluice.research.report.charts.palette import DARK, LIGHT, variables
from sluice.research.report.charts.prices import price_panels
from sluice.research.report.header import masthead, tiles
from sluice.research.report.input import ReportInput
from sluice.research.report.markup import empty, esc, section
from sluice.research.report.sections.activity import activity, attribution
from sluice.research.report.sections.canvas import canvas_of
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
    from plotly.offline import get_plotlyjs

    body, data = _body(report)
    own = files("sluice.research.report")
    plotly, script = get_plotlyjs(), own.joinpath("page.js").read_text("utf-8")
    style = own.joinpath("style.css").read_text("utf-8")
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(plotly, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{esc(report.title)} · Sluice tear sheet</title>
<style>{_colors()}{style}</style></head>
<body>{body}
<script type="application/json" id="data">{data}</script>
<script>{plotly}</script>
<script>{script}</script>
</body></html>
"""


def _policy(*scripts: str) -> str:
    """Nothing is fetched from anywhere; only these scripts run."""
    digests = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'"
        for s in scripts
    )
    return (
        f"default-src 'none'; script-src {digests}; style-src 'unsafe-inline'; "
        "img-src data: blob:; form-action 'none'; base-uri 'none'"
    )


def _colors() -> str:
    light, dark = variables(LIGHT), variables(DARK)
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _body(report: ReportInput) -> tuple[str, str]:
    """The page's HTML and the JSON of its charts."""
    links = "".join(f'<a href="#{anchor}">{esc(name)}</a>' for anchor, name in CONTENTS)
    parts = [masthead(report), f'<nav aria-label="Contents">{links}</nav>']
    parts.append(section("figures", "Key figures", tiles(report)))
    charts: dict[str, object] = {}
    if report.equity.is_empty():
        parts.append(empty("The run has no marks of equity: there is nothing to draw."))
        parts += [f'<div id="{anchor}"></div>' for anchor, _ in CONTENTS[1:8]]
    else:
        canvas = canvas_of(report)
        parts += [part(canvas) for part in (performance, returns, activity, attribution)]
        charts.update(canvas.charts)
    panels = price_panels(report.bars, report.fills)
    parts += [_prices(panels), *_records(report)]
    data = {"charts": charts, "prices": panels, "colors": {"light": LIGHT, "dark": DARK}}
    return f"<main>{''.join(parts)}</main>", data_json(data)


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
        f'<div class="pair">{counts}{section("warnings", "Warnings", listed)}</div>',
        section("definitions", "Every figure and its definition", definitions_table(report)),
        section("manifest", "Manifest", details, "All that the run depends on, by digest."),
        f"<footer>Sluice tear sheet · {esc(report.title)} · {esc(report.provenance)} data · made "
        "offline, holds no link to any host. Past results of a rule on past data are evidence, not "
        "a promise.</footer>",
    ]
