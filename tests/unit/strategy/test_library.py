"""The shipped strategies: they run on a panel and on one instrument, and read no future."""

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sluice import of
from sluice.domain.errors import ParamError, SignalError
from sluice.strategy.causality import static_check
from sluice.strategy.evaluate import evaluate_frame
from sluice.strategy.load import registered
from unit.strategy.frames import bars

PANEL = tuple(f"{name}.SIM" for name in ("ALPHA", "BRAVO", "CHARLIE", "DELTA"))
NEEDS_A_PANEL = {"cross_momentum", "cross_reversal"}
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "strategies.md"
each = pytest.mark.parametrize("name", sorted(registered()))


def gross(frame, said):
    """Σ |target in force| at each stamp."""
    kept = pl.col("target").fill_nan(None).forward_fill().over("instrument").fill_null(0.0)
    rows = frame.select("ts", "instrument").with_columns(pl.Series("target", said.target))
    return rows.with_columns(kept.abs()).group_by("ts").agg(pl.col("target").sum())["target"]


def tied(rows=6000, seed=0):
    """Two prices whose logs are a random walk apart from an error that returns within a day."""
    rng = np.random.default_rng(seed)
    frame = bars(rows, PANEL[:2], seed=seed)
    walk = np.cumsum(rng.normal(0, 0.005, rows))
    error = np.zeros(rows)
    for i in range(1, rows):
        error[i] = 0.95 * error[i - 1] + rng.normal(0, 0.004)
    closes = np.empty(2 * rows)
    closes[::2], closes[1::2] = 100 * np.exp(0.8 * walk + error), 50 * np.exp(walk)
    return frame.with_columns(pl.Series(c, closes) for c in ("open", "high", "low", "close"))


@each
@pytest.mark.parametrize("instruments", [PANEL, PANEL[:1]], ids=["panel", "one"])
def test_a_shipped_strategy_runs_on_a_panel_and_on_one_instrument(name, instruments):
    strategy = registered()[name]()
    frame = bars(8000, instruments)
    if name == "cointegrated_pair" and len(instruments) == 1:
        with pytest.raises(SignalError, match=r"BRAVO.*not in the data"):
            evaluate_frame(strategy, frame)
        return
    if name == "cointegrated_pair":
        frame = tied()
    said = evaluate_frame(strategy, frame)
    assert gross(frame, said).max() <= 1 + 1e-12
    if name not in NEEDS_A_PANEL or len(instruments) > 1:
        assert np.nanmax(said.target) > 0 > np.nanmin(said.target)


@each
def test_a_shipped_strategy_raises_no_finding_and_is_documented(name):
    strategy = registered()[name]()
    assert static_check(strategy) == []
    text = strategy.describe()
    assert "Claim:" in text
    assert "Warm-up:" in text
    assert strategy.data.symbols[0] == "ALPHA"
    assert strategy.capacity_usd > 100_000


@each
def test_the_guide_tells_the_hypothesis_and_settings_of_a_shipped_strategy(name):
    cls = registered()[name]
    row = next(x for x in GUIDE.read_text().splitlines() if x.startswith(f"| `{name}` |"))
    assert cls.hypothesis.claim in row
    assert cls.hypothesis.falsified_if in row
    assert all(f"`{param}`" in row for param in cls.param_specs)
    assert f"`{cls.rebalance}`" in row


def test_the_guide_tells_no_strategy_that_does_not_ship():
    told = re.findall(
        r"^\| `(\w+)` \|.*\| `(?:on_change|1d|1w)` \|$", GUIDE.read_text(), re.MULTILINE
    )
    assert sorted(told) == sorted(registered())


def test_the_crosses_refuse_windows_the_wrong_way_round():
    with pytest.raises(ParamError, match="fast must be below slow"):
        registered()["ema_cross"](fast=100, slow=50)
    with pytest.raises(ParamError, match="fast must be below slow"):
        registered()["vol_target_trend"](fast=100, slow=50)
    with pytest.raises(ParamError, match="skip must be below lookback"):
        registered()["cross_momentum"](lookback=10, skip=10)
    with pytest.raises(ParamError, match="two instruments"):
        registered()["cointegrated_pair"](leg="BRAVO")


def legs(frame, said):
    """Targets of both legs, one row a stamp."""
    target = said.target.reshape(-1, 2)
    return target[~np.isnan(target).any(axis=1)]


def test_the_legs_of_a_pair_are_opened_and_closed_together_and_in_their_ratio():
    frame = tied()
    held = legs(frame, evaluate_frame(registered()["cointegrated_pair"](), frame))
    opened = held[held.any(axis=1)]
    assert len(opened) > 100
    assert (opened[:, 0] * opened[:, 1] < 0).all()
    np.testing.assert_allclose(np.abs(opened).sum(axis=1), 0.5)
    ratio = -opened[:, 1] / opened[:, 0]
    assert 0.6 < np.median(ratio) < 1.0  # 0.8 is the truth


def test_a_pair_that_is_not_tied_is_left_alone_more_often():
    cls = registered()["cointegrated_pair"]
    apart = bars(6000, PANEL[:2], seed=5)
    with_tie, without = (legs(f, evaluate_frame(cls(), f)).any(axis=1) for f in (tied(), apart))
    assert without.mean() < 0.3 * with_tie.mean()


def test_a_pair_is_given_up_after_its_patience():
    frame = tied()
    short = registered()["cointegrated_pair"](patience=3)
    held = legs(frame, evaluate_frame(short, frame)).any(axis=1)
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate(([0], held, [0])))))[::2]
    assert runs.max() <= 4 * 3  # an entry in force for 3 bars more, and again


def test_here_is_the_row_of_that_instrument():
    frame = bars(5, PANEL[:3])
    strategy = type("Here", (registered()["ema_cross"],), {"signals": lambda _: of("BRAVO").here})
    said = evaluate_frame(strategy(), frame).signal
    assert said.tolist() == [0.0, 1.0, 0.0] * 5
