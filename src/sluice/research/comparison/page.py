"""The comparison as one HTML page, and the small table that a notebook shows."""

import math
from pathlib import Path

import numpy as np

from sluice.research.comparison.compared import Compared
from sluice.research.report.charts.layout import Chart, axis, dates, layout, line
from sluice.research.report.document import contents, document
from sluice.research.report.formats import metric, written
from sluice.research.report.markup import Column, chart, empty, esc, section, table
from sluice.research.report.write import write_whole
from sluice.statistics.drawdown import drawdown
from sluice.statistics.returns import DailyReturns

_COLORS = ("@blue", "@orange", "@violet", "@amber", "@gray", "@good")
_DASHES = ("solid", "dash", "dot", "dashdot")
_CONTENTS = (
    ("figures", "Figures"),
    ("equity", "Equity"),
    ("drawdown", "Drawdown"),
    ("together", "Together"),
    ("differences", "Differences"),
)
_DIGEST_SHOWN = 12


def write_comparison(comparison: Compared, path: Path) -> Path:
    """Write the page whole or not at all, and return its path.

    Raises:
        DiskFull: no space is left; a file that stood there is untouched.
        StorageError: the place cannot be written to.
    """
    title = " and ".join(side.label for side in comparison.sides)
    charts = {
        "equity": _growth(comparison),
        "drawdown": _depth(comparison),
    }
    drawn = {name: one for name, one in charts.items() if one is not None}
    return write_whole(path, document(f"{title} · comparison", _body(comparison, drawn), drawn))


def summary(comparison: Compared) -> str:
    """The figures as a table, for a notebook: no script, no style of the page."""
    return _figures(comparison)


def _body(comparison: Compared, drawn: dict[str, Chart]) -> str:
    sides = ", ".join(esc(side.label) for side in comparison.sides)
    warnings = "".join(f"<li>{esc(said)}</li>" for said in comparison.warnings)
    said = f"<ul>{warnings}</ul>" if warnings else ""
    head = section("runs", "Comparison of runs", f"<p>{sides}</p>{said}")
    none = empty("None of these runs kept an equity curve.")
    places = {
        name: chart(name, label, int(drawn[name]["layout"]["height"])) if name in drawn else none
        for name, label in (("equity", "Growth of each run"), ("drawdown", "Drawdown of each run"))
    }
    return "".join(
        (
            head,
            contents(_CONTENTS),
            section("figures", "Figures", _figures(comparison)),
            section(
                "equity",
                "Growth of 1",
                places["equity"],
                "Equity at session ends over the capital at the start.",
            ),
            section("drawdown", "Drawdown", places["drawdown"]),
            section(
                "together",
                "How they move together",
                _correlations(comparison),
                "Correlation of daily returns over the sessions that both have.",
            ),
            section("differences", "What was asked differently", _differences(comparison)),
        )
    )


def _figures(comparison: Compared) -> str:
    heads = [Column("Figure", number=False), *(Column(side.label) for side in comparison.sides)]
    rows = [
        [esc(metric(name).label), *(written(value, metric(name).kind) for value in values)]
        for name, *values in comparison.figures.iter_rows()
    ]
    return table(heads, rows)


def _differences(comparison: Compared) -> str:
    if not comparison.differences:
        return empty("Nothing: these runs asked for the same.")
    heads = [Column("Input", number=False)]
    heads += [Column(side.label, number=False) for side in comparison.sides]
    rows = [
        [esc(name), *(_short(name, text) for text in texts)]
        for name, texts in comparison.differences.items()
    ]
    return table(heads, rows)


def _short(name: str, text: str) -> str:
    if "digest" in name and len(text) > _DIGEST_SHOWN:
        return f'<code title="{esc(text)}">{esc(text[:_DIGEST_SHOWN])}…</code>'
    return esc(text)


def _correlations(comparison: Compared) -> str:
    if not np.isfinite(comparison.correlation).any():
        return empty("Too few shared sessions.")
    heads = [Column("", number=False), *(Column(side.label) for side in comparison.sides)]
    rows = [
        [esc(side.label), *(written(float(value)) for value in row)]
        for side, row in zip(comparison.sides, comparison.correlation, strict=True)
    ]
    return table(heads, rows)


def _growth(comparison: Compared) -> Chart | None:
    traces = [
        _line(place, label, daily, daily.equity / float(daily.start_equity[0]), "%{y:.3f}")
        for place, label, daily in _curves(comparison)
    ]
    if not traces:
        return None
    return {"data": traces, "layout": layout(420, dates(), axis("Growth of 1", tickformat=".2f"))}


def _depth(comparison: Compared) -> Chart | None:
    traces = [
        _line(place, label, daily, -_underwater(daily), "%{y:.2%}")
        for place, label, daily in _curves(comparison)
    ]
    if not traces:
        return None
    y = axis("Below the peak", tickformat=".1%", rangemode="tozero")
    return {"data": traces, "layout": layout(280, dates(), y)}


def _underwater(daily: DailyReturns) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return drawdown(np.concatenate((daily.start_equity[:1], daily.equity)))[1:]


def _curves(comparison: Compared) -> list[tuple[int, str, DailyReturns]]:
    return [
        (place, side.label, side.daily)
        for place, side in enumerate(comparison.sides)
        if side.daily is not None and len(side.daily) and _sound(side.daily)
    ]


def _sound(daily: DailyReturns) -> bool:
    return math.isfinite(float(daily.start_equity[0])) and float(daily.start_equity[0]) > 0


def _line(place: int, label: str, daily: DailyReturns, y: object, hover: str) -> dict[str, object]:
    days = daily.session.astype("datetime64[D]").astype("datetime64[ns]")
    stroke = {"width": 1.8, "dash": _DASHES[place // len(_COLORS) % len(_DASHES)]}
    color = _COLORS[place % len(_COLORS)]
    return line(label, days, y, color, line=stroke, hovertemplate=hover)
