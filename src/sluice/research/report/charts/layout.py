"""The layout that all charts share: axes with titles and units, legend above, room for both."""

from typing import Any

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

Chart = dict[str, Any]


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis with a title, in the page's lines and colors."""
    return {
        "title": {"text": title, "font": {"size": 12, "color": "@soft"}, "standoff": 8},
        "gridcolor": "@grid",
        "linecolor": "@line",
        "zerolinecolor": "@line",
        "tickfont": {"size": 11.5, "color": "@soft"},
        "automargin": True,
        **more,
    }


def dates(**more: Any) -> dict[str, Any]:
    """The time axis."""
    return axis("Date (UTC)", type="date", showgrid=False, ticks="outside", **more)


def layout(height: int, x: dict[str, Any], y: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A layout of this height in px; the legend stands above the plot, to the left."""
    return {
        "height": height,
        "xaxis": x,
        "yaxis": y,
        "font": {"family": FONT, "size": 12.5, "color": "@ink"},
        "paper_bgcolor": "@paper",
        "plot_bgcolor": "@paper",
        "margin": {"l": 10, "r": 20, "t": 34 if more.get("showlegend", True) else 12, "b": 10},
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "@paper", "bordercolor": "@line", "font": {"color": "@ink"}},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"size": 12, "color": "@ink"},
            "bgcolor": "rgba(0,0,0,0)",
            "traceorder": "normal",
        },
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": "@soft",
            "activecolor": "@blue",
            "remove": ["sendChartToCloud"],
        },
        **more,
    }


def line(name: str, x: Any, y: Any, color: str, **more: Any) -> dict[str, Any]:
    """A line over time; `color` is a role of the palette."""
    stroke = {"color": color, "width": 1.6, **more.pop("line", {})}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": stroke,
        **more,
    }
