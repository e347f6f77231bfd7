"""The simulated market: reproducible, like real bars in its habits, with the effect it names."""

import numpy as np
import pytest

from sluice.domain.errors import UsageError
from sluice.market.simulate import SimulatedMarket, simulate_market
from sluice.market.simulate.processes import overreaction
from sluice.operations.data import _judge_simulated


def closes(bars):
    return bars.frame["close"].to_numpy().reshape(-1, len(bars.instruments))


def returns(bars):
    return np.diff(np.log(closes(bars)), axis=0)


@pytest.fixture(scope="module")
def planted():
    return simulate_market(SimulatedMarket(seed=1))


@pytest.fixture(scope="module")
def plain():
    return simulate_market(SimulatedMarket(seed=1, effect=None))


def test_the_same_seed_gives_the_same_bars_and_another_seed_others(planted):
    assert simulate_market(SimulatedMarket(seed=1)).digest == planted.digest
    assert simulate_market(SimulatedMarket(seed=2, days=10)).digest != (
        simulate_market(SimulatedMarket(seed=1, days=10)).digest
    )


def test_it_is_eight_perpetuals_over_more_than_two_years_and_says_that_it_is_simulated(planted):
    assert planted.provenance == "simulated"
    assert len(planted.instruments) == 8
    assert {i.asset_class for i in planted.instruments} == {"perpetual"}
    assert planted.calendar.always_open
    start, end = planted.window
    assert (end - start) / 86_400e9 == 800
    assert len(planted.frame) == 8 * 800 * 24


def test_bars_pass_their_own_quality_report(planted):
    report = _judge_simulated(planted)
    assert report.errors == ()
    assert {f.rule for f in report.findings} <= {"outliers"}


def test_a_bar_opens_where_the_last_one_closed(planted):
    opens = planted.frame["open"].to_numpy().reshape(-1, 8)
    assert (opens[1:] == closes(planted)[:-1]).all()


def test_prices_and_volumes_lie_on_tick_and_lot(planted):
    for code, instrument in enumerate(planted.instruments):
        for column, step in (("close", instrument.tick_size), ("volume", instrument.lot_size)):
            values = planted.frame[column].to_numpy().reshape(-1, 8)[:, code] / float(step)
            assert np.abs(values - np.rint(values)).max() < 1e-4


def test_tails_are_fat_and_volatility_clusters(plain):
    r = returns(plain)
    z = r / r.std(axis=0)
    assert ((z**4).mean(axis=0) > 4).all()  # a normal distribution has 3
    size = np.abs(z)
    lagged = [np.corrcoef(size[:-24, k], size[24:, k])[0, 1] for k in range(8)]
    assert min(lagged) > 0.05


def test_instruments_move_together_but_are_not_one(plain):
    pairs = np.corrcoef(returns(plain).T)[np.triu_indices(8, 1)]
    assert pairs.min() > 0.05
    assert pairs.max() < 0.6


def test_volume_follows_the_hours_of_the_day(plain):
    volume = plain.frame["volume"].to_numpy().reshape(800, 24, 8).mean(axis=(0, 2))
    assert volume.argmax() in (14, 15, 16)
    assert volume.max() > 2 * volume.min()


def test_daily_volume_is_tens_of_millions_and_more(plain):
    traded = (plain.frame["volume"] * plain.frame["close"]).to_numpy().reshape(800, 24, 8)
    assert traded.sum(axis=1).mean(axis=0).min() > 50e6


def test_the_effect_reverts_and_without_it_prices_have_no_memory(planted, plain):
    def ratio(bars, hours=24):
        """Variance ratio (Lo & MacKinlay 1988): 1 for a random walk, below 1 where it reverts."""
        x = np.log(closes(bars))
        return (x[hours:] - x[:-hours]).var(axis=0) / (hours * np.diff(x, axis=0).var(axis=0))

    assert (ratio(planted) < 0.90).all()
    assert (np.abs(ratio(plain) - 1) < 0.2).all()


def test_switching_the_effect_off_leaves_the_rest_to_the_last_draw(planted, plain):
    gap = np.log(closes(planted)) - np.log(closes(plain))
    # What differs is the effect alone: stationary, of the documented size, independent of the walk.
    yearly = np.array([0.36, 0.40, 0.46, 0.44, 0.48, 0.42, 0.50, 0.38])
    assert gap.std(axis=0) == pytest.approx(0.25 * yearly / np.sqrt(365), rel=0.15)
    walk = returns(plain)
    shared = [np.corrcoef(np.diff(gap[:, k]), walk[:, k])[0, 1] for k in range(8)]
    assert np.abs(shared).max() < 0.05


def test_the_effect_has_the_half_life_it_names():
    path = overreaction(np.random.Generator(np.random.PCG64(5)), 4000, 12, np.ones(4), 60.0)
    x = path.reshape(-1, 4)
    kept = [np.corrcoef(x[:-60, k], x[60:, k])[0, 1] for k in range(4)]
    assert np.mean(kept) == pytest.approx(0.5, abs=0.05)
    assert x.std() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"days": 0}, "days is 0"),
        ({"instruments": 9}, "instruments is 9; 1 to 8"),
        ({"every": "7h"}, "it must divide a day"),
        ({"every": "soon"}, "is not a duration"),
        ({"effect": "magic"}, "effect is 'magic'"),
        ({"strength": 0.0}, "strength is 0.0"),
        ({"start": "1.1.2022"}, "write a date as 2022-01-01"),
    ],
)
def test_what_cannot_be_simulated_is_told(fields, message):
    with pytest.raises(UsageError, match=message):
        SimulatedMarket(**fields)


def test_every_wrong_field_is_told_at_once():
    with pytest.raises(UsageError, match=r"seed is -1.*days is 0"):
        SimulatedMarket(seed=-1, days=0)
