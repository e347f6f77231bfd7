"""One price for a bar, in the unit of its prices."""

import polars as pl

from sluice.strategy.indicators.columns import OWN, Columns


def typprice(bars: Columns = OWN) -> pl.Expr:
    """Typical price, (high + low + close) / 3."""
    return (bars.high + bars.low + bars.close) / 3


def medprice(bars: Columns = OWN) -> pl.Expr:
    """Median price, (high + low) / 2."""
    return (bars.high + bars.low) / 2


def wclprice(bars: Columns = OWN) -> pl.Expr:
    """Weighted close, (high + low + 2 close) / 4."""
    return (bars.high + bars.low + 2 * bars.close) / 4


def avgprice(bars: Columns = OWN) -> pl.Expr:
    """(open + high + low + close) / 4."""
    return (bars.open_ + bars.high + bars.low + bars.close) / 4
