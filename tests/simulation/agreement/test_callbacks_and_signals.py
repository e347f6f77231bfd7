"""Each shipped strategy on signals and on callbacks: the same fills, to the last digit.

On simulated hours and recorded coins. The leverage is high enough that nothing need be scaled or
fitted together: a callback asks for one instrument at a time and cannot know what others will ask.
"""

import polars as pl
import pytest

import sluice
from simulation.agreement.callbacks import on_callbacks
from simulation.agreement.test_backtesting_py import MINUTES, recorded
from sluice.market.bars import BarSet
from sluice.market.simulate import SimulatedMarket, simulate_market
from sluice.strategy.load import registered

LEVERAGE = 5.0
COINS = ("ETHUSDT", "BTCUSDT", "SOLUSDT", "XRPUSDT")
# Windows of 5-minute bars that leave much of a quarter to trade in.
SHORT = {
    "cointegrated_pair": {"leg": "ETHUSDT", "hedge": "BTCUSDT", "n": 288, "evidence": 1.0},
    "vol_target_trend": {"fast": 12, "slow": 60, "n": 100, "bars_per_year": 105_120},
}


@pytest.fixture(scope="module")
def simulated() -> BarSet:
    return simulate_market(SimulatedMarket(days=400))


@pytest.fixture(scope="module")
def coins(real_data) -> BarSet:
    """A quarter of four coins, stated to be shortable."""
    each = [recorded(real_data / MINUTES.format(name), shortable=True) for name in COINS]
    frame = pl.concat(
        bars.frame.with_columns(pl.col("instrument").cast(pl.String)).head(25_000) for bars in each
    )
    instruments = [bars.instruments[0] for bars in each]
    return BarSet.build(
        frame, instruments, every_ns=each[0].every_ns, name="coins", provenance="recorded"
    )


def both(name: str, bars: BarSet, **params: object) -> tuple[sluice.Result, sluice.Result]:
    """The run on signals and the run on callbacks."""
    original = registered()[name]
    signals = type(original.__name__, (original,), {"max_leverage": LEVERAGE})
    names = tuple(instrument.symbol for instrument in bars.instruments)
    callbacks = on_callbacks(name, names, LEVERAGE)
    return tuple(sluice.backtest(cls(**params), bars) for cls in (signals, callbacks))


def assert_same(signals: sluice.Result, callbacks: sluice.Result, least: int) -> None:
    what = ["ts", "instrument", "side", "qty", "price", "fee"]
    assert signals.stats["fills"] >= least
    assert signals.fills.select(what).equals(callbacks.fills.select(what))
    assert signals.equity["equity"].equals(callbacks.equity["equity"])


@pytest.mark.parametrize("name", sorted(registered()))
def test_on_the_simulated_market(simulated, name):
    params = {"evidence": 2.0} if name == "cointegrated_pair" else {}
    assert_same(*both(name, simulated, **params), least=10)


@pytest.mark.parametrize("name", sorted(registered()))
def test_on_recorded_coins(coins, name):
    assert_same(*both(name, coins, **SHORT.get(name, {})), least=10)
