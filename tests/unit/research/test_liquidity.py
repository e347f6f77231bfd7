"""Impact from the configuration to the fill: what was known of liquidity reaches the core."""

import polars as pl
import pytest

import sluice
from sluice import Strategy, close
from sluice.market.simulate import SimulatedMarket, simulate_market
from sluice.research.liquidity import liquidity_rows

_COSTS = """
[perpetual.SIM]
impact = 1.0
"""


class Alternate(Strategy):
    """Half long above the first price, half short below it."""

    def signals(self) -> pl.Expr:
        return pl.when(close > close.shift(24)).then(0.5).otherwise(-0.5)


@pytest.fixture(scope="module")
def bars():
    return simulate_market(SimulatedMarket(days=40, instruments=2, effect=None))


def test_liquidity_of_a_row_is_that_of_the_sessions_before(bars):
    adv, sigma = liquidity_rows(bars, 30)
    frame = bars.frame.with_columns(pl.Series("adv", adv), pl.Series("sigma", sigma))
    one = frame.filter(pl.col("instrument").cast(pl.String) == bars.ids[0])
    day = 20  # the rows of the 21st session know the 20 before it
    known = one.slice(24 * day, 24)
    traded = one.head(24 * day).select((pl.col("close") * pl.col("volume")).sum()).item() / day
    assert (known["adv"] * known["close"]).to_list() == pytest.approx([traded] * 24)
    assert known["sigma"].n_unique() == 1
    assert one["adv"].head(24).is_nan().all()


def test_an_impact_in_the_configuration_makes_every_later_fill_dearer(bars, tmp_path, monkeypatch):
    free = sluice.backtest(Alternate(), bars)
    (tmp_path / "costs.toml").write_text(_COSTS)
    monkeypatch.setenv("SLUICE_CONFIG", str(tmp_path))
    dear = sluice.backtest(Alternate(), bars)
    assert dear.fills.height == free.fills.height
    late = pl.col("ts") > pl.lit(bars.frame["ts"][0]) + pl.duration(days=10)
    cost = {
        name: result.fills.filter(late).select(pl.col("slippage") / pl.col("notional")).to_series()
        for name, result in (("free", free), ("dear", dear))
    }
    assert (cost["dear"] > cost["free"]).all()
    assert dear.manifest.costs["ALPHA.SIM"]["impact"] == "1"
    assert dear.counts["impact_unknown"] > 0  # the first days are not known, and counted
    assert free.counts.get("impact_unknown", 0) == 0
