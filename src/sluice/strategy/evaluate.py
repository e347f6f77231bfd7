"""From expressions to targets: `signals` along each instrument, `allocate` across them.

Evaluated on the in-memory engine only: polars' streaming engine gives floats that depend on the
number of threads.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from sluice.strategy.declaration import Declaration


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a strategy says on every row of a frame, in the frame's order.

    signal: what `signals` says, the target or the score; NaN where it says nothing.
    target: the target to trade, NaN = keep; None where `on_bar` trades, or nothing is said.
    rebalance: "on_change", or a mask of the rows on which to retarget.
    warmup: rows that the last value depends on; None where unbounded and not declared.
    """

    signal: np.ndarray[tuple[int], np.dtype[np.float64]]
    target: np.ndarray[tuple[int], np.dtype[np.float64]] | None
    rebalance: Literal["on_change"] | np.ndarray[tuple[int], np.dtype[np.bool_]]
    warmup: int | None


def evaluate_frame(
    strategy: Declaration, frame: pl.DataFrame, every_ns: int | None = None, *, strict: bool = True
) -> Evaluated:
    """What `strategy` says on `frame` (ts, instrument, open, high, low, close, volume).

    Args:
        strategy: the strategy, with its parameters.
        frame: sorted by (ts, instrument), unique.
        every_ns: bar interval, for the default of `max_gap`; the declaration's when absent.
        strict: raise on NaN and infinities; False lets them through, for tests that plant them.

    Raises:
        SignalError: NaN, infinity or a wrong type, naming instrument, stamp and node.
    """
    raise NotImplementedError
