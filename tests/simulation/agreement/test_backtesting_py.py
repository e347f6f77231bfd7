"""The same trades and the same final equity as an engine that no one here wrote: backtesting.py.

SMA and EMA crosses, next-open fills and commission, a fixed size in units, no slippage. A row is
(entry stamp, exit stamp, side, size, entry price, exit price), compared exactly; final equity to
1e-4 of the quote currency on a million (their sums are floats). Rows that differ are printed, must
be explained by a rule of `differences.py`, and may be at most 0.1 %.

What is arranged so that both engines are asked the same thing:

* what is open at the end stays open there (`finalize_trades=False`; their finalizing trades at the
  last bar's *open*, which is past); ours is closed at the last mark and flagged `open_at_end`.
  Entries are compared, exits of open trades are not; neither equity has an exit fee in it;
* their simple means are sums of whole ticks, as ours are: an exact tie is a tie to both;
* they cancel an order that the cash does not cover; cash is ample, and a cancellation fails;
* their loop begins one bar after the last indicator is known; the indicators are filled with
  zeros, so that the first decision is at the same bar;
* ours is silent until an EMA has forgotten its start; theirs decides from that bar on too;
* sizes are whole numbers, because there a size below 1 is a fraction of equity;
* they know no funding and no borrow, so simulated prices are those of a future, which pays neither;
* crypto spot may not be sold short, so long/short runs on currencies, on simulated futures, and on
  bitcoin stated to be shortable.
"""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from market_bars import bar_set
from simulation.agreement.crosses import Crossing, LongCross, Row, Told, ours, theirs
from simulation.agreement.differences import Comparison, compare
from sluice.market.bars import BarSet
from sluice.market.importers import ImportOptions
from sluice.market.simulate import SimulatedMarket, simulate_market
from sluice.market.source import resolve
from sluice.runtime.build import open_catalog

HOURLY = "crypto-spot-1h-2017-2024/BTCUSDT-1h.parquet"
MINUTES = "crypto-spot-5m-2024/{}-5m.parquet"
POUND = "fx-5m-gbpusd-2017/GBPUSD-5m.parquet"


def agreement(bars: BarSet, crossing: Crossing) -> Comparison:
    return compare(bars, crossing, ours(bars, crossing), theirs(bars, crossing))


def recorded(path, *, shortable=None) -> BarSet:
    bars = resolve(path, None, open_catalog(), options=ImportOptions(venue="TEST"))
    return restated(bars, shortable=shortable)


def restated(bars: BarSet, **changes) -> BarSet:
    """The same bars of instruments of which something else is stated."""
    stated = [replace(i, **changes) for i in bars.instruments]
    return BarSet.build(
        bars.frame, stated, every_ns=bars.every_ns, name=bars.name, provenance=bars.provenance
    )


def seeded_walk(seed: int, bars: int = 20_000, gap: float = 0.0) -> BarSet:
    """A random walk whose opens may jump away from the last close, so next-open fills matter."""
    rng = np.random.default_rng(seed)
    closes = np.round(100 * np.exp(np.cumsum(0.002 * rng.standard_normal(bars))), 2)
    before = np.concatenate(([100.0], closes[:-1]))
    opens = np.round(before * np.exp(gap * rng.standard_normal(bars)), 2)
    shape = bar_set(bars=bars, asset_class="future")
    frame = shape.frame.with_columns(
        pl.Series("open", opens),
        pl.Series("high", np.maximum(opens, closes) + 0.05),
        pl.Series("low", np.minimum(opens, closes) - 0.05),
        pl.Series("close", closes),
    )
    return BarSet.build(
        frame, shape.instruments, every_ns=shape.every_ns, name="walk", provenance="simulated"
    )


