"""Equity beside buy-and-hold, and the drawdown below it."""

import numpy as np
import polars as pl

from sluice.research.report.charts.layout import Chart, axis, dates, layout, line
from sluice.research.report.series import drawdown, thinned
from sluice.statistics.returns import Floats

POINTS = 4_000


def thin_line(
    name: str, stamps: pl.Series, values: Floats, color: str, **more: object
) -> dict[str, object]:
    """A line of at most POINTS marks that keeps the lows and highs of the full series."""
    kept = thinned(values, POINTS)
    return line(name, stamps.to_numpy()[kept], values[kept], color, **more)


def equity_chart(
    equity: pl.DataFrame,
    held: pl.DataFrame,
    currency: str,
    *,
    free: bool = False,
    height: int = 400,
) -> Chart:
    """Equity of the run and of buy-and-hold, in money; `free` says that no costs were charged."""
    name = "Strategy, no costs" if free else "Strategy, after costs"
    values = equity["equity"].to_numpy().astype(np.float64)
    traces = [
        thin_line(
            "Buy and hold, equal weights, no costs",
            held["ts"],
            held["equity"].to_numpy().astype(np.float64),
            "@gray",
            line={"width": 1.3, "dash": "dot"},
        ),
        thin_line(name, equity["ts"], values, "@blue", line={"width": 2}),
    ]
    hover = {"hovertemplate": "%{y:,.0f} " + currency}
    y = axis(f"Equity ({currency})", tickformat="~s" if values.max() >= 1e6 else ",.0f")
    return {"data": [{**t, **hover} for t in traces], "layout": layout(height, dates(), y)}


def drawdown_chart(equity: pl.DataFrame, cash: float) -> Chart:
    """The underwater curve: how far equity stands below its running peak, as a fraction."""
    depth = drawdown(equity, cash)
    trace = thin_line(
        "Drawdown",
        equity["ts"],
        -depth,
        "@orange",
        fill="tozeroy",
        fillcolor="@orange_soft",
        hovertemplate="%{y:.2%}",
        line={"width": 1.2},
    )
    y = axis(
        "Below the peak", tickformat=".0%" if depth.max() > 0.04 else ".1%", rangemode="tozero"
    )
    return {"data": [trace], "layout": layout(250, dates(), y, showlegend=False)}
