"""The pictures of a sweep: a heat-map over two parameters, and parallel coordinates of all."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sluice.research.report.charts.layout import Chart, axis, layout
from sluice.research.report.charts.palette import LIGHT, colored
from sluice.research.report.document import document
from sluice.research.report.formats import METRICS, metric, written
from sluice.research.report.markup import Column, chart, empty, esc, section, table
from sluice.research.report.write import write_whole

_SCALE = "Cividis"  # read alike by those who do not tell red from green
_HEIGHT = 460
_TOP = 50
_BESIDE = ("total_return", "max_drawdown", "round_trips")


def heat_figure(points: pl.DataFrame, axes: tuple[str, str], by: str) -> Any:
    """A plotly Figure of `by` over two parameters, the mean of the points that share them."""
    import plotly.graph_objects as go

    return go.Figure(colored(_heat(points, axes, by), LIGHT))


def parallel_figure(points: pl.DataFrame, params: Sequence[str], by: str) -> Any:
    """A plotly Figure of every point as a line through its parameters and figures."""
    import plotly.graph_objects as go

    return go.Figure(colored(_parallel(points, params, by), LIGHT))


def summary(head: str, points: pl.DataFrame) -> str:
    """A heading and the points as a table, for notebooks."""
    return f"<div><p><strong>{esc(head)}</strong></p>{_table(points)}</div>"


def write_page(
    path: Path, said: tuple[str, str], ranked: pl.DataFrame, params: Sequence[str], by: str
) -> Path:
    """Write the page: title and note (`said`), both pictures, the best points.

    Raises:
        DiskFull, StorageError: it cannot be written; a file that stood there is untouched.
    """
    title, note = said
    varied = [name for name in params if ranked[name].n_unique() > 1]
    charts: dict[str, Chart] = {"parallel": _parallel(ranked, params, by)}
    heat = empty("A heat-map needs two parameters that vary.")
    if len(varied) > 1:
        charts["heat"] = _heat(ranked, (varied[0], varied[1]), by)
        heat = chart("heat", f"{_label(by)} over {varied[0]} and {varied[1]}", _HEIGHT)
    lines = chart("parallel", "Every point through its parameters and figures", _HEIGHT)
    body = (
        f"<h1>{esc(title)}</h1>"
        + section("heat-map", f"{_label(by)} over two parameters", heat, esc(note))
        + section("points", "Every point", lines)
        + section("best", f"The best {min(_TOP, len(ranked))}", _table(ranked.head(_TOP)))
    )
    return write_whole(path, document(title, body, charts))


def _label(figure: str) -> str:
    return metric(figure).label if figure in METRICS else figure


def _heat(points: pl.DataFrame, axes: tuple[str, str], by: str) -> Chart:
    x, y = axes
    cells = points.group_by(x, y).agg(pl.col(by).mean())
    across, down = (sorted(cells[name].unique()) for name in axes)
    values = np.full((len(down), len(across)), np.nan)
    for left, up, value in cells.select(x, y, by).iter_rows():
        values[down.index(up), across.index(left)] = np.nan if value is None else value
    drawn = [[None if not np.isfinite(v) else float(v) for v in row] for row in values]
    heat = {
        "type": "heatmap",
        "x": [str(v) for v in across],
        "y": [str(v) for v in down],
        "z": drawn,
        "colorscale": _SCALE,
        "colorbar": {"title": {"text": _label(by)}, "tickfont": {"color": "@soft"}},
        "hovertemplate": f"{x} %{{x}}<br>{y} %{{y}}<br>{by} %{{z:.4g}}<extra></extra>",
    }
    sides = axis(x, type="category"), axis(y, type="category")
    return {
        "data": [heat],
        "layout": layout(_HEIGHT, *sides, showlegend=False, hovermode="closest"),
    }


def _parallel(points: pl.DataFrame, params: Sequence[str], by: str) -> Chart:
    finite = points.filter(pl.col(by).is_finite())
    figures = dict.fromkeys([*_BESIDE, by])
    dimensions = []
    for name in [*params, *figures]:
        column = finite[name]
        if column.dtype.is_numeric():
            shown = column.cast(pl.Float64).fill_nan(None).to_list()
            dimensions.append({"label": _label(name), "values": shown})
        else:
            words = sorted({str(v) for v in column})
            dimensions.append(
                {
                    "label": name,
                    "values": [words.index(str(v)) for v in column],
                    "tickvals": list(range(len(words))),
                    "ticktext": words,
                }
            )
    lines = {
        "type": "parcoords",
        "dimensions": dimensions,
        "line": {"color": finite[by].to_list(), "colorscale": _SCALE, "showscale": True},
        "labelfont": {"color": "@ink"},
        "tickfont": {"color": "@soft"},
    }
    return {"data": [lines], "layout": layout(_HEIGHT, axis(""), axis(""), showlegend=False)}


def _table(points: pl.DataFrame) -> str:
    names = points.columns
    rows = [
        [esc(_cell(name, value)) for name, value in zip(names, row, strict=True)]
        for row in points.iter_rows()
    ]
    return table([Column(_label(name)) for name in names], rows, sortable=True)


def _cell(name: str, value: object) -> str:
    if name in METRICS and isinstance(value, float):
        return written(value, metric(name).kind)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
