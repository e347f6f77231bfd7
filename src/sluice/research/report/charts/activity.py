"""What the strategy did: exposure, turnover, and costs against the gross result."""

import numpy as np
import polars as pl

from sluice.research.report.charts.equity import POINTS, thin_line
from sluice.research.report.charts.layout import Chart, axis, dates, layout
from sluice.research.report.markup import esc
from sluice.research.report.series import session_day


def exposure_chart(equity: pl.DataFrame) -> Chart:
    """Gross and net exposure over equity (1 = fully invested); means of sessions above POINTS."""
    if equity.height > POINTS:
        day = session_day(pl.col("ts")).alias("ts")
        shares = (pl.col(name) / pl.col("equity") for name in ("gross", "net"))
        equity = equity.group_by(day, maintain_order=True).agg(
            *(share.mean() for share in shares), pl.lit(1.0).alias("equity")
        )
    worth = equity["equity"].to_numpy().astype(np.float64)
    gross = equity["gross"].to_numpy().astype(np.float64) / worth
    net = equity["net"].to_numpy().astype(np.float64) / worth
    more = {"hovertemplate": "%{y:.1%}"}
    traces = [
        thin_line(
            "Gross",
            equity["ts"],
            gross,
            "@gray",
            line={"width": 0.6},
            fill="tozeroy",
            fillcolor="@gray_soft",
            **more,
        ),
        thin_line("Net", equity["ts"], net, "@blue", line={"width": 1.1}, **more),
    ]
    y = axis("Share of equity", tickformat=".0%", zeroline=True)
    return {"data": traces, "layout": layout(320, dates(), y)}


def turnover_chart(months: pl.DataFrame) -> Chart:
    """Notional of the fills of each month over its mean equity."""
    bars = _bars("Turnover", months, "turnover", "@blue", "%{y:.2f} × equity")
    y = axis("Traded notional / mean equity", rangemode="tozero")
    return {"data": [bars], "layout": layout(320, _months(), y, showlegend=False)}


def costs_chart(months: pl.DataFrame, currency: str) -> Chart:
    """Gross P&L of each month, the costs that it paid stacked below, and what was left."""
    shown = "%{y:,.0f} " + currency
    months = months.with_columns(-pl.col("fee", "slippage", "impact"))
    traces = [_bars("Gross P&L", months, "gross", "@blue", shown), *_costs(months, shown)]
    net = {
        **_bars("Net P&L", months, "net", "@ink", shown),
        "type": "scatter",
        "mode": "markers",
        "marker": {"color": "@ink", "size": 7, "symbol": "diamond"},
    }
    y = axis(f"P&L of the month ({currency})", tickformat=",.0f", zerolinecolor="@soft")
    body = layout(340, _months(), y, barmode="relative", bargap=0.25)
    return {"data": [*traces, net], "layout": body}


def breakdown_chart(months: pl.DataFrame, currency: str) -> Chart:
    """The costs of each month alone, stacked by kind, on a scale of their own."""
    y = axis(f"Costs of the month ({currency})", tickformat=",.0f", rangemode="tozero")
    shown = "%{y:,.0f} " + currency
    body = layout(340, _months(), y, barmode="stack", bargap=0.25)
    return {"data": _costs(months, shown), "layout": body}


def _costs(months: pl.DataFrame, shown: str) -> list[dict[str, object]]:
    kinds = [("Fees", "fee", "@orange"), ("Spread and slippage", "slippage", "@amber")]
    if months["impact"].sum() != 0:
        kinds.append(("Impact", "impact", "@violet"))
    return [_bars(name, months, column, color, shown) for name, column, color in kinds]


def attribution_chart(rows: pl.DataFrame, currency: str) -> Chart:
    """P&L of each instrument, net, best on top; gains and losses differ in hue and sign."""
    ordered = rows.sort("pnl")
    pnl = ordered["pnl"].to_numpy().astype(np.float64)
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": pnl,
        "y": [esc(name) for name in ordered["instrument"].to_list()],
        "marker": {"color": ["@blue" if value >= 0 else "@orange" for value in pnl]},
        "text": [f"{value:+,.0f}".replace("-", "−") for value in pnl],
        "textposition": "outside",
        "textfont": {"size": 11.5, "color": "@soft"},
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{x:,.0f} " + currency + "<extra></extra>",
    }
    room = 0.18 * float(max(pnl.max(initial=0), 0) - min(pnl.min(initial=0), 0)) or 1.0
    reach = [min(pnl.min(initial=0) - room, 0), max(pnl.max(initial=0) + room, 0)]
    if pnl.min(initial=0) >= 0:
        reach[0] = 0
    x = axis(f"P&L, net ({currency})", tickformat=",~s", zerolinecolor="@soft", range=reach)
    y = axis("", showgrid=False, type="category")
    height = max(200, 100 + 24 * len(ordered))
    return {
        "data": [bars],
        "layout": layout(height, x, y, showlegend=False, hovermode="closest", bargap=0.35),
    }


def capacity_chart(curve: pl.DataFrame, currency: str) -> Chart:
    """Sharpe after costs and impact against the capital traded."""
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": curve["capital"].to_numpy(),
        "y": curve["sharpe"].to_numpy(),
        "line": {"color": "@blue", "width": 1.8},
        "marker": {"color": "@blue", "size": 6},
        "hovertemplate": "%{x:,.0f} " + currency + ": %{y:.2f}<extra></extra>",
    }
    x = axis(f"Capital ({currency}, logarithmic)", type="log", tickformat="~s", dtick=1)
    y = axis("Sharpe after costs and impact", tickformat=".1f")
    return {
        "data": [trace],
        "layout": layout(320, x, y, showlegend=False, hovermode="closest"),
    }


def _months() -> dict[str, object]:
    return dates(tickformat="%b\n%Y", hoverformat="%B %Y")


def _bars(
    name: str, months: pl.DataFrame, column: str, color: str, hover: str
) -> dict[str, object]:
    return {
        "type": "bar",
        "name": name,
        "x": months["month"].to_numpy(),
        "y": months[column].to_numpy(),
        "marker": {"color": color},
        "hovertemplate": hover,
    }
