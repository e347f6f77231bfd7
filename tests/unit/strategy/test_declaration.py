"""What a class may declare: each setting refused with what to write instead."""

from dataclasses import dataclass, field

import pytest

from sluice import Bars, Expect, Hypothesis, Strategy, close, long_short
from sluice.domain.errors import StrategyError
from sluice.strategy.callbacks import callbacks


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sizing", "shares", "'weight', 'units', 'notional'"),
        ("rebalance", "2w", "'on_change', 'every_bar', '1d', '1w', '1mo'"),
        ("fill", "open", "'next_open', 'close'"),
        ("min_trade", -0.1, "at least 0"),
        ("min_trade", float("nan"), "finite"),
        ("max_leverage", 0, "above 0"),
        ("max_leverage", True, "finite number"),
        ("capacity_usd", -1, "above 0"),
        ("warmup", 0, "≥ 1"),
        ("warmup", 1.5, "number of bars"),
        ("data", "BTCUSDT", "must be Bars"),
        ("hypothesis", "prices rise", "must be Hypothesis"),
    ],
)
def test_a_setting_out_of_its_range_stops_at_the_class(name, value, words):
    with pytest.raises(StrategyError, match=words):
        type("Wrong", (Strategy,), {name: value})


def test_the_state_must_be_a_dataclass_with_defaults():
    with pytest.raises(StrategyError, match="@dataclass"):

        class Bare(Strategy):
            class State:
                losses = 0

    with pytest.raises(StrategyError, match="needs a default for losses"):

        class NoDefault(Strategy):
            @dataclass
            class State:
                losses: int

    class Good(Strategy):
        @dataclass
        class State:
            losses: int = 0
            seen: list = field(default_factory=list)

    assert Good.state_type is Good.State
    assert Strategy.state_type is None


def test_overridden_callbacks_are_known_also_from_a_base():
    class Base(Strategy):
        def on_fill(self, ctx, fill):
            pass

    class Derived(Base):
        def on_bar(self, ctx, bar):
            pass

    assert callbacks(Strategy) == set()
    assert callbacks(Derived) == {"on_bar", "on_fill"}


def test_allocate_and_on_bar_together_are_refused():
    with pytest.raises(StrategyError, match="nothing would read allocate"):

        class Both(Strategy):
            def allocate(self):
                return long_short(0.2)

            def on_bar(self, ctx, bar):
                pass


def test_there_is_no_way_to_the_next_row_nor_to_a_venue():
    public = {name for name in dir(Strategy) if not name.startswith("_")}
    assert public == {
        *("hypothesis", "data", "capacity_usd", "sizing", "rebalance", "min_trade"),
        *("max_leverage", "warmup", "fill", "state_type", "param_specs"),
        *("signals", "allocate", "signals_frame", "check"),
        *("on_start", "on_stop", "on_bar", "on_quote", "on_trade", "on_order", "on_fill"),
        *("params", "replace", "to_json", "describe"),
    }


def test_the_hypothesis_names_its_missing_parts():
    full = Hypothesis(
        claim="Trends in liquid coins persist for days",
        mechanism="slow information diffusion and forced flow",
        falsified_if="net Sharpe(12m) < 0.5",
        expect=Expect(sharpe=1.6, max_drawdown=0.12, turnover_per_year=25),
    )
    assert full.undocumented == []
    assert Hypothesis(claim="", mechanism="TODO", falsified_if="x y z").undocumented == [
        "claim",
        "mechanism",
        "falsified_if",
    ]


def test_the_digest_of_a_hypothesis_is_blind_to_spacing_and_expectations_only():
    one = Hypothesis("Trends persist for days", "slow diffusion of news", "Sharpe below 0.5")
    two = Hypothesis("trends  persist for days", "slow diffusion of news", "Sharpe below 0.5")
    other = Hypothesis("Trends persist for weeks", "slow diffusion of news", "Sharpe below 0.5")
    assert one.digest == two.digest
    assert one.digest != other.digest


def test_bars_hold_durations_in_ns_and_print_as_typed():
    bars = Bars("BTCUSDT", "ETHUSDT", every="1h", history="180d", max_gap="3h")
    assert (bars.every_ns, bars.max_gap_ns) == (3_600 * 10**9, 3 * 3_600 * 10**9)
    assert bars.symbols == ("BTCUSDT", "ETHUSDT")
    assert repr(bars) == "Bars('BTCUSDT', 'ETHUSDT', every='1h', history='180d', max_gap='3h')"
    assert Bars("X", every="5m").max_gap_ns == 3 * Bars("X", every="5m").every_ns


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Bars(every="1h"), "at least one symbol"),
        (lambda: Bars("A", "A", every="1h"), "named twice"),
        (lambda: Bars("", every="1h"), "a symbol is text"),
        (lambda: Bars("A", every="hourly"), "not a duration"),
        (lambda: Bars("A", every="0h"), "no time"),
        (lambda: Bars("A", every=60), "duration as text"),
        (lambda: Bars("A", every="1h", max_gap="5m"), "shorter than one bar"),
        (lambda: Expect(max_drawdown=12), "fraction"),
        (lambda: Expect(sharpe=float("nan")), "finite"),
        (lambda: Expect(sharpe="high"), "write a number"),
        (lambda: Expect(turnover_per_year=-1), "negative"),
        (lambda: Hypothesis(claim=1, mechanism="", falsified_if=""), "must be text"),
    ],
)
def test_a_wrong_declaration_says_what_to_write(make, words):
    with pytest.raises(StrategyError, match=words):
        make()


def test_describe_is_the_gate_1_document():
    class Idea(Strategy):
        hypothesis = Hypothesis(claim="Prices come back", mechanism="", falsified_if="never")
        data = Bars("A", every="1h", history="30d")
        capacity_usd = 5_000

        def signals(self):
            return close.shift(-1)

    text = Idea().describe()
    for words in ("Prices come back", "Not documented: mechanism", "5,000 USD", "Bars of 1h"):
        assert words in text
    assert "reads one row into the future" in text
