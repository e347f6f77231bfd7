"""Drawdown: how far equity stands below its running peak; fractions, ≥ 0."""

import numpy as np

from sluice.statistics.returns import Floats


def drawdown(equity: Floats) -> Floats:
    """1 - E_t / max(E_0 … E_t) at every mark: 0 at a peak, 0.15 fifteen per cent below it.

    The first equity is included: pass the initial equity as the first element, so that a loss on
    the first bar counts.
    """
    equity = np.asarray(equity, dtype=np.float64)
    if not equity.size:
        return equity
    return 1.0 - equity / np.maximum.accumulate(equity)


def max_drawdown(equity: Floats) -> float:
    """The largest drawdown, ≥ 0; above 1 where equity fell below zero; NaN for no equity or a NaN.

    "Max drawdown < 15 %" of Gate 2 reads this number over equity at bar closes, the first included.
    """
    depth = drawdown(equity)
    return float(np.max(depth)) if depth.size else float("nan")
