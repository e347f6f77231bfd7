"""The same equity at every bar as vectorbt, an engine no one here wrote, in the frictionless case.

SMA and EMA crosses, next-open fills, a fixed size in units, no fee, no slippage; equity is compared
at every bar, relative to theirs, to 1e-9. vectorbt runs in `.venv/peers/vectorbt` (`make
peers`), computes its means and signals itself, and decides from the same bar on as ours.

Ties: ours are sums of whole ticks, so that simple means that are equal are equal; theirs are sums
of floats, so means of theirs that are nearer than 1e-12 of the price count as equal.
"""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sluice
from simulation.agreement.crosses import Crossing
from simulation.agreement.test_backtesting_py import HOURLY, MINUTES, POUND, recorded, seeded_walk
from sluice.market.bars import BarSet

TOLERANCE = 1e-9
TIE = 1e-12
FREE = Crossing(fee=0.0)
both = pytest.mark.parametrize("shorts", [False, True], ids=["long", "long/short"])
means = pytest.mark.parametrize(
    ("average", "fast", "slow"), [("sma", 10, 50), ("ema", 12, 48)], ids=["sma", "ema"]
)


@pytest.fixture(scope="module")
def vectorbt(request):
    """vectorbt in a process of its own, which compiles once; lines of JSON in and out."""
    python = request.config.rootpath / ".venv" / "peers" / "vectorbt" / "bin" / "python"
    if not python.exists():
        pytest.skip("vectorbt's environment is not there; `make peers` makes it")
    script = Path(__file__).with_name("vectorbt_run.py")
    pipe = subprocess.PIPE
    with subprocess.Popen([python, script], stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        process.stdin.close()


def theirs(
    vectorbt: subprocess.Popen, bars: BarSet, crossing: Crossing, engine: str = "numba"
) -> np.ndarray:
    """vectorbt's equity at each bar."""
    frame = bars.frame
    asked = {
        "ts": frame["ts_start"].to_physical().to_list(),
        "open": frame["open"].to_list(),
        "close": frame["close"].to_list(),
        "every": f"{bars.every_ns // 10**9}s",
        "engine": engine,
        "bars_before": crossing.bars_before,
        "tie": TIE,
        **{name: getattr(crossing, name) for name in ("fast", "slow", "average", "shorts")},
        **{name: getattr(crossing, name) for name in ("units", "cash", "fee")},
    }
    vectorbt.stdin.write(json.dumps(asked) + "\n")
    vectorbt.stdin.flush()
    line = vectorbt.stdout.readline()
    assert line, "vectorbt ended; its error is above"
    return np.array(json.loads(line))


def ours(bars: BarSet, crossing: Crossing) -> np.ndarray:
    """Our equity at each bar."""
    result = sluice.backtest(
        crossing.strategy, bars, cash=crossing.cash, fees=crossing.fee, slippage=0.0
    )
    assert result.stats["denials"] == 0
    assert result.stats["fills"] > 100
    return result.equity["equity"].to_numpy()


def deviation(vectorbt, bars: BarSet, crossing: Crossing, engine: str = "numba") -> float:
    """Largest relative deviation of equity at any bar."""
    our, their = ours(bars, crossing), theirs(vectorbt, bars, crossing, engine)
    assert len(our) == len(their) == len(bars.frame)
    largest = float((np.abs(our - their) / np.abs(their)).max())
    print(f"{bars.name} {crossing}: {largest:.1e}")
    return largest


@both
@means
@pytest.mark.parametrize("seed", [0, 1])
def test_a_walk_with_jumping_opens_has_the_same_equity(vectorbt, seed, average, fast, slow, shorts):
    crossing = replace(FREE, fast=fast, slow=slow, units=100, shorts=shorts, average=average)
    assert deviation(vectorbt, seeded_walk(seed, gap=0.001), crossing) <= TOLERANCE


@both
@means
def test_seven_years_of_hourly_bitcoin_have_the_same_equity(
    vectorbt, real_data, average, fast, slow, shorts
):
    crossing = replace(FREE, fast=fast, slow=slow, units=5, shorts=shorts, average=average)
    bars = recorded(real_data / HOURLY, shortable=shorts)
    assert deviation(vectorbt, bars, crossing) <= TOLERANCE


@means
@pytest.mark.parametrize(("symbol", "units"), [("SOLUSDT", 500), ("XRPUSDT", 50_000)])
def test_recorded_five_minute_coins_have_the_same_equity(
    vectorbt, real_data, symbol, units, average, fast, slow
):
    crossing = replace(FREE, fast=fast, slow=slow, units=units, average=average)
    bars = recorded(real_data / MINUTES.format(symbol))
    assert deviation(vectorbt, bars, crossing) <= TOLERANCE


@means
def test_a_year_of_the_pound_has_the_same_equity(vectorbt, real_data, average, fast, slow):
    crossing = replace(FREE, fast=fast, slow=slow, units=100_000, shorts=True, average=average)
    assert deviation(vectorbt, recorded(real_data / POUND), crossing) <= TOLERANCE


@means
def test_their_rust_engine_has_the_same_equity(vectorbt, average, fast, slow):
    crossing = replace(FREE, fast=fast, slow=slow, units=100, average=average)
    assert deviation(vectorbt, seeded_walk(2, gap=0.001), crossing, "rust") <= TOLERANCE


def test_a_fee_is_a_difference_that_is_seen(vectorbt):
    """A control: the comparison is not blind."""
    bars, crossing = seeded_walk(0, gap=0.001), replace(FREE, units=100)
    with_fee = theirs(vectorbt, bars, replace(crossing, fee=1e-6))
    assert (np.abs(ours(bars, crossing) - with_fee) / with_fee).max() > TOLERANCE
