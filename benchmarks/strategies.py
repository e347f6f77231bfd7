"""Our strategies of the benchmark, as a user writes them."""

import polars as pl

from sluice import Bar, Context, Param, Strategy, close, sma

FAST, SLOW = 10, 50
QUANTITY = 100
TIE = 1e-6  # ticks: less than the least difference of two means of whole ticks, more than rounding


class Cross(Strategy):
    """Long above, flat below; the averages are computed before the loop."""

    def signals(self) -> pl.Expr:
        ticks = (close * 100).round()
        return sma(ticks, FAST) - sma(ticks, SLOW)

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        i = bar.instrument
        lead = ctx.signal(i)  # NaN until the windows are full
        if lead > TIE:
            if not ctx.position(i).qty:
                ctx.buy(i, QUANTITY)
        elif lead < -TIE and ctx.position(i).qty:
            ctx.sell(i, QUANTITY)


class NativeCross(Strategy):
    """The same, with averages from the core bar by bar."""

    warmup = SLOW

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        i = bar.instrument
        fast, slow = ctx.sma(i, FAST), ctx.sma(i, SLOW)  # NaN until the window is full
        if fast > slow:
            if not ctx.position(i).qty:
                ctx.buy(i, QUANTITY)
        elif fast < slow and ctx.position(i).qty:
            ctx.sell(i, QUANTITY)


class Bare(Strategy):
    """Nothing at all."""

    warmup = 1

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        pass


class VectorCross(Strategy):
    """The same without a callback: a hundred units above, none below, a tie holds."""

    sizing = "units"

    def signals(self) -> pl.Expr:
        ticks = (close * 100).round()
        lead = sma(ticks, FAST) - sma(ticks, SLOW)
        return pl.when(lead > TIE).then(float(QUANTITY)).when(lead < -TIE).then(0.0)


class SweepCross(Strategy):
    """The same with the two windows as parameters."""

    sizing = "units"
    fast: int = Param(FAST, ge=2, le=1_000)
    slow: int = Param(SLOW, ge=3, le=10_000)

    def signals(self) -> pl.Expr:
        fast, slow = sma(close, self.fast), sma(close, self.slow)
        return pl.when(fast > slow).then(float(QUANTITY)).when(fast < slow).then(0.0)
