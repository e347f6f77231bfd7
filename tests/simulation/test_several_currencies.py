"""Two currencies in one account: an exact oracle, denial without a rate, and the identity."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sluice
from market_bars import HOUR, START
from sluice import Strategy, core
from sluice.domain.errors import UsageError
from sluice.domain.instrument import Instrument
from sluice.market.bars import BarSet
from sluice.market.currencies import CurrencySettings, currencies_of

NANO = 10**9
SAME = {"USD": ["USDT", "USDC"]}


class BuyThenSell(Strategy):
    """Buys two ether for bitcoin at the first bar and sells one at the third."""

    max_leverage = 3.0

    def on_bar(self, ctx, bar):
        if bar.instrument == "ETHBTC":
            hour = (ctx.now_ns - START) // HOUR
            if hour == 1:
                ctx.buy("ETHBTC", 2)
            if hour == 3:
                ctx.sell("ETHBTC", 1)


def quoted(symbol, currency):
    steps = {"tick_size": Decimal("0.00001"), "lot_size": Decimal("0.001")}
    return Instrument(symbol, "BINANCE", "crypto_spot", currency, **steps)


def market(rates, prices, first_rate=0):
    """ETHBTC at `prices` beside BTCUSDT at `rates` (from `first_rate` on); bars stand still."""
    ether, bitcoin = quoted("ETHBTC", "BTC"), quoted("BTCUSDT", "USDT")
    parts = []
    for what, closes, skip in ((ether, prices, 0), (bitcoin, rates, first_rate)):
        for place, close in enumerate(closes):
            if place >= skip:
                start = START + place * HOUR
                row = dict.fromkeys(("open", "high", "low", "close"), float(close))
                stamps = {"ts_start": start, "ts": start + HOUR, "instrument": what.id}
                parts.append(stamps | row | {"volume": 1.0})
    frame = pl.DataFrame(parts)
    return BarSet.build(frame, [ether, bitcoin], every_ns=HOUR, name="two", provenance="recorded")


def test_a_coin_bought_for_another_is_valued_at_the_rate_of_the_hour():
    rates, prices = [40_000, 41_000, 42_000, 39_000, 44_000], [0.05, 0.06, 0.07, 0.08, 0.09]
    result = sluice.backtest(BuyThenSell(), market(rates, prices), fees=0, slippage=0)
    # 2 bought at 0.06 (hour 1), 1 sold at 0.08 (hour 3); 1 left at 0.09, one bitcoin worth 44,000.
    bitcoin = Fraction(-12, 100) + Fraction(8, 100) + Fraction(9, 100)
    assert result.tables.run.final_equity_nanos == (100_000 + bitcoin * 44_000) * NANO
    equity = result.equity["equity"].to_list()
    assert equity[2] == pytest.approx(100_000 + 2 * (0.07 - 0.06) * 42_000)
    first, last = result.round_trips.iter_rows(named=True)
    assert (first["fx_rate"], last["fx_rate"]) == (39_000, 44_000)
    assert first["pnl"] == pytest.approx((0.08 - 0.06) * 39_000)
    assert result.stats["revaluation"] == pytest.approx((0.08 - 0.06) * (44_000 - 39_000))
    total = result.round_trips["pnl"].sum() + result.ledger["amount"].sum()
    assert total == pytest.approx(equity[-1] - 100_000, abs=1e-6)
    assert result.fills["notional"].to_list() == pytest.approx([0.12 * 41_000, 0.08 * 39_000])
    assert result.manifest.base == "USD"


def test_before_its_rate_is_known_an_order_is_denied():
    bars = market([40_000] * 5, [0.05] * 5, first_rate=2)
    result = sluice.backtest(BuyThenSell(), bars, fees=0, slippage=0)
    assert result.denials["code"].to_list() == ["no_price", "not_shortable"]
    assert result.stats["final_equity"] == 100_000


def test_one_currency_that_counts_as_the_base_one_needs_no_rate():
    dollars = [quoted("BTCUSDT", "USDT"), quoted("ETHUSDC", "USDC")]
    found = currencies_of(dollars, CurrencySettings("USD", SAME))
    assert (found.base, found.foreign) == ("USD", ())
    assert currencies_of(dollars, CurrencySettings("", SAME)).base == "USD"
    assert currencies_of([quoted("BTCEUR", "EUR")], CurrencySettings()).base == "EUR"


def test_a_rate_is_found_upright_inverted_or_by_name():
    yen, rate = quoted("BTCJPY", "JPY"), quoted("USDJPY", "JPY")
    found = currencies_of([yen, rate], CurrencySettings("USD"))
    assert (found.foreign, found.rates, found.purses) == (("JPY",), ((1, True),), (1, 1))
    odd = quoted("EURO", "USD")
    named = CurrencySettings("USD", None, {"EUR": "EURO"})
    assert currencies_of([quoted("BTCEUR", "EUR"), odd], named).rates == ((1, False),)


def test_a_currency_without_a_rate_names_what_would_give_it():
    with pytest.raises(UsageError, match=r"BTCEUR.*EURUSD or USDEUR"):
        currencies_of([quoted("BTCEUR", "EUR")], CurrencySettings("USD", SAME))
    named = CurrencySettings("USD", SAME, {"EUR": "GOLD"})
    with pytest.raises(UsageError, match=r"account\.rates names GOLD for EUR"):
        currencies_of([quoted("BTCEUR", "EUR")], named)


def core_run(prices, rates, units, *, inverted):
    """ETHBTC (5 + 3 decimals) and its rate (2 decimals) as the core runs them; units of ether."""
    named = {"multiplier": NANO, "min_notional": 0, "shortable": True, "tick": 1, "lot": 1}
    ether = core.Instrument("A", currency="BTC", price_scale=5, quantity_scale=3, **named)
    rate = core.Instrument("B", currency="USD", price_scale=2, quantity_scale=3, **named)
    count = len(prices)
    ends = np.repeat((np.arange(count, dtype=np.int64) + 1) * 100, 2)
    column = np.array([x for pair in zip(prices, rates, strict=True) for x in pair])
    column = column / np.tile([1e5, 1e2], count)
    places = np.tile(np.array([0, 1], dtype=np.uint32), count)
    bars = core.BarColumns(
        [ether, rate], ends - 100, ends, places, column, column, column, column, column * np.nan
    )
    rule = core.CostRule(maker=0, taker=700_000, half_spread=0)
    rules = core.RunSettings(cash=10**6 * NANO, bar_ns=100, leverage=50.0, sizing="units")
    targets = np.array([x for unit in units for x in (unit / 1e3, np.nan)])
    foreign = core.Currencies([1, 1 if inverted else 0], [(1, inverted)])
    return core.run(bars, [rule, rule], rules, targets=targets, currencies=foreign)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(2, 10), st.booleans())
def test_equity_is_exact_and_trips_and_revaluation_add_up_to_it(data, count, inverted):
    def column(low, high):
        return data.draw(st.lists(st.integers(low, high), min_size=count, max_size=count))

    prices, rates, units = column(1_000, 90_000), column(50, 9_000), column(-9_000, 9_000)
    run = core_run(prices, rates, units, inverted=inverted)
    cash = held = 0
    table = run.fills
    for row in range(len(table["ts"])):
        bar = int(table["ts"][row]) // 100
        signed = round(table["side"][row] * table["qty"][row] * 1_000)
        fee = -floor(-abs(signed) * prices[bar] * 10 * Fraction(7, 10_000))
        cash -= signed * prices[bar] * 10 + fee
        held += signed
    rate = Fraction(100, rates[-1]) if inverted else Fraction(rates[-1], 100)
    exact = 10**6 * NANO + floor((cash + held * prices[-1] * 10) * rate)
    assert run.final_equity_nanos == exact
    told = run.round_trips["pnl"].sum() + run.ledger["amount"].sum()
    assert told == pytest.approx((exact - 10**6 * NANO) / NANO, abs=1e-6)
