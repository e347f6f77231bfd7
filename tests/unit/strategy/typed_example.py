"""A strategy as the checkers see it; test_typing.py holds what they say about each line."""

from typing import Literal, reveal_type

import polars as pl

from sluice import Bar, Context, Param, Strategy, close, ema


class Typed(Strategy):
    """Every kind of parameter, a callback, and the expression."""

    rebalance = "1w"
    fast: int = Param(12, ge=2, le=100)
    weight: float = Param(1, gt=0, le=1)
    kind: str = Param("sma", choices=("sma", "ema"))
    side: Literal["long", "short"] = Param("long")
    flip: bool = Param(default=False)

    def signals(self) -> pl.Expr:
        """A target."""
        return pl.when(ema(close, self.fast) > close).then(self.weight)

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        """Nothing."""


good = Typed(fast=10)
reveal_type(good.fast)
reveal_type(good.weight)
reveal_type(good.side)
reveal_type(good.replace(fast=3))
Typed(fats=10)
Typed(fast="x")
Typed(10)
good.fast = 3
