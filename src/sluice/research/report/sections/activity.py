"""Exposure, turnover, costs, attribution, the last fifth of the window, capacity."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from sluice.research.report.attribution import (
    WindowFigures,
    by_instrument,
    by_month,
    window_figures,
)
from sluice.research.report.charts.activity import (
    attribution_chart,
    breakdown_chart,
    capacity_chart,
    costs_chart,
    exposure_chart,
    turnover_chart,
)
from sluice.research.report.charts.equity import POINTS
from sluice.research.report.formats import written
from sluice.research.report.markup import empty, esc, section
from sluice.research.report.sections.canvas import Canvas
from sluice.research.report.series import session_day
from sluice.research.report.tables import attribution_table, stretches_table


def activity(canvas: Canvas) -> str:
    """Exposure, turnover, costs against gross P&L."""
    report = canvas.report
    months = by_month(report.equity, report.fills, report.cash)
    means = "; the mean of each session is drawn" if report.equity.height > POINTS else ""
    exposure = section(
        "exposure",
        "Exposure",
        canvas.place(
            "exposure",
            "Gross and net exposure",
            exposure_chart(report.equity) if (report.equity["gross"] != 0).any() else None,
            "No position stood at the close of any bar.",
        ),
        f"Gross is the sum of absolute positions, net the signed sum, over equity{means}. "
        "100 % is fully invested.",
    )
    quiet = "No fills: nothing was turned over and nothing was paid."
    traded = None if report.fills.is_empty() else turnover_chart(months)
    turnover = section(
        "turnover",
        "Turnover by month",
        canvas.place("turnover", "Turnover of each month", traded, quiet),
        "Notional of all fills over the month's mean equity; each buy and each sell counts once.",
    )
    paid = None if report.fills.is_empty() else costs_chart(months, report.currency)
    sums = {
        name: float(months[name].sum()) for name in ("gross", "fee", "slippage", "impact", "net")
    }
    impact = f" − impact {written(sums['impact'], 'money')}" if sums["impact"] else ""
    both = canvas.place("costs", "Costs stacked against gross P&L by month", paid, quiet)
    if paid is not None:
        alone = breakdown_chart(months, report.currency)
        both = (
            f'<div class="split">{both}{canvas.place("breakdown", "Costs by month", alone)}</div>'
        )
    costs = section(
        "costs",
        "Gross P&L and what it cost",
        both,
        f"Gross {written(sums['gross'], 'money')} − fees {written(sums['fee'], 'money')} − spread "
        f"and slippage {written(sums['slippage'], 'money')}{impact} = net "
        f"{written(sums['net'], 'money')} {esc(report.currency)}.",
    )
    return f'<div class="pair">{exposure}{turnover}</div>{costs}'


def attribution(canvas: Canvas) -> str:
    """Who made the money, and the last fifth of the window apart."""
    report = canvas.report
    rows = by_instrument(report.fills, report.round_trips, report.bars, report.ledger)
    split = empty("No fills: no instrument made or lost anything.")
    if report.fills.height:
        drawn = attribution_chart(rows, report.currency)
        place = canvas.place("attribution", "P&L of each instrument", drawn)
        split = f'<div class="split">{place}{attribution_table(rows)}</div>'
    change = float(report.equity["equity"][-1]) - report.cash
    other = change - float(rows["pnl"].sum())
    rest = ""
    if abs(other) > max(1.0, 1e-6 * report.cash):
        rest = f" Not of one instrument (funding, borrow, rounding): {written(other, 'money')}."
    if report.round_trips.height and not rows["trips"].sum():
        rest += " Round trips are those of the whole portfolio: none belongs to one instrument."
    who = section(
        "attribution",
        "Attribution by instrument",
        split,
        f"From fills and the last close, after fees and slippage; the whole run made "
        f"{written(change, 'money')} {esc(report.currency)}.{rest}",
    )
    last = section(
        "tail",
        "The last fifth of the window, apart",
        stretches_table(_stretches(canvas)),
        "Advisory: no gate reads it, and searches do not see it. A strategy that only worked early "
        "shows here.",
    )
    if report.capacity is None or report.capacity.is_empty():
        return who + last
    place = canvas.place(
        "capacity", "Sharpe against capital", capacity_chart(report.capacity, report.currency)
    )
    curve = section(
        "capacity",
        "Capacity",
        place,
        "Sharpe after costs and square-root impact, by the capital traded.",
    )
    return who + f'<div class="pair">{last}{curve}</div>'


def _stretches(canvas: Canvas) -> dict[str, WindowFigures]:
    """The whole window, its first 80 % and its last 20 %, cut at the end of a session."""
    stamps = canvas.report.equity["ts"]
    cut = (stamps[0] + timedelta(seconds=0.8 * (stamps[-1] - stamps[0]).total_seconds())).date()
    first, last = stamps[0].date() - timedelta(days=2), stamps[-1].date()
    return {
        "Whole window": _stretch(canvas, first, last),
        "First 80 %": _stretch(canvas, first, cut),
        "Last 20 %": _stretch(canvas, cut, last),
    }


def _stretch(canvas: Canvas, after: date, until: date) -> WindowFigures:
    """Figures of the sessions after the one day, until the other day and with it."""
    report = canvas.report
    day = session_day(pl.col("ts"))
    earlier = report.equity.filter(day <= after)["equity"].to_list()[-1:] or [report.cash]
    within = report.equity.filter((day > after) & (day <= until))["equity"].to_list()
    daily = canvas.daily.filter((pl.col("day") > after) & (pl.col("day") <= until))
    ended = session_day(pl.col("exit_ts"))
    trips = report.round_trips.filter((ended > after) & (ended <= until))
    return window_figures(
        np.array([*earlier, *within], dtype=np.float64),
        daily["return_"].to_numpy().astype(np.float64),
        trips["pnl"].to_numpy().astype(np.float64),
        report.sessions_per_year,
    )
