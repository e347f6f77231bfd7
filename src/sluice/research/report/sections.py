"""The parts of the page between its head and its manifest, and the charts that they hold."""

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import polars as pl

from sluice.research.report.attribution import (
    WindowFigures,
    by_instrument,
    by_month,
    window_figures,
)
from sluice.research.report.benchmark import buy_and_hold
from sluice.research.report.charts.activity import (
    attribution_chart,
    capacity_chart,
    costs_chart,
    exposure_chart,
    turnover_chart,
)
from sluice.research.report.charts.equity import POINTS, drawdown_chart, equity_chart
from sluice.research.report.charts.layout import Chart
from sluice.research.report.charts.returns import (
    WINDOW,
    distribution_chart,
    rolling_sharpe_chart,
)
from sluice.research.report.formats import written
from sluice.research.report.input import ReportInput
from sluice.research.report.markup import chart, empty, esc, section
from sluice.research.report.series import deepest, drawdown, sessions
from sluice.research.report.tables import (
    attribution_table,
    drawdowns_table,
    months_table,
    stretches_table,
)


@dataclass
class Page:
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


def page_of(report: ReportInput) -> Page:
    """The page's shared series, from the input."""
    held = buy_and_hold(report.bars, report.cash)
    return Page(report, sessions(report.equity, report.cash), held)


def thinning(count: int) -> str:
    """How a series was thinned for display, in words; empty where all marks are drawn."""
    if count <= POINTS:
        return f"All {count:,} marks are drawn."
    return (
        f"Drawn from {count:,} marks: of each of {(POINTS - 2) // 2:,} stretches the lowest and the "
        "highest, and the first and last mark. The figures use every mark."
    )


def performance(page: Page) -> str:
    """Equity beside buy-and-hold, then the drawdown with its deepest episodes."""
    report = page.report
    toggle = (
        '<label class="toggle"><input type="checkbox" data-log="equity"> logarithmic scale</label>'
    )
    place = page.place(
        "equity",
        "Equity of the strategy and of buy-and-hold",
        equity_chart(report.equity, page.held, report.currency),
    )
    equity = section(
        "equity",
        "Equity against buy-and-hold",
        toggle + place,
        "Marked at bar closes. Buy-and-hold buys equal weights of the universe at each instrument's "
        f"first open, without costs. {thinning(report.equity.height)}",
    )
    depth = drawdown(report.equity, report.cash)
    under = page.place(
        "drawdown", "Drawdown from the running peak", drawdown_chart(report.equity, report.cash)
    )
    episodes = deepest(report.equity["ts"].to_list(), depth, 5)
    worst = drawdowns_table(episodes) if episodes else empty("Equity never fell below its peak.")
    return equity + section(
        "drawdown",
        "Drawdown",
        f"{under}<h3>Deepest drawdowns</h3>{worst}",
        "1 − equity / running peak at bar closes; the capital at the start is the first peak.",
    )


