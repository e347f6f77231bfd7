"""Daily returns: their distribution beside the normal, and the rolling Sharpe ratio."""

import numpy as np
import polars as pl

from sluice.research.report.charts.layout import Chart, axis, dates, layout, line
from sluice.research.report.series import rolling_sharpe
from sluice.statistics.returns import Floats

WINDOW = 90


def rolling_sharpe_chart(daily: pl.DataFrame, sessions_per_year: float) -> Chart | None:
    """The Sharpe ratio over the last WINDOW sessions, annualized; None where there is none."""
    returns = daily["return_"].to_numpy().astype(np.float64)
    if len(returns) <= WINDOW:
        return None
    values = rolling_sharpe(returns, WINDOW, sessions_per_year)[WINDOW - 1 :]
    if np.isnan(values).all():
        return None
    stamps = daily["day"].to_numpy()[WINDOW - 1 :]
    trace = line(
        f"Sharpe, last {WINDOW} sessions", stamps, values, "@blue", hovertemplate="%{y:.2f}"
    )
    y = axis(f"Sharpe, {WINDOW} sessions", zeroline=True, zerolinecolor="@soft", tickformat=".1f")
    return {"data": [trace], "layout": layout(320, dates(), y, showlegend=False)}


def distribution_chart(daily: pl.DataFrame) -> Chart | None:
    """Histogram of the daily returns with the normal of their mean and deviation; None below 10."""
    returns = daily["return_"].to_numpy().astype(np.float64)
    std = float(returns.std(ddof=1)) if len(returns) >= 10 else 0.0
    if std <= 0:
        return None
    counts, edges = np.histogram(returns, bins=_edges(returns))
    width = float(edges[1] - edges[0])
    grid = np.linspace(edges[0] - width, edges[-1] + width, 200)
    bars = {
        "type": "bar",
        "name": "Sessions",
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": counts,
        "width": width,
        "marker": {"color": "@blue", "line": {"color": "@paper", "width": 0.6}},
        "hovertemplate": "%{y} sessions",
    }
    curve = line(
        "Normal of the same mean and deviation",
        grid,
        _normal(grid, float(returns.mean()), std) * len(returns) * width,
        "@orange",
        hoverinfo="skip",
        line={"width": 2},
    )
    reach = [float(edges[0]) - width, float(edges[-1]) + width]
    x = axis(
        "Return of a session", tickformat=".1%", hoverformat=".2%", showgrid=False, range=reach
    )
    return {
        "data": [bars, curve],
        "layout": layout(320, x, axis("Sessions"), bargap=0),
    }


def _edges(returns: Floats) -> Floats:
    """Equal bins by Freedman and Diaconis (1981), between 12 and 80 of them."""
    spread = float(np.subtract(*np.percentile(returns, [75, 25])))
    reach = float(returns.max() - returns.min())
    width = 2 * spread / len(returns) ** (1 / 3)
    count = int(np.clip(reach / width if width > 0 else 12, 12, 80))
    return np.asarray(np.linspace(returns.min(), returns.max(), count + 1), dtype=np.float64)


def _normal(x: Floats, mean: float, std: float) -> Floats:
    return np.asarray(
        np.exp(-(((x - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi)), dtype=np.float64
    )
