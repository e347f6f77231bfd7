"""What may not be sold short is never sold short, also where the check could not know."""

from dataclasses import replace

import pytest

from sluice.market.bars import BarSet
from sluice.strategy.base import Strategy
from unit.engine.days import market, run


@pytest.fixture
def spot():
    bars = market({"AAA": [100, 101, 102, 103]})
    coin = replace(bars.instruments[0], asset_class="crypto_spot")
    return BarSet.build(
        bars.frame, [coin], every_ns=bars.every_ns, name="spot", provenance="simulated"
    )


class TakesTheBuyBack(Strategy):
    """Buys and sells in one breath, then cancels the buy: the sale finds nothing to sell."""

    def on_bar(self, ctx, bar):
        if ctx.history("AAA", 4)["close"].size > 1:
            return
        bought = ctx.buy("AAA", 10)
        ctx.sell("AAA", 10)
        ctx.cancel(bought)


def test_a_sale_of_what_was_never_bought_is_taken_back_by_the_venue(spot):
    done = run(TakesTheBuyBack(), spot)
    assert done.fills["qty"].size == 0
    assert list(done.orders["status"]) == ["CANCELED", "CANCELED"]
    assert done.positions == {}
