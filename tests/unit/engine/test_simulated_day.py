"""The driver: decimals to integers, targets to fills, errors in words, digests that repeat."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from sluice import core
from sluice.domain.errors import BadData, StrategyError, UsageError
from sluice.domain.instrument import CostSchedule
from sluice.engine.simulated_day import DaySettings, core_bars, core_instrument, to_nanos
from sluice.market.features import close
from sluice.strategy.base import Strategy
from unit.engine.days import FREE, HOUR, instrument, market, run

WALK = 100 + np.cumsum(np.random.default_rng(7).integers(-3, 4, 400)) / 4


class Above(Strategy):
    def signals(self):
        return pl.when(close > close.rolling_mean(10)).then(0.4).otherwise(-0.4)


def test_money_becomes_whole_billionths_upwards():
    assert to_nanos(100_000) == 100_000 * 10**9
    assert to_nanos(0.1) == 100_000_000
    assert to_nanos(Decimal("0.00000000001")) == 1
    with pytest.raises(ValueError, match="not a finite number"):
        to_nanos(float("nan"))


def test_a_tick_finer_than_the_scales_is_refused_by_name():
    with pytest.raises(ValueError, match=r"tick_size of AAA\.SIM is 1E-12, finer than 9 decimals"):
        core_instrument(instrument("AAA", tick_size=Decimal("1E-12")))


def test_a_target_is_bought_at_the_next_open_with_its_costs():
    class Half(Strategy):
        def signals(self):
            return pl.when(close == 110).then(0.5).otherwise(None)

    cost = CostSchedule(Decimal("0.001"), Decimal("0.002"), Decimal("0.0005"), "test")
    fills = run(Half(), market({"AAA": [100, 110, 120, 120]}), cost=cost).fills
    # 0.5 × 100,000 / 110 = 454.545 units, at the open of 110 and 5 bp of it.
    assert fills["ts"].tolist() == [2 * HOUR]
    assert fills["qty"].tolist() == [454.545]
    assert fills["price"].tolist() == [110.055]
    assert fills["ref_price"].tolist() == [110.0]
    assert fills["fee"][0] == pytest.approx(454.545 * 110.055 * 0.002, abs=1e-9)
    assert fills["slippage"][0] == pytest.approx(454.545 * 0.055)


def test_the_books_of_a_run_agree():
    cost = CostSchedule(Decimal("0.0002"), Decimal("0.0005"), Decimal("0.0001"), "test")
    result = run(Above(), market({"AAA": WALK, "BBB": WALK[::-1]}), cost=cost)
    gain = result.equity["equity"][-1] - 100_000
    assert result.final_equity_nanos == round(result.equity["equity"][-1] * 10**9)
    assert result.round_trips["pnl"].sum() == pytest.approx(gain, abs=1e-6)
    assert result.round_trips["fees"].sum() == pytest.approx(result.fills["fee"].sum(), abs=1e-6)
    held = result.equity["cash"] + result.equity["net"]
    assert held == pytest.approx(result.equity["equity"], abs=1e-6)


def test_impact_raises_the_price_with_the_root_of_the_share_of_a_day():
    class Buy(Strategy):
        sizing = "units"

        def signals(self):
            return close * 0 + 100.0

    bars = market({"AAA": [100, 100, 100]})
    known = {"adv": np.full(3, 10_000.0), "sigma": np.full(3, 0.02)}
    cost = replace(FREE, impact=1.0)
    fills = run(Buy(), bars, cost=cost, **known).fills
    assert fills["price"].tolist() == [100.2]  # 1 × 0.02 × √(100/10000) of 100
    assert run(Buy(), bars, cost=cost).counts["impact_unknown"] == 1


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("close", float("nan"), r"row 1: close NaN of AAA\.SIM is not a finite price above zero"),
        ("open", float("inf"), "row 1: open inf of AAA"),
        ("low", -1.0, "row 1: low -1 of AAA"),
        ("high", 1.0, "row 1: high is below"),
        ("volume", -1.0, "row 1: volume is below zero"),
    ],
)
def test_bars_that_cannot_be_are_refused_naming_the_row(column, value, words):
    bars = market({"AAA": [100, 100]})
    broken = pl.Series(column, [bars.frame[column][0], value])
    object.__setattr__(bars, "frame", bars.frame.with_columns(broken))
    with pytest.raises(BadData, match=words):
        core_bars(bars, DaySettings(cash=1))


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(UsageError, match="not a finite number"):
        run(Above(), market({"AAA": WALK}), cash=float("inf"))


def test_progress_is_told_and_its_exception_ends_the_run():
    bars = core_bars(market({"AAA": np.full(40_000, 100.0)}), DaySettings(cash=1))
    settings = core.RunSettings(cash=10**9, bar_ns=HOUR)
    costs = [core.CostRule(maker=0, taker=0, half_spread=0)]
    seen = []
    core.run(bars, costs, settings, progress=lambda done, rows: seen.append((done, rows)))
    assert seen == [(16_384, 40_000), (32_768, 40_000), (40_000, 40_000)]
    with pytest.raises(ZeroDivisionError):
        core.run(bars, costs, settings, progress=lambda done, rows: 1 // 0)


@pytest.mark.parametrize("with_callback", [False, True])
def test_ctrl_c_ends_a_run(with_callback):
    bars = core_bars(market({"AAA": np.full(40_000, 100.0)}), DaySettings(cash=1))
    settings = core.RunSettings(cash=10**9, bar_ns=HOUR)
    costs = [core.CostRule(maker=0, taker=0, half_spread=0)]

    class Quiet:
        def on_bar(self, ctx, bar):
            pass

    chosen = {"strategy": Quiet(), "callbacks": ["on_bar"]} if with_callback else {}

    def interrupt(done, rows):
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        core.run(bars, costs, settings, progress=interrupt, **chosen)


DIGEST = """
from unit.engine.test_simulated_day import Above, WALK
from unit.engine.days import market, run
print(run(Above(), market({"AAA": WALK, "BBB": WALK[::-1]})).digest())
"""


def test_a_fresh_process_gives_the_same_digest():
    here = run(Above(), market({"AAA": WALK, "BBB": WALK[::-1]})).digest()
    path = os.pathsep.join(part for part in sys.path if part)
    there = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={"PYTHONPATH": path, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


def test_the_order_in_which_instruments_are_loaded_changes_nothing():
    one = run(Above(), market({"AAA": WALK, "BBB": WALK[::-1]}))
    other = run(Above(), market({"BBB": WALK[::-1], "AAA": WALK}))
    assert one.digest() == other.digest()


def test_a_target_too_large_to_be_counted_is_taken_back_and_counted():
    class Vast(Strategy):
        sizing = "units"

        def signals(self):
            return close * 0 + 1e30

    done = run(Vast(), market({"AAA": [100, 101, 102]}))
    assert done.counts["clipped_too_large"] == 1
    assert done.fills["notional"][0] <= 100_000


def test_an_order_too_large_to_be_counted_is_the_strategys_error():
    class Vast(Strategy):
        def on_bar(self, ctx, bar):
            ctx.buy(bar.instrument, 1e30)

    with pytest.raises(StrategyError, match=r"out of range"):
        run(Vast(), market({"AAA": [100, 101, 102]}))


def test_a_run_that_gains_without_end_ends_with_a_record():
    class Foresight(Strategy):
        def signals_frame(self, bars):
            ahead = (close.shift(-1) > close).cast(pl.Float64)
            return bars.select("ts", "instrument", signal=ahead.fill_null(0.0))

    rng = np.random.default_rng(1)
    walk = 100 * np.exp(np.cumsum(rng.normal(0, 0.05, 6_000)))
    done = run(Foresight(), market({"AAA": np.round(walk, 2).clip(1)}))
    assert done.counts["clipped_too_large"] > 0
    assert done.equity["equity"][-1] > 1e12
