"""Equity, drawdown, months, rolling Sharpe and the distribution of the daily returns."""

import numpy as np

from sluice.research.report.charts.equity import POINTS, drawdown_chart, equity_chart
from sluice.research.report.charts.returns import WINDOW, distribution_chart, rolling_sharpe_chart
from sluice.research.report.formats import written
from sluice.research.report.input import ReportInput
from sluice.research.report.markup import empty, section
from sluice.research.report.sections.canvas import Canvas
from sluice.research.report.series import deepest, drawdown, sessions
from sluice.research.report.tables import drawdowns_table, months_table


def thinning(count: int) -> str:
    """How a series was thinned for display, in words; empty where all marks are drawn."""
    if count < 2:
        return ""
    if count <= POINTS:
        return f"All {count:,} marks are drawn."
    return (
        f"Drawn from {count:,} marks: of each of {(POINTS - 2) // 2:,} stretches the lowest and "
        "the highest, and the first and last mark. The figures use every mark."
    )


def performance(canvas: Canvas) -> str:
    """Equity beside buy-and-hold, then the drawdown with its deepest episodes."""
    report = canvas.report
    toggle = (
        '<label class="toggle"><input type="checkbox" data-log="equity"> logarithmic scale</label>'
    )
    drawn = None
    if report.equity.height > 1:
        drawn = equity_chart(report.equity, canvas.held, report.currency, free=report.free)
    place = canvas.place(
        "equity",
        "Equity of the strategy and of buy-and-hold",
        drawn,
        "The run has a single mark: there is no curve to draw.",
    )
    equity = section(
        "equity",
        "Equity against buy-and-hold",
        toggle + place if drawn else place,
        "Marked at bar closes. Buy-and-hold buys equal weights of the universe at each "
        f"instrument's first open, without costs. {thinning(report.equity.height)}",
    )
    depth = drawdown(report.equity, report.cash)
    episodes = deepest(report.equity["ts"].to_list(), depth, 5)
    shown = empty("Equity never fell below its peak.")
    if episodes:
        curve = drawdown_chart(report.equity, report.cash)
        under = canvas.place("drawdown", "Drawdown from the running peak", curve)
        shown = f"{under}<h3>Deepest drawdowns</h3>{drawdowns_table(episodes)}"
    return equity + section(
        "drawdown",
        "Drawdown",
        shown,
        "1 − equity / running peak at bar closes; the capital at the start is the first peak.",
    )


def returns(canvas: Canvas) -> str:
    """Months, rolling Sharpe, distribution of the daily returns."""
    report, daily = canvas.report, canvas.daily
    held_daily = sessions(canvas.held, report.cash, weekends=report.weekends)
    months = section(
        "months",
        "Monthly returns",
        months_table(daily, held_daily),
        "Percent, compounded from daily returns; blue above zero, orange below, full color at 8 %.",
    )
    few = f"{daily.height} sessions."
    rolling = section(
        "rolling",
        "Rolling Sharpe ratio",
        canvas.place(
            "rolling",
            "Sharpe ratio over a rolling window",
            rolling_sharpe_chart(daily, report.sessions_per_year),
            f"{few} A rolling Sharpe needs more than {WINDOW}, and returns that vary.",
        ),
        f"Daily returns of the last {WINDOW} sessions, annualized by "
        f"√{report.sessions_per_year:g}; its standard error over so short a window is about "
        f"{_error(report):.1f}.",
    )
    values = daily["return_"].to_numpy().astype(np.float64)
    spread = section(
        "distribution",
        "Distribution of daily returns",
        canvas.place(
            "distribution",
            "Histogram of daily returns",
            distribution_chart(daily),
            "Returns that do not vary, or fewer than ten sessions: no distribution to draw.",
        ),
        f"{daily.height:,} sessions; mean {written(float(values.mean()), 'rate')}, worst "
        f"{written(float(values.min()), 'rate')}, best {written(float(values.max()), 'rate')}.",
    )
    return months + f'<div class="pair">{rolling}{spread}</div>'


def _error(report: ReportInput) -> float:
    """Standard error of a Sharpe near zero over WINDOW sessions (Lo, 2002): √(year / WINDOW)."""
    return float(np.sqrt(report.sessions_per_year / WINDOW))
