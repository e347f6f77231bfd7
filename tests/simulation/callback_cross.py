"""A crossing of averages on callbacks, for the tests of memory."""

from sluice import Bar, Context, Strategy


class CallbackCross(Strategy):
    """Long above, flat below, by averages of the core."""

    warmup = 50

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        i = bar.instrument
        above = ctx.sma(i, 10) > ctx.sma(i, 50)
        if above and not ctx.position(i).qty:
            ctx.buy(i, 1.0, tag="above")
        elif not above and ctx.position(i).qty:
            ctx.sell(i, 1.0, tag="below")
