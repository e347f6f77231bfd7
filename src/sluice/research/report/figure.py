"""What a notebook shows of a run: a plotly figure, and a small table of the verdict and figures."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from sluice.research.report.benchmark import buy_and_hold
from sluice.research.report.charts.equity import equity_chart
from sluice.research.report.charts.palette import LIGHT, colored
from sluice.research.report.formats import METRICS, metric, written
from sluice.research.report.markup import Column, esc, table
from sluice.research.report.verdict import gate_name, outcome


def equity_figure(
    equity: pl.DataFrame, bars: pl.DataFrame, cash: float, currency: str = "USD"
) -> Any:
    """A plotly Figure of equity (ts, equity) against buy-and-hold of `bars` from the same cash."""
    import plotly.graph_objects as go

    drawn = equity_chart(equity, buy_and_hold(bars, cash), currency)
    return go.Figure(colored(drawn, LIGHT))


def summary_html(
    stats: Mapping[str, float], verdict: Mapping[str, Any] | None, manifest: Mapping[str, Any]
) -> str:
    """The verdict in a word and the figures as a table: no script, no style of the page."""
    head = f"<strong>{esc(manifest.get('strategy', ''))}</strong>"
    if verdict is not None:
        said = outcome(verdict)
        head += (
            f" · {esc(gate_name(verdict))}: <strong>{esc(said.word)}</strong> {esc(said.meaning)}"
        )
    known = [name for name in METRICS if name in stats]
    rows = [
        [esc(metric(n).label), esc(written(stats[n], metric(n).kind))]
        for n in (*known, *(n for n in stats if n not in METRICS))
    ]
    return (
        f"<div><p>{head}</p>{table([Column('Figure', number=False), Column('Value')], rows)}</div>"
    )
