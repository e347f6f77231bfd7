"""Expressions that turn conditions and scores into targets: `hold` and `long_short`."""

import polars as pl

from sluice.market.features import score


def hold(
    long: pl.Expr,
    *,
    short: pl.Expr | None = None,
    exits: pl.Expr | None = None,
    size: float | pl.Expr = 1.0,
) -> pl.Expr:
    """Entries and exits as a target: null (keep) unless exactly one of them speaks.

    `long` → size, `short` → −size, `exits` → 0. Two at once say nothing, and a condition that is
    null does not speak. The position between is kept by the rule that null keeps the target, so
    no loop and no fill is needed.
    """
    enter = long.fill_null(value=False)
    sell = pl.lit(value=False) if short is None else short.fill_null(value=False)
    leave = pl.lit(value=False) if exits is None else exits.fill_null(value=False)
    amount = pl.lit(float(size)) if isinstance(size, int | float) else size
    return (
        pl.when(enter & ~sell & ~leave)
        .then(amount)
        .when(sell & ~enter & ~leave)
        .then(-amount)
        .when(leave & ~enter & ~sell)
        .then(pl.lit(0.0))
    )


def long_short(quantile: float) -> pl.Expr:
    """Equal weights from `score`: long the top quantile, short the bottom one; gross 1, net 0.

    Of n instruments with a score, k = max(1, ⌊n · quantile⌋) stand on each side with ±1/(2k); with
    fewer than 2k there is no position. Ties go by the order of the instruments' names.
    """
    n = score.count()
    # A hair is added so that 100 × 0.29 counts 29 and not 28.
    k = (n * quantile + 1e-9).floor().clip(lower_bound=1)
    rank = score.rank("ordinal")
    weight = 0.5 / k
    return (
        pl.when(n < 2 * k)
        .then(pl.lit(0.0))
        .when(rank > n - k)
        .then(weight)
        .when(rank <= k)
        .then(-weight)
        .otherwise(pl.lit(0.0))
    )
