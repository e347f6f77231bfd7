"""Settings and instruments that a run must know of: touching, latency, one currency."""

import polars as pl
import pytest

import sluice
from sluice import Strategy, close
from sluice.domain.errors import UsageError
from sluice.market.bars import BarSet
from sluice.market.simulate import SimulatedMarket, simulate_market
from sluice.research.judge import judge_research
from sluice.research.plan import Asked, plan


class Hold(Strategy):
    """Half of equity in everything, always."""

    def signals(self) -> pl.Expr:
        return close * 0 + 0.5


@pytest.fixture(scope="module")
def bars():
    return simulate_market(SimulatedMarket(days=20, instruments=2, effect=None))


def test_a_second_currency_without_a_rate_is_refused(bars):
    first, second = bars.instruments
    other = type(second).from_json(second.to_json() | {"currency": "EUR"})
    mixed = BarSet.build(
        bars.frame, [first, other], every_ns=bars.every_ns, name="mixed", provenance="simulated"
    )
    with pytest.raises(UsageError, match=r"BRAVO\.SIM is quoted in EUR.*EURUSD or USDEUR"):
        sluice.backtest(Hold(), mixed)


def test_fills_at_a_touch_stand_in_the_manifest_and_in_the_verdict(bars, tmp_path, monkeypatch):
    (tmp_path / "base.toml").write_text("[backtest]\ntouch_fills = true\n")
    monkeypatch.setenv("SLUICE_CONFIG", str(tmp_path))
    verdict = judge_research(plan(Hold(), Asked(data=bars))).verdict
    assert verdict is not None
    assert verdict.manifest.touch_fills
    assert any("touch_fills" in warning for warning in verdict.warnings)


def test_the_latency_asked_for_stands_in_the_manifest_and_changes_the_digest(bars):
    at_once = sluice.backtest(Hold(), bars)
    later = sluice.backtest(Hold(), bars, latency_ns=2 * bars.every_ns)
    assert (at_once.manifest.latency_ns, later.manifest.latency_ns) == (0, 2 * bars.every_ns)
    assert at_once.digest != later.digest
    assert later.fills["ts"][0] > at_once.fills["ts"][0]
