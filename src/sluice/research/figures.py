"""The figures of a run under their stable names, each with the docstring that defines it."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl

from sluice.market.bars import BarSet
from sluice.statistics import drawdown as depth
from sluice.statistics import lines, metrics, sharpe
from sluice.statistics.returns import DAY_NS, DailyReturns, Floats, Integers, daily_returns

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
    "funding": lines.funding,
    "borrow": lines.borrow,
    "dividends": lines.dividends,
    "cash_in_lieu": lines.cash_in_lieu,
    "revaluation": lines.revaluation,
}
_OF_LINES = (
    lines.funding,
    lines.borrow,
    lines.dividends,
    lines.cash_in_lieu,
    lines.revaluation,
)
_DAYS_A_YEAR = 365.25


def definitions() -> dict[str, str]:
    """Name → definition of every figure that a function defines."""
    return {name: inspect.cleandoc(f.__doc__ or "") for name, f in _DEFINED_BY.items()}


@dataclass(frozen=True)
class Measured:
    """What figures are computed from; money in the base currency.

    ts, equity, gross: the account at every bar close (stamps UTC ns). notional, fees, slippage: of
    every fill. pnl: of every round trip. orders, denials: how many. lines: Σ of the ledger by kind.
    """

    ts: Integers
    equity: Floats
    gross: Floats
    notional: Floats
    fees: Floats
    slippage: Floats
    pnl: Floats
    orders: int
    denials: int
    lines: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Figures:
    """`stats` by name, and the daily returns they rest on."""

    stats: dict[str, float]
    daily: DailyReturns


def figures(run: Measured, bars: BarSet, cash: float) -> Figures:
    """Compute every figure of a run; what is undefined is NaN."""
    stamps, equity = run.ts, run.equity
    daily = daily_returns(stamps, equity, cash, _session_of(stamps, bars))
    marks = np.concatenate(([cash], equity))
    periods = float(bars.calendar.sessions_per_year)
    years = (int(stamps[-1]) - bars.window[0]) / DAY_NS / _DAYS_A_YEAR if len(stamps) else 0.0
    stats = {
        **_ratios(daily, periods),
        "max_drawdown": depth.max_drawdown(marks),
        "win_rate": metrics.win_rate(run.pnl),
        "profit_factor": metrics.profit_factor(run.pnl),
        "turnover_per_year": metrics.turnover_per_year(run.notional, equity, years),
        "exposure": metrics.exposure(run.gross, equity),
        "time_in_market": metrics.time_in_market(run.gross),
        "round_trips": float(run.pnl.size),
        "orders": float(run.orders),
        "fills": float(run.notional.size),
        "denials": float(run.denials),
        "fees": float(pl.Series(run.fees).sum()),
        "slippage": float(pl.Series(run.slippage).sum()),
        **{of.__name__: of(run.lines) for of in _OF_LINES},
        "final_equity": float(equity[-1]) if equity.size else cash,
        "sessions": float(len(daily)),
        "calendar_days": float(daily.calendar_days),
    }
    return Figures(stats, daily)


# The sessions of the stamps last asked for, of each set of bars: the runs of a sweep share them.
_sessions: WeakKeyDictionary[BarSet, tuple[Integers, Integers]] = WeakKeyDictionary()


def _session_of(stamps: Integers, bars: BarSet) -> Integers:
    known, sessions = _sessions.get(bars, (None, None))
    if known is None or sessions is None or not np.array_equal(known, stamps):
        sessions = bars.calendar.session_index(stamps)
        _sessions[bars] = (stamps, sessions)
    return sessions


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
