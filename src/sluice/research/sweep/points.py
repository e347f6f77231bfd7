"""Runs the points of a sweep, by the quickest way that gives the answer of `sluice.backtest`.

* crossings of two operands on one instrument: all points of a batch in the core, on every core of
  the machine; means of closes from exact sums, any other operand computed once for all points
* other signals: evaluated in threads; on one instrument the core's kernel trades them, else the
  event engine
* callbacks: whole backtests, in processes (`processes.py`)
"""

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from sluice import core
from sluice.domain.errors import SignalError, WarmupError
from sluice.engine.ground import SharedGround, shared_ground
from sluice.engine.simulated_day import price_scale_of
from sluice.market.bars import COLUMNS, BarSet
from sluice.research.execute import day_settings, execute
from sluice.research.plan import RunPlan
from sluice.research.sweep.figures import FIGURES, Span, kernel_figures, span_of
from sluice.statistics.returns import Floats
from sluice.strategy.base import Strategy
from sluice.strategy.callbacks import callbacks
from sluice.strategy.crossing import Crossing, Operand, crossing_of
from sluice.strategy.declaration import says
from sluice.strategy.evaluate import computed_parts, evaluate
from sluice.strategy.stages import signals_of
from sluice.strategy.tree import read
from sluice.strategy.warmup import required

Figures = dict[str, float]
_KEPT_BYTES = 128 * 2**20
"""How much of computed operands is kept for later points."""


