"""Sizes as expressions: the volatility they aim at is the one that comes out."""

import numpy as np
import polars as pl
import pytest

from sluice import close, inverse_vol, vol_target
from sluice.strategy.causality import check_expression
from unit.strategy.frames import bars


def test_a_position_sized_by_vol_target_has_that_volatility():
    frame = bars(20_000)  # one percent an hour
    weight = frame.select(vol_target(annual=0.15, n=200, periods=8760)).to_series().to_numpy()
    returns = np.diff(np.log(frame["close"].to_numpy()))
    held = weight[:-1] * returns
    assert np.nanstd(held) * np.sqrt(8760) == pytest.approx(0.15, rel=0.03)


def test_vol_target_is_the_formula_and_capped():
    x = pl.DataFrame({"close": [100.0, 110.0, 99.0, 108.9]})
    moves = np.diff(np.log(x["close"].to_numpy()))
    free = x.select(vol_target(annual=0.2, n=3, periods=252, cap=9)).to_series()
    assert free[3] == pytest.approx(0.2 / (moves.std(ddof=1) * 252**0.5))
    assert free[:3].null_count() == 3
    assert x.select(vol_target(annual=50.0, n=3, periods=252)).to_series()[3] == 1.0


def test_prices_that_stand_still_have_no_size():
    x = pl.DataFrame({"close": [5.0] * 9})
    assert x.select(vol_target(annual=0.2, n=3, periods=252)).to_series().null_count() == 9


def test_inverse_vol_weights_sum_to_gross_and_what_has_no_volatility_has_none():
    panel = pl.DataFrame({"score": [0.1, 0.2, None, 0.0, 0.4]})
    weights = panel.select(inverse_vol(0.7)).to_series()
    assert weights.to_list()[:2] == pytest.approx([0.4, 0.2])
    assert weights[4] == pytest.approx(0.1)
    assert weights[2] is None
    assert weights[3] is None


def test_both_pass_the_static_check():
    assert check_expression(vol_target(close, annual=0.1, n=20, periods=252)) == []
    assert check_expression(inverse_vol(), stage="allocate") == []
