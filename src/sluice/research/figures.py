"""The figures of a run under their stable names, each with the docstring that defines it."""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sluice.market.bars import BarSet
from sluice.research.frames import RunFrames
from sluice.statistics import drawdown as depth
from sluice.statistics import metrics, sharpe
from sluice.statistics.returns import DAY_NS, DailyReturns, daily_returns

# Name of a figure → the function whose docstring is its definition in every report.
_DEFINED_BY: dict[str, Callable[..., float]] = {
    "sharpe": metrics.sharpe,
    "sharpe_standard_error": sharpe.sharpe_standard_error,
    "psr_zero": sharpe.psr,
    "total_return": metrics.total_return,
    "cagr": metrics.cagr,
    "volatility": metrics.volatility,
    "max_drawdown": depth.max_drawdown,
    "sortino": metrics.sortino,
    "calmar": metrics.calmar,
    "skew": metrics.skew,
    "kurtosis": metrics.kurtosis,
    "win_rate": metrics.win_rate,
    "profit_factor": metrics.profit_factor,
    "turnover_per_year": metrics.turnover_per_year,
    "exposure": metrics.exposure,
    "time_in_market": metrics.time_in_market,
}
_DAYS_A_YEAR = 365.25


def definitions() -> dict[str, str]:
    """Name → definition of every figure that a function defines."""
    return {name: inspect.cleandoc(f.__doc__ or "") for name, f in _DEFINED_BY.items()}


@dataclass(frozen=True)
class Figures:
    """`stats` by name, and the daily returns they rest on."""

    stats: dict[str, float]
    daily: DailyReturns


def figures(frames: RunFrames, bars: BarSet, cash: float) -> Figures:
    """Compute every figure of a run; what is undefined is NaN."""
    stamps = frames.equity["ts"].to_physical().to_numpy()
    equity = frames.equity["equity"].to_numpy()
    daily = daily_returns(stamps, equity, cash, bars.calendar.session_index(stamps))
    marks = np.concatenate(([cash], equity))
    periods = float(bars.calendar.sessions_per_year)
    years = (int(stamps[-1]) - bars.window[0]) / DAY_NS / _DAYS_A_YEAR if len(stamps) else 0.0
    pnl = frames.round_trips["pnl"].to_numpy()
    gross = frames.equity["gross"].to_numpy()
    notional = frames.fills["notional"].to_numpy()
    stats = {
        **_ratios(daily, periods),
        "max_drawdown": depth.max_drawdown(marks),
        "win_rate": metrics.win_rate(pnl),
        "profit_factor": metrics.profit_factor(pnl),
        "turnover_per_year": metrics.turnover_per_year(notional, equity, years),
        "exposure": metrics.exposure(gross, equity),
        "time_in_market": metrics.time_in_market(gross),
        "round_trips": float(pnl.size),
        "orders": float(frames.orders.height),
        "fills": float(frames.fills.height),
        "denials": float(frames.denials.height),
        "fees": float(frames.fills["fee"].sum()),
        "slippage": float(frames.fills["slippage"].sum()),
        "final_equity": float(equity[-1]) if equity.size else cash,
        "sessions": float(len(daily)),
        "calendar_days": float(daily.calendar_days),
    }
    return Figures(stats, daily)


def _ratios(daily: DailyReturns, periods: float) -> dict[str, float]:
    returns = daily.returns
    per_period = metrics.sharpe_per_period(returns)
    skew, kurtosis = metrics.skew(returns), metrics.kurtosis(returns)
    n = int(returns.size)
    error = sharpe.sharpe_standard_error(per_period, n, skew=skew, kurtosis=kurtosis)
    return {
        "sharpe": metrics.sharpe(returns, periods),
        "sharpe_standard_error": error * math.sqrt(periods),
        "psr_zero": sharpe.psr(per_period, n, skew=skew, kurtosis=kurtosis),
        "total_return": metrics.total_return(returns),
        "cagr": metrics.cagr(returns, periods),
        "volatility": metrics.volatility(returns, periods),
        "sortino": metrics.sortino(returns, periods),
        "calmar": metrics.calmar(returns, periods),
        "skew": skew,
        "kurtosis": kurtosis,
    }
