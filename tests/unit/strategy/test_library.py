"""The shipped strategies: they run on a panel and on one instrument, and read no future."""

import numpy as np
import pytest

from sluice.domain.errors import ParamError
from sluice.strategy.causality import static_check
from sluice.strategy.evaluate import evaluate_frame
from sluice.strategy.load import registered
from unit.strategy.frames import bars

PANEL = tuple(f"{name}.SIM" for name in ("AAA", "BBB", "CCC", "DDD"))


@pytest.mark.parametrize("name", ["bollinger_reversion", "cross_momentum", "ema_cross"])
@pytest.mark.parametrize("instruments", [PANEL, PANEL[:1]])
def test_a_shipped_strategy_runs_on_a_panel_and_on_one_instrument(name, instruments):
    strategy = registered()[name]()
    frame = bars(2000, instruments)
    said = evaluate_frame(strategy, frame)
    traded = np.nan_to_num(said.target)
    stamps = frame["ts"].to_numpy()
    gross = [np.abs(traded[stamps == stamp]).sum() for stamp in np.unique(stamps)]
    assert max(gross) <= 1 + 1e-12
    if name != "cross_momentum" or len(instruments) > 1:
        assert (traded > 0).any()
        assert (traded < 0).any()


@pytest.mark.parametrize("name", ["bollinger_reversion", "cross_momentum", "ema_cross"])
def test_a_shipped_strategy_raises_no_finding_and_is_documented(name):
    strategy = registered()[name]()
    assert static_check(strategy) == []
    text = strategy.describe()
    assert "Claim:" in text
    assert "Warm-up:" in text
    assert strategy.data.symbols[0] == "ALPHA"
    assert strategy.capacity_usd > 100_000


def test_the_crosses_refuse_windows_the_wrong_way_round():
    with pytest.raises(ParamError, match="fast must be below slow"):
        registered()["ema_cross"](fast=100, slow=50)
    with pytest.raises(ParamError, match="skip must be below lookback"):
        registered()["cross_momentum"](lookback=10, skip=10)
