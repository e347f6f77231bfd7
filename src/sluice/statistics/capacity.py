"""Square-root impact, and the capital at which it eats a strategy: closed form and curve.

Impact of an order of notional Q against an average daily volume ADV, as a fraction of Q, is
Y·σ_d·√(Q/ADV), Y ≈ 1 (Torre/Barra 1997; Tóth et al., Phys. Rev. X 1, 2011).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sluice.statistics.metrics import sharpe
from sluice.statistics.returns import Floats

_STEPS = 80  # halvings of the bracket: far below a cent of any capital


def square_root_impact(notional: Floats, adv: Floats, sigma_d: Floats, y: float = 1.0) -> Floats:
    """Cost of each order as a fraction of its notional, ≥ 0: Y·σ_d·√(Q/ADV).

    Args:
        notional: Q, in the currency of `adv`.
        adv: average daily traded notional; 0 makes the cost infinite.
        sigma_d: deviation of daily returns.
        y: the constant Y.
    """
    with np.errstate(divide="ignore"):
        impact: Floats = y * sigma_d * np.sqrt(np.abs(notional) / adv)
    return impact


@dataclass(frozen=True)
class SquareRootStrategy:
    """n trades a year of a fraction q of capital A, whose net return is a - b·√A."""

    gross_return: float
    trades_per_year: float
    fraction: float
    spread_cost: float
    sigma_d: float
    adv: float
    y: float = 1.0

    @property
    def a(self) -> float:
        """Return a year before impact: μ - n·q·s."""
        return self.gross_return - self.trades_per_year * self.fraction * self.spread_cost

    @property
    def b(self) -> float:
        """Impact a year for each √capital: n·q·Y·σ_d·√(q/ADV)."""
        pace = self.trades_per_year * self.fraction
        return pace * self.y * self.sigma_d * math.sqrt(self.fraction / self.adv)

    def net_return(self, capital: float) -> float:
        """Return a year at this capital: a - b·√A."""
        return self.a - self.b * math.sqrt(capital)

    @property
    def break_even_capital(self) -> float:
        """A0 = (a/b)²: above it the strategy loses."""
        return (self.a / self.b) ** 2 if self.a > 0 else 0.0

    @property
    def best_capital(self) -> float:
        """A* = 4/9·A0: the most money is made, impact eating 2/3 of a."""
        return 4.0 / 9.0 * self.break_even_capital


def net_sharpe(returns: Floats, impact: Floats, scale: float, periods_per_year: float) -> float:
    """Sharpe after impact at `scale` times the simulated capital.

    Quantities scale with capital, so impact as a part of equity scales with its root:
    r_d - √scale·h_d, h_d being the impact of day d at scale 1 over the equity it starts with.
    """
    return sharpe(returns - math.sqrt(scale) * impact, periods_per_year)


def largest_scale(sharpe_at: Callable[[float], float], floor: float, highest: float) -> float:
    """The largest scale ≤ `highest` up to which `sharpe_at(scale)` stays ≥ `floor`, by bisection.

    0 where even the smallest scale misses the floor. `sharpe_at` is taken as falling in the scale;
    a NaN counts as missing the floor.
    """
    if not sharpe_at(0.0) >= floor:
        return 0.0
    if sharpe_at(highest) >= floor:
        return highest
    low, high = 0.0, highest
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if sharpe_at(middle) >= floor else (low, middle)
    return low
