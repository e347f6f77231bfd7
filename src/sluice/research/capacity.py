"""Capacity of a strategy: the largest capital at which it still clears the floor (Gate 1).

An instrument's same-direction trading of a session is **one parent order**: slicing is no discount.
Each parent costs Y·σ_d·√(Q/ADV) of its notional, and may be at most a share of ADV. ADV and σ_d
come from the 30 sessions before, never from the day itself. Quantities scale with capital.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sluice.domain.evidence import CapacityEvidence
from sluice.domain.instrument import Instrument
from sluice.lifecycle.thresholds import CAPACITY, CapacityRule
from sluice.research.liquidity import SessionIndex, past_liquidity
from sluice.statistics.capacity import largest_scale, net_sharpe, square_root_impact
from sluice.statistics.returns import DailyReturns, Floats, Integers

_CURVE_POINTS = 41
_HIGHEST_SCALE = 1e12  # times the simulated capital: beyond any market
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class CapacityEstimate:
    """What binds and where. Capitals in the base currency; NaN where unknown, see `reason`.

    `capital` is the smaller of `sharpe_capital` (the Sharpe after impact reaches the floor) and
    `participation_capital` (the largest parent reaches its share of ADV). `instrument` is the
    worst one: of the largest share of ADV, or of most of the impact. `curve`: (capital, Sharpe
    after costs and impact), capital rising, for the report.
    """

    capital: float
    reason: str
    instrument: str | None
    sharpe_capital: float
    participation_capital: float
    curve: tuple[tuple[float, float], ...]

    def evidence(self) -> CapacityEvidence:
        """What Gate 1 reads of it."""
        return CapacityEvidence(self.capital, self.reason, self.instrument)


def estimate_capacity(
    fills: pl.DataFrame,
    bars: pl.DataFrame,
    daily: DailyReturns,
    *,
    cash: float,
    instruments: Sequence[Instrument],
    session_index: SessionIndex,
    sessions_per_year: float,
    rule: CapacityRule = CAPACITY,
) -> CapacityEstimate:
    """Estimate the capacity of a simulated run.

    Args:
        fills: ts, instrument, side ("buy"/"sell"), notional (base currency); one row a fill.
        bars: ts (bar end), instrument, close, volume (units; null or 0 throughout: no volume).
        daily: daily returns of the run **after costs**, and the equity they stand on.
        cash: capital of the run, base currency, > 0.
        instruments: those of `bars`; multiplier, and `adv_usd` where there is no volume.
        session_index: session of a bar-end stamp (UTC ns), as the calendar says it.
        sessions_per_year: annualizes the Sharpe ratio.
        rule: floor, Y, participation, sessions of ADV.

    Returns:
        The estimate. "no_trades" without fills; "no_volume" where a traded instrument has none.
    """
    if fills.is_empty() or not len(daily):
        return _unknown("no_trades", None)
    parents = _parents(fills, session_index)
    market = past_liquidity(bars, instruments, session_index, rule.adv_sessions)
    known = parents.join(market, on=("instrument", "session"), how="left", maintain_order="left")
    known = _fill_with_worst(known, market)
    for name in known.filter(pl.col("adv").is_null())["instrument"]:
        return _unknown("no_volume", str(name))
    return _solve(known, daily, cash, sessions_per_year, rule)


def _unknown(reason: str, instrument: str | None) -> CapacityEstimate:
    return CapacityEstimate(_NAN, reason, instrument, _NAN, _NAN, ())


def _parents(fills: pl.DataFrame, session_index: SessionIndex) -> pl.DataFrame:
    """Notional of each (instrument, session, side), sorted by instrument, session and side.

    Order is kept while grouping, so that sums do not depend on the number of threads. A fill is
    at the open of a bar, so a stamp of midnight belongs to the session that begins.
    """
    ts = fills["ts"].cast(pl.Datetime("ns", "UTC")).to_physical().to_numpy()
    return (
        fills.select(
            pl.col("instrument").cast(pl.String),
            pl.Series("session", session_index(ts + 1)),
            "side",
            pl.col("notional").cast(pl.Float64).abs(),
        )
        .group_by("instrument", "session", "side", maintain_order=True)
        .agg(pl.col("notional").sum())
        .sort("instrument", "session", "side")
    )


def _fill_with_worst(parents: pl.DataFrame, market: pl.DataFrame) -> pl.DataFrame:
    """Where history is too short, the instrument's smallest ADV and largest σ_d stand in.

    Pessimistic on purpose: a strategy that trades before it can be measured gains nothing. With no
    measurable session at all, ADV is null (`no_volume`) and σ_d one (a day's whole price).
    """
    worst = market.group_by("instrument").agg(
        pl.col("adv").fill_nan(None).min().alias("worst_adv"),
        pl.col("sigma").fill_nan(None).max().alias("worst_sigma"),
    )
    return parents.join(worst, on="instrument", how="left", maintain_order="left").with_columns(
        pl.col("adv").fill_nan(None).fill_null(pl.col("worst_adv")),
        pl.col("sigma").fill_nan(None).fill_null(pl.col("worst_sigma")).fill_null(1.0),
    )


def _solve(
    parents: pl.DataFrame,
    daily: DailyReturns,
    cash: float,
    sessions_per_year: float,
    rule: CapacityRule,
) -> CapacityEstimate:
    notional, adv = parents["notional"].to_numpy(), parents["adv"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(notional > 0, notional / adv, 0.0)
        impact = square_root_impact(notional, adv, parents["sigma"].to_numpy(), rule.impact_y)
        # An ADV of zero makes both infinite; the share alone already leaves no capital.
        cost = np.nan_to_num(notional * impact, nan=0.0, posinf=0.0)
    drag = _daily_drag(parents["session"].to_numpy(), cost, daily)

    def sharpe_at(scale: float) -> float:
        return net_sharpe(daily.returns, drag, scale, sessions_per_year)

    largest = float(np.max(share))
    by_participation = rule.max_participation / largest if largest > 0 else 0.0
    by_sharpe = largest_scale(sharpe_at, rule.floor_sharpe, _HIGHEST_SCALE)
    participation_binds = by_participation <= by_sharpe
    worst = int(np.argmax(share)) if participation_binds else _dearest(parents, cost)
    return CapacityEstimate(
        capital=cash * min(by_sharpe, by_participation),
        reason="participation" if participation_binds else "sharpe",
        instrument=str(parents["instrument"][worst]),
        sharpe_capital=cash * by_sharpe,
        participation_capital=cash * by_participation,
        curve=_curve(sharpe_at, cash, by_participation),
    )


def _dearest(parents: pl.DataFrame, cost: Floats) -> int:
    """Row of a parent of the instrument that pays most impact in all."""
    _, code = np.unique(parents["instrument"].to_numpy(), return_inverse=True)
    return int(np.argmax(code == np.argmax(np.bincount(code, weights=cost))))


def _daily_drag(session: Integers, cost: Floats, daily: DailyReturns) -> Floats:
    """Impact of each session (base currency at scale 1) over the equity that it starts with.

    Trading on a session without a return (the last open) counts on the session before it.
    """
    day = np.clip(np.searchsorted(daily.session, session), 0, len(daily) - 1)
    drag: Floats = np.bincount(day, weights=cost, minlength=len(daily)) / daily.start_equity
    return drag


def _curve(
    sharpe_at: Callable[[float], float], cash: float, highest: float
) -> tuple[tuple[float, float], ...]:
    """Sharpe from a thousandth of the highest capital to ten times it, in even ratios."""
    if highest <= 0 or math.isinf(highest):
        return ()
    scales = np.geomspace(highest / 1000.0, highest * 10.0, _CURVE_POINTS)
    return tuple((cash * float(scale), sharpe_at(float(scale))) for scale in scales)
