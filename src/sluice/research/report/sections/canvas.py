"""What the sections share: the input, the series that more than one draws, the charts so far."""

from dataclasses import dataclass, field

import polars as pl

from sluice.research.report.benchmark import buy_and_hold
from sluice.research.report.charts.layout import Chart
from sluice.research.report.input import ReportInput
from sluice.research.report.markup import chart, empty
from sluice.research.report.series import sessions


@dataclass
class Canvas:
    """What the sections share: the input, the series drawn more than once, the charts so far."""

    report: ReportInput
    daily: pl.DataFrame
    held: pl.DataFrame
    charts: dict[str, Chart] = field(default_factory=dict)

    def place(self, name: str, label: str, drawn: Chart | None, reason: str = "") -> str:
        """Keeps the chart for the page's data and gives its place; or says why there is none."""
        if drawn is None:
            return empty(reason)
        self.charts[name] = drawn
        return chart(name, label, int(drawn["layout"]["height"]))


def canvas_of(report: ReportInput) -> Canvas:
    """The page's shared series, from the input."""
    held = buy_and_hold(report.bars, report.cash)
    return Canvas(report, sessions(report.equity, report.cash, weekends=report.weekends), held)
