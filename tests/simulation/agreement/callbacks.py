"""The eight shipped strategies once more, trading from `on_bar` by the same rule.

What the platform does with targets is written here as a user would: `ctx.signal(i)` is what
`signals` says, the memory is in `State`, orders go through `ctx.target`. Where the original
allocates, the weights of the panel are computed here in plain Python.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from sluice import Bar, Context, Strategy
from sluice.strategy.load import registered

WEEK = 7
Weigh = Callable[[Strategy, dict[str, float]], dict[str, float]]


@dataclass
class Memory:
    """What a run remembers: the last targets, what was last said, and the last period."""

    targets: dict[str, float] = field(default_factory=dict)
    said: dict[str, float] = field(default_factory=dict)
    period: dict[str, int] = field(default_factory=dict)


class OnChange:
    """Trades a signal that moved; NaN keeps."""

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        move(ctx, bar.instrument, ctx.signal(bar.instrument))


class Periodic:
    """Sets the position to the signal said last, on the first bar of each period."""

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        i, memory = bar.instrument, ctx.state
        if not math.isnan(ctx.signal(i)):
            memory.said[i] = ctx.signal(i)
        if begins(ctx, i, self.every):
            ctx.target(i, memory.said.get(i, 0.0))


class Panel:
    """Weighs all instruments at once, when the last of them has spoken."""

    names: ClassVar[tuple[str, ...]]
    every: ClassVar[str]
    weigh: ClassVar[Weigh]

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        memory = ctx.state
        memory.said[bar.instrument] = ctx.signal(bar.instrument)
        if bar.instrument != self.names[-1]:
            return
        due = self.every == "on_change" or begins(ctx, "panel", self.every)
        for i, weight in type(self).weigh(self, memory.said).items():
            if self.every == "on_change":
                move(ctx, i, weight)
            elif due:
                ctx.target(i, weight)


def move(ctx: Context, i: str, target: float) -> None:
    """Trade `target` where it is more than 1e-9 from the one in force."""
    if abs(target - ctx.state.targets.get(i, 0.0)) > 1e-9:
        ctx.state.targets[i] = target
        ctx.target(i, target)


def begins(ctx: Context, key: str, every: str) -> bool:
    """Whether this bar is the first of a day or (from Monday) of a week."""
    day = ctx.now_ns // (86_400 * 10**9)
    number = day if every == "1d" else (day + 3) // WEEK
    first = ctx.state.period.get(key) != number
    ctx.state.period[key] = number
    return first


def ranked(strategy: Strategy, scores: dict[str, float]) -> dict[str, float]:
    """Long the best, short the worst `quantile`; ties by name."""
    known = sorted((score, i) for i, score in scores.items() if not math.isnan(score))
    k = max(1, math.floor(len(known) * strategy.quantile + 1e-9))
    weights = dict.fromkeys(scores, 0.0)
    if len(known) >= 2 * k:
        weights.update({i: -0.5 / k for _, i in known[:k]})
        weights.update({i: 0.5 / k for _, i in known[-k:]})
    return weights


def plain(_: Strategy, scores: dict[str, float]) -> dict[str, float]:
    """The scores are the weights; what says nothing is out."""
    return {i: 0.0 if math.isnan(score) else score for i, score in scores.items()}


def on_callbacks(name: str, names: tuple[str, ...], leverage: float) -> type[Strategy]:
    """The shipped strategy `name` on `on_bar`, for instruments in the order of the bars."""
    original = registered()[name]
    weigh = {"cross_momentum": ranked, "cross_reversal": ranked, "cointegrated_pair": plain}
    trader = OnChange if original.rebalance == "on_change" else Periodic
    body = {"State": Memory, "every": original.rebalance, "max_leverage": leverage}
    if name in weigh:
        trader = Panel
        # Nothing reads `allocate` here: a class that trades from on_bar may not have one.
        body |= {"names": names, "weigh": weigh[name], "allocate": Strategy.allocate}
    body |= {"on_bar": trader.on_bar, "rebalance": "on_change", "__module__": __name__}
    return type(f"{original.__name__}OnBar", (original,), body)