@pytest.mark.parametrize("shorts", [False, True], ids=["long", "long/short"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_seeded_walk_with_jumping_opens_trades_alike(seed, shorts):
    found = agreement(seeded_walk(seed, gap=0.001), Crossing(units=100, shorts=shorts))
    assert found.agrees, found
    assert found.rows > 150


@pytest.mark.parametrize("shorts", [False, True], ids=["long", "long/short"])
@pytest.mark.parametrize("name", ["ALPHA", "ECHO", "HOTEL"])
def test_the_simulated_market_trades_alike(name, shorts):
    market = restated(simulate_market(SimulatedMarket(seed=5)).only([name]), asset_class="future")
    units = max(1, round(10_000 / float(market.frame["close"][0])))
    found = agreement(market, Crossing(units=units, shorts=shorts, fee=0.0005))
    assert found.agrees, found
    assert found.rows > 150


@pytest.mark.parametrize(("fast", "slow"), [(10, 50), (20, 100)])
@pytest.mark.parametrize(
    ("symbol", "units"),
    [("BTCUSDT", 1), ("SOLUSDT", 500), ("DOGEUSDT", 200_000), ("ETHUSDT", 20), ("XRPUSDT", 50_000)],
)
def test_recorded_five_minute_coins_trade_alike(real_data, symbol, units, fast, slow):
    bars = recorded(real_data / MINUTES.format(symbol))
    found = agreement(bars, Crossing(fast, slow, units))
    assert found.agrees, found
    assert found.rows > 150


@pytest.mark.parametrize("shorts", [False, True], ids=["long", "long/short"])
@pytest.mark.parametrize(("fast", "slow"), [(10, 50), (20, 100)])
def test_seven_years_of_recorded_hourly_bitcoin_with_28_holes_trade_alike(
    real_data, fast, slow, shorts
):
    bars = recorded(real_data / HOURLY, shortable=shorts)
    found = agreement(bars, Crossing(fast, slow, 5, shorts))
    assert found.agrees, found
    assert found.rows > 150


@pytest.mark.parametrize("shorts", [False, True], ids=["long", "long/short"])
@pytest.mark.parametrize(("fast", "slow"), [(10, 50), (20, 100)])
def test_a_year_of_the_recorded_pound_over_weekends_trades_alike(real_data, fast, slow, shorts):
    bars = recorded(real_data / POUND)
    found = agreement(bars, Crossing(fast, slow, 100_000, shorts, fee=0.00002))
    assert found.agrees, found
    assert found.rows > 150


@pytest.mark.parametrize("shorts", [False, True], ids=["long", "long/short"])
@pytest.mark.parametrize(("fast", "slow"), [(12, 48), (20, 100)])
def test_exponential_means_on_seven_years_of_bitcoin_trade_alike(real_data, fast, slow, shorts):
    bars = recorded(real_data / HOURLY, shortable=shorts)
    found = agreement(bars, Crossing(fast, slow, 5, shorts, average="ema"))
    assert found.agrees, found
    assert found.differing == 0
    assert found.rows > 150


@pytest.mark.parametrize("shorts", [False, True], ids=["long", "long/short"])
@pytest.mark.parametrize("seed", [0, 1])
def test_exponential_means_on_a_seeded_walk_trade_alike(seed, shorts):
    crossing = Crossing(12, 48, 100, shorts, average="ema")
    found = agreement(seeded_walk(seed, gap=0.001), crossing)
    assert found.agrees, found
    assert found.differing == 0
    assert found.rows > 150


def test_a_recorded_tie_of_the_means_is_a_tie_to_both(real_data):
    """On 2024-08-31 05:10 the 5-bar and the 20-bar mean of APT are equal to the last tick."""
    found = agreement(recorded(real_data / MINUTES.format("APTUSDT")), Crossing(5, 20, 5_000))
    assert found.agrees, found
    assert found.rows > 2_000
    assert found.differing == 0


@pytest.mark.slow
@pytest.mark.parametrize(("fast", "slow"), [(10, 50), (5, 20)])
def test_all_24_coins_trade_alike(real_data, fast, slow):
    files = sorted((real_data / "crypto-spot-5m-2024").glob("*.parquet"))
    assert len(files) == 24
    for path in files:
        bars = recorded(path)
        units = max(1, round(100_000 / float(bars.frame["close"].max())))
        found = agreement(bars, Crossing(fast, slow, units))
        assert found.agrees, f"{path.stem}: {found}"


def test_fills_at_the_close_of_the_decision_are_found(monkeypatch):
    """A control: an engine that fills a bar too early does not pass for one that agrees."""
    monkeypatch.setattr(LongCross, "fill", "close")
    found = agreement(seeded_walk(0, bars=3_000, gap=0.001), Crossing(units=100))
    assert len(found.unexplained) == 2 * found.rows
    assert not found.agrees


def test_a_row_that_no_rule_explains_is_found():
    bars = seeded_walk(3, bars=3_000)
    crossing = Crossing(units=100)
    told = ours(bars, crossing)
    late = told.rows[4]._replace(entry_ns=told.rows[4].entry_ns + bars.every_ns)
    assert compare(bars, crossing, told, told).agrees
    moved = Told([*told.rows[:4], late, *told.rows[5:]], told.final_equity)
    found = compare(bars, crossing, told, moved)
    assert found.unexplained == [told.rows[4], late]
    assert not found.agrees


def test_a_difference_in_final_equity_alone_is_found():
    bars = seeded_walk(3, bars=3_000)
    told = ours(bars, Crossing(units=100))
    assert not compare(bars, Crossing(), told, Told(told.rows, told.final_equity + 0.01)).agrees


def test_a_trade_begun_at_a_tie_is_explained_and_its_profit_taken_out_of_the_equities():
    shape = bar_set(bars=60, asset_class="future")
    bars = BarSet.build(
        shape.frame.with_columns(pl.lit(100.0).alias("close")),
        shape.instruments,
        every_ns=shape.every_ns,
        name="flat",
        provenance="simulated",
    )
    starts = bars.frame["ts_start"].to_physical().to_list()
    row = Row(starts[55], starts[57], 1, 10.0, 100.0, 101.0)
    found = compare(bars, Crossing(fee=0.0), Told([row], 1_010.0), Told([], 1_000.0))
    assert found.only_ours == [row]
    assert not found.unexplained
    assert found.equity_gap == pytest.approx(0.0)
    assert not found.agrees  # one row of one is more than 0.1 %