def returns(page: Page) -> str:
    """Months, rolling Sharpe, distribution of the daily returns."""
    report, daily = page.report, page.daily
    held_daily = sessions(page.held, report.cash)
    months = section(
        "months",
        "Monthly returns",
        months_table(daily, held_daily),
        "Percent, compounded from daily returns; blue above zero, orange below, full color at 8 %.",
    )
    few = f"{daily.height} sessions are too few."
    rolling = section(
        "rolling",
        "Rolling Sharpe ratio",
        page.place(
            "rolling",
            "Sharpe ratio over a rolling window",
            rolling_sharpe_chart(daily, report.sessions_per_year),
            f"{few} A rolling Sharpe needs more than {WINDOW}.",
        ),
        f"Daily returns of the last {WINDOW} sessions, annualized by √{report.sessions_per_year:g}; "
        f"its standard error over so short a window is about {_error(report):.1f}.",
    )
    values = daily["return_"].to_numpy().astype(np.float64)
    spread = section(
        "distribution",
        "Distribution of daily returns",
        page.place(
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


def activity(page: Page) -> str:
    """Exposure, turnover, costs against gross P&L."""
    report = page.report
    months = by_month(report.equity, report.fills, report.cash)
    exposure = section(
        "exposure",
        "Exposure",
        page.place("exposure", "Gross and net exposure", exposure_chart(report.equity)),
        "Gross is the sum of absolute positions, net the signed sum, over equity. 100 % is fully "
        "invested.",
    )
    quiet = "No fills: nothing was turned over and nothing was paid."
    traded = None if report.fills.is_empty() else turnover_chart(months)
    turnover = section(
        "turnover",
        "Turnover by month",
        page.place("turnover", "Turnover of each month", traded, quiet),
        "Notional of all fills over the month's mean equity; each buy and each sell counts once.",
    )
    paid = None if report.fills.is_empty() else costs_chart(months, report.currency)
    sums = {name: float(months[name].sum()) for name in ("gross", "fee", "slippage", "impact", "net")}
    impact = f", impact {written(sums['impact'], 'money')}" if sums["impact"] else ""
    costs = section(
        "costs",
        "Gross P&L and what it cost",
        page.place("costs", "Costs stacked against gross P&L by month", paid, quiet),
        f"Gross {written(sums['gross'], 'money')} − fees {written(sums['fee'], 'money')}, spread and "
        f"slippage {written(sums['slippage'], 'money')}{impact} = net "
        f"{written(sums['net'], 'money')} {esc(report.currency)}.",
    )
    return f'<div class="pair">{exposure}{turnover}</div>{costs}'


def attribution(page: Page) -> str:
    """Who made the money, and the last fifth of the window apart."""
    report = page.report
    rows = by_instrument(report.fills, report.round_trips, report.bars)
    drawn = attribution_chart(rows, report.currency)
    place = page.place("attribution", "P&L of each instrument", drawn)
    change = float(report.equity["equity"][-1]) - report.cash
    other = change - float(rows["pnl"].sum())
    rest = ""
    if abs(other) > max(1.0, 1e-6 * report.cash):
        rest = f" Not of one instrument (funding, borrow, rounding): {written(other, 'money')}."
    who = section(
        "attribution",
        "Attribution by instrument",
        f'<div class="split">{place}{attribution_table(rows)}</div>',
        f"From fills and the last close, after fees and slippage; the whole run made "
        f"{written(change, 'money')} {esc(report.currency)}.{rest}",
    )
    last = section(
        "tail",
        "The last fifth of the window, apart",
        stretches_table(_stretches(page)),
        "Advisory: no gate reads it, and searches do not see it. A strategy that only worked early "
        "shows here.",
    )
    if report.capacity is None or report.capacity.is_empty():
        return who + last
    place = page.place(
        "capacity", "Sharpe against capital", capacity_chart(report.capacity, report.currency)
    )
    curve = section(
        "capacity",
        "Capacity",
        place,
        "Sharpe after costs and square-root impact, by the capital traded.",
    )
    return who + f'<div class="pair">{last}{curve}</div>'


def _stretches(page: Page) -> dict[str, WindowFigures]:
    stamps = page.report.equity["ts"]
    cut = stamps[0] + timedelta(seconds=0.8 * (stamps[-1] - stamps[0]).total_seconds())
    early, late = pl.col("day") <= cut.date(), pl.col("day") > cut.date()
    year = page.report.sessions_per_year
    found = {}
    for name, part in (("Whole window", pl.lit(value=True)), ("First 80 %", early), ("Last 20 %", late)):
        daily = page.daily.filter(part)
        days = pl.col("exit_ts").dt.date().alias("day")
        trips = page.report.round_trips.with_columns(days).filter(part)
        found[name] = window_figures(
            daily["return_"].to_numpy().astype(np.float64),
            trips["pnl"].to_numpy().astype(np.float64),
            year,
        )
    return found