@dataclass
class Points:
    """The points of one sweep: `plan` holds everything but their parameters."""

    plan: RunPlan
    workers: int
    _ground: SharedGround | None = None
    _span: Span | None = None
    _operands: "OrderedDict[str, tuple[Floats, int]]" = field(default_factory=OrderedDict)
    _countable: bool = False

    def __post_init__(self) -> None:
        """Bring the bars into the core once, where its kernel covers them."""
        plan, cls = self.plan, type(self.plan.strategy)
        signals = says(cls, "signals") or says(cls, "signals_frame")
        impact = any(cost.impact for cost in plan.costs)
        plain = signals and not says(cls, "allocate") and not callbacks(cls)
        # Quotes and trades, or bars that stay on the disk: only the event engine knows.
        if not plain or impact or type(plan.bars) is not BarSet:
            return
        ground = shared_ground(cls, plan.bars, plan.costs, day_settings(plan))
        if ground is not None:
            self._ground = ground
            self._span = span_of(plan.bars, ground.ends, plan.cash)
            self._countable = _countable(plan)

    def run(self, strategies: Sequence[Strategy]) -> list[Figures | None]:
        """The figures of each; None where the history is too short for it.

        Raises:
            SluiceError: a point that cannot be run, such as a signal that is NaN.
        """
        found: list[Figures | None] = [None] * len(strategies)
        left = list(range(len(strategies)))
        if self._ground is not None and self._span is not None:
            left = self._crossings(strategies, found)
        if len(left) > 1 and self.workers > 1:
            with ThreadPoolExecutor(self.workers) as pool:
                figures = list(pool.map(self._one, [strategies[place] for place in left]))
        else:
            figures = [self._one(strategies[place]) for place in left]
        for place, one in zip(left, figures, strict=True):
            found[place] = one
        return found

    def _one(self, strategy: Strategy) -> Figures | None:
        try:
            if self._ground is not None and self._span is not None:
                said = evaluate(strategy, self.plan.bars)
                if said.target is not None:
                    rebalance = said.rebalance
                    table = self._ground.core.follow(said.target, rebalance)
                    if table["known"][0]:
                        return kernel_figures(table, 0, self._span)
            return whole_backtest(self.plan, strategy)
        except WarmupError:
            return None

    def _crossings(self, strategies: Sequence[Strategy], found: list[Figures | None]) -> list[int]:
        """Fill in the crossings; the places of what is none are returned."""
        assert self._ground is not None
        assert self._span is not None
        rows, left = self._span.rows, []
        places, averages, targets, first = [], [], [], []
        columns: dict[str, int] = {}
        arrays: list[Floats] = []
        crossings = [_crossing(strategy) for strategy in strategies]
        known = [one for one in crossings if one is not None]
        self._materialize([op for one in known for op in (one.first, one.second)])
        for place, (strategy, crossing) in enumerate(zip(strategies, crossings, strict=True)):
            window = None if crossing is None else required(strategy)
            if crossing is None or window is None:
                left.append(place)
                continue
            if window > rows:
                continue
            sides = self._sides(crossing, window - 1, columns, arrays)
            if sides is None:
                left.append(place)
                continue
            places.append(place)
            averages.append(sides)
            targets.append(crossing.targets)
            first.append(window - 1)
        if not places:
            return left
        table = self._ground.core.crossings(
            np.array(averages, np.int64),
            np.array(targets, np.float64),
            np.array(first, np.int64),
            arrays,
            self.workers,
        )
        for row, place in enumerate(places):
            if table["known"][row]:
                found[place] = kernel_figures(table, row, self._span)
            else:
                left.append(place)
        return sorted(left)

    def _sides(
        self, crossing: Crossing, first: int, columns: dict[str, int], arrays: list[Floats]
    ) -> tuple[int, int] | None:
        """The two averages as the core names them; None where a value is missing."""
        first_, second = crossing.first, crossing.second
        if self._countable and first_.window is not None and second.window is not None:
            return first_.window, second.window
        numbers = []
        for side in (first_, second):
            values, known_from = self._operands[side.key]
            if known_from > first:
                return None
            if side.key not in columns:
                arrays.append(values)
                columns[side.key] = len(arrays)
            numbers.append(-columns[side.key])
        return numbers[0], numbers[1]

    def _materialize(self, operands: Sequence[Operand]) -> None:
        """Compute each distinct operand that no sum stands for, once."""
        frame = self.plan.bars.frame
        sums = self._countable
        wanted = {one.key: one.expr for one in operands if not (sums and one.window is not None)}
        missing = {key: expr for key, expr in wanted.items() if key not in self._operands}
        if missing:
            what = f"{type(self.plan.strategy).__name__}.signals"
            parts = computed_parts(frame, list(missing.values()), what)
            for i, key in enumerate(missing):
                self._operands[key] = _known_from(parts[f"part {i}"])
        room = max(1, _KEPT_BYTES // (8 * max(1, len(frame))))
        for key in [key for key in self._operands if key not in wanted]:
            if len(self._operands) <= room:
                break
            del self._operands[key]


def whole_backtest(plan: RunPlan, strategy: Strategy) -> Figures:
    """The figures of a point by the way of `sluice.backtest`."""
    stats = execute(replace(plan, strategy=strategy)).stats
    return {name: stats[name] for name in FIGURES}


def _crossing(strategy: Strategy) -> Crossing | None:
    """The crossing that a strategy is, where the kernel may trade it as one."""
    cls = type(strategy)
    plain = says(cls, "signals") and not says(cls, "signals_frame")
    if not plain or cls.rebalance != "on_change":
        return None
    expr = signals_of(strategy)
    if not set(expr.meta.root_names()) <= set(COLUMNS):
        return None  # another instrument, or another time frame
    return crossing_of(read(expr))


def _countable(plan: RunPlan) -> bool:
    """Whether the core counts the closes as exact means do: then sums of counts decide alike."""
    instrument = plan.bars.instruments[0]
    closes = plan.bars.frame["close"].rechunk().to_numpy()
    exact = core.exact_means(closes, np.zeros(len(closes), np.uint32), 1, [1])
    if exact is None:
        return False
    scale = 10.0 ** price_scale_of(instrument)
    return bool(np.array_equal(np.rint(closes * scale) / scale, exact[0]))


def _known_from(values: pl.Series) -> tuple[Floats, int]:
    """A column as floats, and the row from which on it has no hole.

    Raises:
        SignalError: it holds no numbers.
    """
    if not values.dtype.is_numeric():
        raise SignalError(f"a compared value is {values.dtype}; it must be a number")
    floats: Any = values.cast(pl.Float64).fill_null(np.nan).rechunk().to_numpy()
    holes = np.flatnonzero(~np.isfinite(floats))
    return floats, int(holes[-1]) + 1 if holes.size else 0
