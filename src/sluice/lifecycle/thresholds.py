"""THE place of the gates' thresholds: nothing else in the code may hold one of these numbers.

The four of each gate are the operating guide's and strict (a Sharpe of exactly 1.2 does not pass);
the others are rulings. A house may set `min_days` lower, and every verdict then says so.
"""

from dataclasses import dataclass

EVIDENCE_GOOD_DAYS = 90
"""Evidence of a passed gate is good for so many days."""


@dataclass(frozen=True, slots=True)
class Gate1Thresholds:
    """Research. Each figure must be **above** its threshold."""

    sharpe: float = 1.5
    capacity: float = 100_000.0


@dataclass(frozen=True, slots=True)
class Gate2Thresholds:
    """Backtest validation, after costs: Sharpe, win rate and profit factor above, drawdown below.

    `min_days` calendar days of returns and `min_round_trips` are reached by equality.
    """

    sharpe: float = 1.2
    max_drawdown: float = 0.15
    win_rate: float = 0.45
    profit_factor: float = 1.3
    min_days: int = 730
    min_round_trips: int = 30


@dataclass(frozen=True, slots=True)
class CapacityRule:
    """How Gate 1 estimates capacity: floor of the Sharpe after impact, Y, participation, window."""

    floor_sharpe: float = 1.2
    impact_y: float = 1.0
    max_participation: float = 0.01
    adv_sessions: int = 30


GATE1 = Gate1Thresholds()
GATE2 = Gate2Thresholds()
CAPACITY = CapacityRule(floor_sharpe=GATE2.sharpe)
