"""A strategy on recorded quotes and trades of a share, and on bars made from them."""

from dataclasses import dataclass

import pytest

import sluice
from sluice import Strategy
from sluice.domain.errors import UsageError
from sluice.market.importers.raw import ImportOptions
from sluice.market.tick_bars import bars_from_ticks
from sluice.market.tick_store import load_ticks
from sluice.operations.data import ImportRequest, import_data
from sluice.research.judge import judge_backtest, judge_research
from sluice.research.plan import Asked, plan
from sluice.runtime.build import clock, open_catalog


class Spread(Strategy):
    """Rests at the bid, gets out at the market a while later."""

    @dataclass
    class State:
        quotes: int = 0

    def on_quote(self, ctx, quote):
        ctx.state.quotes += 1
        if ctx.state.quotes % 500 == 0:
            held = ctx.position(quote.instrument).qty
            ctx.cancel_all(quote.instrument)
            if held > 0:
                ctx.sell(quote.instrument, held)
            elif quote.bid < quote.ask:
                ctx.buy(quote.instrument, 100, limit=quote.bid)


@pytest.fixture
def taq(real_data):
    """Two days of one anonymous share, as `quotes` and `trades` of the catalog."""
    for name, file in (("quotes", "sampleQDataRaw"), ("trades", "sampleTDataRaw")):
        request = ImportRequest(
            real_data / "us-taq-2018" / f"{file}.parquet",
            name,
            policy="quarantine",
            options=ImportOptions(asset_class="equity", tick="0.01", lot="1"),
        )
        import_data(request, open_catalog(), clock().now_ns())
    return ("quotes", "trades")


def test_recorded_quotes_and_trades_run_and_run_again_alike(taq):
    done = sluice.backtest(Spread(), taq)
    assert sluice.backtest(Spread(), taq).digest == done.digest
    fills = done.fills
    assert {"maker", "taker"} <= set(fills["liquidity"].to_list())
    assert done.equity["ts"].is_sorted()
    assert len(done.equity) < 5_000
    sold = fills.filter(fills["side"] == "sell")
    assert (sold["price"] <= sold["ref_price"]).all()


def test_bars_from_recorded_trades_lie_within_the_prints(taq):
    ticks = load_ticks(open_catalog(), "trades")
    bars = bars_from_ticks(ticks, 60 * 10**9)
    assert bars.frame["high"].max() <= ticks.frame["price"].max()
    assert bars.frame["volume"].sum() <= ticks.frame["size"].sum()
    assert len(bars.frame) > 300


def test_the_gates_refuse_what_their_look_ahead_check_does_not_replay(taq):
    run = plan(Spread(), Asked(data=taq))
    for judge in (judge_research, judge_backtest):
        with pytest.raises(UsageError, match="does not replay yet"):
            judge(run)
