"""The figures of one point of a sweep, under the names and definitions of a backtest."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sluice.market.bars import BarSet
from sluice.statistics import metrics
from sluice.statistics.returns import DAY_NS, Floats, Integers, daily_returns

FIGURES = (
    "sharpe",
    "total_return",
    "cagr",
    "volatility",
    "max_drawdown",
    "win_rate",
    "profit_factor",
    "turnover_per_year",
    "time_in_market",
    "round_trips",
    "orders",
    "fills",
    "denials",
    "fees",
    "slippage",
    "final_equity",
)
"""What a sweep keeps of each point, in the order of its table."""

LOWER_IS_BETTER = frozenset(
    {"volatility", "max_drawdown", "turnover_per_year", "denials", "fees", "slippage"}
)
_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Span:
    """What the figures of all points share: session ends, their sessions, bars and years."""

    ends: Integers
    sessions: Integers
    rows: int
    years: float
    periods: float
    cash: float


def span_of(bars: BarSet, ends: "np.ndarray[Any, Any]", cash: float) -> Span:
    """The span of `bars`, of which `ends` are the last rows of sessions."""
    stamps = bars.frame["ts"].to_physical().to_numpy()
    at_ends = stamps[ends.astype(np.int64)]
    years = (int(stamps[-1]) - bars.window[0]) / DAY_NS / _DAYS_A_YEAR
    return Span(
        ends=at_ends,
        sessions=bars.calendar.session_index(at_ends),
        rows=len(stamps),
        years=years,
        periods=float(bars.calendar.sessions_per_year),
        cash=cash,
    )


def kernel_figures(found: Mapping[str, Any], row: int, span: Span) -> dict[str, float]:
    """The figures of row `row` of what the core's ground returned."""
    at = {name: float(column[row]) for name, column in found.items() if name != "sessions"}
    marks: Floats = found["sessions"][row]
    returns = daily_returns(span.ends, marks, span.cash, span.sessions).returns
    mean = at["equity_sum"] / span.rows
    turned = at["notional"] / mean / span.years if mean > 0 and span.years > 0 else math.nan
    trips = at["round_trips"]
    return {
        "sharpe": metrics.sharpe(returns, span.periods),
        "total_return": metrics.total_return(returns),
        "cagr": metrics.cagr(returns, span.periods),
        "volatility": metrics.volatility(returns, span.periods),
        "max_drawdown": at["max_drawdown"],
        "win_rate": at["wins"] / trips if trips else math.nan,
        "profit_factor": _factor(at["won"], -at["lost"]),
        "turnover_per_year": turned,
        "time_in_market": at["held"] / span.rows,
        **{name: at[name] for name in FIGURES[9:]},
    }


def _factor(won: float, lost: float) -> float:
    if lost == 0:
        return math.inf if won > 0 else math.nan
    return won / lost
