"""Who made the money and what it cost: P&L per instrument, costs per month, parts of the window."""

from dataclasses import dataclass

import polars as pl

from sluice.research.report.series import session_day
from sluice.statistics import metrics
from sluice.statistics.drawdown import max_drawdown
from sluice.statistics.returns import Floats

COSTS = ("fee", "slippage", "impact")


def by_instrument(
    fills: pl.DataFrame,
    round_trips: pl.DataFrame,
    bars: pl.DataFrame,
    ledger: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row an instrument of the universe: instrument, pnl, fees, fills, trips, win_rate.

    pnl = sold − bought notional + what is left at the last close − fees + ledger lines, so that the
    sum is the change of equity. Where something is quoted in another currency it is that of the
    round trips, each at the rate of its exit. win_rate is null without trips.
    """
    if "fx_rate" in round_trips.columns and (round_trips["fx_rate"] != 1).any():
        return _by_trips(fills, round_trips, bars)
    name = pl.col("instrument").cast(pl.String)
    universe = (
        bars.sort("ts").group_by(name, maintain_order=True).agg(pl.col("close").last())
    ).sort("instrument")
    side = pl.when(pl.col("side") == "buy").then(1.0).otherwise(-1.0)
    money = fills.group_by(name).agg(
        (-side * pl.col("notional")).sum().alias("flow"),
        (side * pl.col("qty")).sum().alias("left"),
        (pl.col("notional") / (pl.col("qty") * pl.col("price"))).median().alias("multiplier"),
        pl.col("fee").sum().alias("fees"),
        pl.len().alias("fills"),
    )
    trips = round_trips.group_by(name).agg(
        pl.len().alias("trips"), (pl.col("pnl") > 0).mean().alias("win_rate")
    )
    joined = universe.join(money, on="instrument", how="left").join(
        trips, on="instrument", how="left"
    )
    filled = joined.with_columns(
        pl.col("flow", "left", "multiplier", "fees", "fills", "trips").fill_null(0)
    )
    if ledger is not None and not ledger.is_empty():
        filled = _with_lines(filled, fills, ledger)
    marked = pl.col("left") * pl.col("multiplier") * pl.col("close")
    pnl = (pl.col("flow") + marked - pl.col("fees")).alias("pnl")
    return filled.select("instrument", pnl, "fees", "fills", "trips", "win_rate")


def _with_lines(rows: pl.DataFrame, fills: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    """`flow` with the amounts of the lines; `left` counted in the units after the last split."""
    amounts = ledger.group_by("instrument").agg(pl.col("amount").sum())
    split = (
        ledger.filter(pl.col("kind") == "split")
        .group_by("instrument", maintain_order=True)
        .agg(pl.col("ts").last().alias("split_ts"), pl.col("qty").last().alias("after"))
    )
    side = pl.when(pl.col("side") == "buy").then(1.0).otherwise(-1.0)
    later = (
        fills.with_columns(pl.col("instrument").cast(pl.String))
        .join(split, on="instrument", how="inner")
        .filter(pl.col("ts") >= pl.col("split_ts"))  # a split comes before the opens of its stamp
        .group_by("instrument")
        .agg((side * pl.col("qty")).sum().alias("since"))
    )
    wide = rows
    for table in (amounts, split, later):
        wide = wide.join(table, on="instrument", how="left", maintain_order="left")
    held = pl.col("after") + pl.col("since").fill_null(0.0)
    return wide.with_columns(
        pl.col("flow") + pl.col("amount").fill_null(0.0),
        pl.when(pl.col("after").is_null()).then(pl.col("left")).otherwise(held).alias("left"),
    )


def _by_trips(fills: pl.DataFrame, round_trips: pl.DataFrame, bars: pl.DataFrame) -> pl.DataFrame:
    name = pl.col("instrument").cast(pl.String)
    universe = bars.select(name).unique().sort("instrument")
    money = fills.group_by(name).agg(pl.len().alias("fills"))
    trips = round_trips.group_by(name).agg(
        pl.col("pnl").sum(),
        pl.col("fees").sum(),
        pl.len().alias("trips"),
        (pl.col("pnl") > 0).mean().alias("win_rate"),
    )
    wide = universe.join(money, on="instrument", how="left", maintain_order="left")
    wide = wide.join(trips, on="instrument", how="left", maintain_order="left")
    return wide.select(
        "instrument", pl.col("pnl", "fees", "fills", "trips").fill_null(0), "win_rate"
    )


def by_month(equity: pl.DataFrame, fills: pl.DataFrame, cash: float) -> pl.DataFrame:
    """One row a month: month (Date), net, fee, slippage, impact, gross (money), turnover.

    gross = net + costs; costs ≥ 0 where they cost. turnover = notional of all fills of the month
    over its mean equity (each buy and each sell counted once).
    """
    month = session_day(pl.col("ts")).dt.truncate("1mo").alias("month")
    marks = equity.group_by(month, maintain_order=True).agg(
        pl.col("equity").last().alias("last"), pl.col("equity").mean().alias("mean")
    )
    net = (pl.col("last") - pl.col("last").shift(1, fill_value=cash)).alias("net")
    costs = [c for c in COSTS if c in fills.columns]
    day = pl.col("ts").dt.date().dt.truncate("1mo").alias("month")
    paid = fills.group_by(day).agg(pl.col("notional", *costs).sum())
    rows = marks.with_columns(net).join(paid, on="month", how="left")
    missing = [pl.lit(0.0).alias(c) for c in COSTS if c not in costs]
    rows = rows.with_columns(pl.col("notional", *costs).fill_null(0.0), *missing)
    return rows.select(
        "month",
        "net",
        *COSTS,
        (pl.col("net") + pl.sum_horizontal(*COSTS)).alias("gross"),
        (pl.col("notional") / pl.col("mean")).alias("turnover"),
    )


@dataclass(frozen=True)
class WindowFigures:
    """Figures of one stretch of the window; NaN where it holds too little to say."""

    sessions: int
    total_return: float
    sharpe: float
    max_drawdown: float
    trips: int
    win_rate: float
    profit_factor: float


def window_figures(
    marks: Floats, returns: Floats, pnl: Floats, sessions_per_year: float
) -> WindowFigures:
    """Figures of a stretch: its equity marks (the one before it first), its daily returns, and the
    P&L of the trips that ended in it.
    """
    return WindowFigures(
        sessions=len(returns),
        total_return=metrics.total_return(returns),
        sharpe=metrics.sharpe(returns, sessions_per_year),
        max_drawdown=max_drawdown(marks),
        trips=len(pnl),
        win_rate=metrics.win_rate(pnl),
        profit_factor=metrics.profit_factor(pnl),
    )
