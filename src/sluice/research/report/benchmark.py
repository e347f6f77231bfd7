"""Buy-and-hold of the run's universe, the yardstick beside every equity curve."""

import polars as pl


def buy_and_hold(bars: pl.DataFrame, cash: float) -> pl.DataFrame:
    """Equal weights bought once at each instrument's first open, never rebalanced, without costs.

    Takes ts, instrument, open, close; gives ts, equity (money). The share of an instrument that
    starts later waits as cash; a missing bar keeps the last close.
    """
    if bars.is_empty():
        return pl.DataFrame(schema={"ts": pl.Datetime("ns", "UTC"), "equity": pl.Float64})
    growth = (
        bars.sort("ts")
        .select(
            "ts",
            pl.col("instrument").cast(pl.String),
            (pl.col("close") / pl.col("open").first().over("instrument")).alias("growth"),
        )
        .pivot(on="instrument", index="ts", values="growth")
        .sort("ts")
    )
    names = [name for name in growth.columns if name != "ts"]
    held = growth.select("ts", pl.col(names).forward_fill().fill_null(1.0))
    return held.select("ts", (pl.mean_horizontal(names) * cash).alias("equity"))
