"""The callbacks of a strategy: what it may override where an idea needs state or order control.

Each does nothing here. Time, chance, memory and data come only from `ctx`; there is no accessor
for the next bar. `callbacks(cls)` says which ones a class overrides, so that a driver calls no
others.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from sluice.domain.errors import StrategyError

if TYPE_CHECKING:
    from sluice.core import Bar, Context, Fill, Order, Quote, Trade

NAMES = ("on_start", "on_stop", "on_bar", "on_quote", "on_trade", "on_order", "on_fill")


class Callbacks:
    """No-op callbacks, in the order of a run."""

    def on_start(self, ctx: Context) -> None:
        """Before the first bar; `ctx.state` is fresh or restored."""

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        """At each bar's end, once per instrument; overriding it replaces the default trading."""

    def on_quote(self, ctx: Context, quote: Quote) -> None:
        """At each new best bid and ask of an instrument."""

    def on_trade(self, ctx: Context, trade: Trade) -> None:
        """At each print of the market."""

    def on_order(self, ctx: Context, order: Order) -> None:
        """When the status of one of our orders changed."""

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        """When one of our orders was filled, wholly or partly."""

    def on_stop(self, ctx: Context) -> None:
        """After the last bar; orders still open are canceled by the driver."""


def callbacks(cls: type[Callbacks]) -> set[str]:
    """Names of the callbacks that `cls` or one of its bases overrides."""
    return {name for name in NAMES if getattr(cls, name) is not getattr(Callbacks, name)}


def refuse_deferred(cls: type[Callbacks]) -> None:
    """Refuse callbacks that would return at once and never run: generators and coroutines.

    Raises:
        StrategyError: names the callback.
    """
    for name in sorted(callbacks(cls)):
        method = getattr(cls, name)
        deferred = (
            inspect.isgeneratorfunction(method),
            inspect.iscoroutinefunction(method),
            inspect.isasyncgenfunction(method),
        )
        if any(deferred):
            kind = "generator" if deferred[0] else "coroutine"
            raise StrategyError(
                f"{cls.__name__}.{name} is a {kind}, which nothing would drive; make it a plain "
                "method, without yield or async"
            )
