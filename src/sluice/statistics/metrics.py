"""The figures of a run, each with its definition; the report prints these docstrings.

`returns` are daily (one a session); `periods_per_year` is 365 where the market never closes, else
the sessions a year of the calendar (252). The risk-free rate is 0. What is undefined is NaN.
"""

import math

import numpy as np

from sluice.statistics.drawdown import max_drawdown
from sluice.statistics.returns import Floats

_NAN = float("nan")
_NOISE = 1e-12  # a deviation below this part of the largest return is rounding, not risk


def _deviation(returns: Floats) -> float:
    """Sample deviation (n - 1); NaN below two observations; exactly 0 where it is rounding only."""
    if returns.size < 2:
        return _NAN
    deviation = float(np.std(returns, ddof=1))
    return 0.0 if deviation <= _NOISE * float(np.max(np.abs(returns))) else deviation


def sharpe_per_period(returns: Floats) -> float:
    """Mean over sample deviation of the returns, not annualized: what PSR, DSR and MinTRL take."""
    deviation = _deviation(returns)
    return float(np.mean(returns)) / deviation if deviation > 0 else _NAN


def sharpe(returns: Floats, periods_per_year: float) -> float:
    """Mean over sample deviation (n - 1) of daily returns, times the root of periods a year.

    Risk-free rate 0. Without variance (a strategy that never trades, or fewer than two days) the
    ratio is 0/0: NaN, which passes no gate, rather than an invented 0.
    """
    return sharpe_per_period(returns) * math.sqrt(periods_per_year)


def volatility(returns: Floats, periods_per_year: float) -> float:
    """Sample deviation (n - 1) of daily returns, times the root of periods a year."""
    return _deviation(returns) * math.sqrt(periods_per_year)


def total_return(returns: Floats) -> float:
    """Compounded return of the whole span: Π(1 + r) - 1; 0 without observations."""
    return float(np.prod(1.0 + returns)) - 1.0


def cagr(returns: Floats, periods_per_year: float) -> float:
    """Compounded annual growth: (1 + total return)^(periods a year / observations) - 1.

    -1 where everything was lost; NaN without observations.
    """
    growth = 1.0 + total_return(returns)
    if not returns.size or math.isnan(growth):
        return _NAN
    return growth ** (periods_per_year / returns.size) - 1.0 if growth > 0 else -1.0


def sortino(returns: Floats, periods_per_year: float) -> float:
    """Annualized mean over annualized downside deviation sqrt(mean(min(r, 0)²)), target 0.

    Infinite where no day lost and some day won; NaN without observations or movement.
    """
    if not returns.size:
        return _NAN
    downside = math.sqrt(float(np.mean(np.square(np.minimum(returns, 0.0)))))
    mean = float(np.mean(returns))
    if downside == 0:
        return math.inf if mean > 0 else _NAN
    return mean / downside * math.sqrt(periods_per_year)


def calmar(returns: Floats, periods_per_year: float) -> float:
    """CAGR over the maximum drawdown of the daily equity; NaN where there was no drawdown."""
    depth = max_drawdown(np.concatenate(([1.0], np.cumprod(1.0 + returns))))
    return cagr(returns, periods_per_year) / depth if depth > 0 else _NAN


def _moment(returns: Floats, order: int) -> float:
    """Standardized central moment of the sample (divided by n): m_k / m_2^(k/2)."""
    if _deviation(returns) == 0 or returns.size < 2:
        return _NAN
    centered = returns - np.mean(returns)
    return float(np.mean(centered**order) / np.mean(centered**2) ** (order / 2))


def skew(returns: Floats) -> float:
    """Third standardized moment (divided by n); negative: the long tail is on the losing side."""
    return _moment(returns, 3)


def kurtosis(returns: Floats) -> float:
    """Fourth standardized moment, **raw**: 3 for the normal. PSR and DSR want this one."""
    return _moment(returns, 4)


def win_rate(pnl: Floats) -> float:
    """Round trips with a profit above zero (net of all costs) over all round trips; NaN if none."""
    return float(np.count_nonzero(pnl > 0)) / pnl.size if pnl.size and _known(pnl) else _NAN


def profit_factor(pnl: Floats) -> float:
    """Sum of winning over sum of losing round-trip P&L (net), ≥ 0.

    Infinite with winners and no losers; NaN without either. JSON writes both as null, and the check
    says why in words.
    """
    if not _known(pnl):
        return _NAN
    won, lost = float(np.sum(pnl[pnl > 0])), -float(np.sum(pnl[pnl < 0]))
    if lost == 0:
        return math.inf if won > 0 else _NAN
    return won / lost


def _known(values: Floats) -> bool:
    return not bool(np.any(np.isnan(values)))


def turnover_per_year(notional: Floats, equity: Floats, years: float) -> float:
    """Traded notional a year over mean equity, one-way: every fill counts once, buy or sell.

    So gross return a year / turnover a year is the break-even cost of a unit traded, and a book
    that is bought and sold once a year has turned over twice.

    Args:
        notional: notional of each fill, base currency (its sign is ignored).
        equity: equity marks of the same span.
        years: length of the span in years, > 0 (else NaN).
    """
    if years <= 0 or not equity.size:
        return _NAN
    mean = float(np.mean(equity))
    return float(np.sum(np.abs(notional))) / mean / years if mean > 0 else _NAN


def exposure(gross: Floats, equity: Floats) -> float:
    """Mean over the marks of gross exposure (Σ abs notional) / equity; 1 is fully invested."""
    if not equity.size or np.any(equity <= 0):
        return _NAN
    return float(np.mean(gross / equity))


def time_in_market(gross: Floats) -> float:
    """Share of the marks at which any position was held; NaN without marks."""
    return float(np.count_nonzero(gross > 0)) / gross.size if gross.size else _NAN
