"""A page that stands alone: one HTML file with its charts, style and script inside, opened offline.

The tear sheet, the comparison of runs and the pictures of a sweep are such pages. Invariants: no
request to any host (a content security policy forbids it), and scripts run by their digests only,
so that no name in the data can run as one.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from sluice.research.report.charts.encode import data_json
from sluice.research.report.charts.palette import DARK, LIGHT, variables
from sluice.research.report.markup import esc


def document(
    title: str,
    body: str,
    charts: Mapping[str, Any],
    *,
    prices: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The whole page as text.

    Args:
        title: of the window; "Sluice" is added.
        body: safe HTML; `markup.chart(name, …)` makes the place of a chart.
        charts: plotly figures (`data`, `layout`) by name, with palette roles such as "@blue".
        prices: panels of candles with fills, for the place "price-chart".
    """
    from plotly.offline import get_plotlyjs

    own = files("sluice.research.report")
    plotly, script = get_plotlyjs(), own.joinpath("page.js").read_text("utf-8")
    style = own.joinpath("style.css").read_text("utf-8")
    colors = {"light": LIGHT, "dark": DARK}
    data = data_json({"charts": dict(charts), "prices": list(prices), "colors": colors})
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(plotly, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{esc(title)} · Sluice</title>
<style>{_colors()}{style}</style></head>
<body><main>{body}</main>
<script type="application/json" id="data">{data}</script>
<script>{plotly}</script>
<script>{script}</script>
</body></html>
"""


def contents(links: Sequence[tuple[str, str]]) -> str:
    """The bar of links to the parts of the page: (anchor, name) each."""
    shown = "".join(f'<a href="#{anchor}">{esc(name)}</a>' for anchor, name in links)
    return f'<nav aria-label="Contents">{shown}</nav>'


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
