"""Every check of both gates at, just below and just above its threshold; the order; the reasons."""

import math
from dataclasses import replace

import pytest

from sluice.domain.evidence import (
    BacktestEvidence,
    CapacityEvidence,
    LookaheadEvidence,
    ResearchEvidence,
)
from sluice.lifecycle.gates import gate1, gate1_warnings, gate2, gate2_warnings
from sluice.lifecycle.thresholds import CAPACITY, GATE1, GATE2

CLEAN = LookaheadEvidence((), 240)
RESEARCH = ResearchEvidence(
    hypothesis_missing=(),
    theoretical_sharpe=2.0,
    net_sharpe=1.8,
    capacity=CapacityEvidence(5e6, "sharpe", "BTCUSDT.BINANCE"),
    capacity_claimed=2e6,
    data_unidentified=(),
    data_unmet=(),
    lookahead=CLEAN,
    provenance="recorded",
)
BACKTEST = BacktestEvidence(
    gate1_missing=None,
    sharpe=1.4,
    max_drawdown=0.10,
    win_rate=0.5,
    profit_factor=1.5,
    round_trips=100,
    span_days=900,
    lookahead=CLEAN,
    costs_below_floor=(),
    provenance="recorded",
)
NAN = float("nan")


def check_of(checks, name):
    return next(check for check in checks if check.id == name)


def capacity(capital, reason="sharpe"):
    return {"capacity": CapacityEvidence(capital, reason, "ETHUSDT.BINANCE")}


def test_ids_stand_in_the_order_of_the_schema():
    assert [c.id for c in gate1(RESEARCH)] == [
        "hypothesis",
        "theoretical_sharpe",
        "capacity",
        "data_identified",
        "data_met",
        "lookahead",
    ]
    assert [c.id for c in gate2(BACKTEST)] == [
        "gate1_passed",
        "sharpe",
        "max_drawdown",
        "win_rate",
        "profit_factor",
        "lookahead",
        "too_short",
        "too_few",
        "costs_below_floor",
    ]


def test_good_evidence_passes_every_check_and_says_why():
    for check in (*gate1(RESEARCH), *gate2(BACKTEST)):
        assert check.passed, check
        assert len(check.reason) > 10, check


def test_the_thresholds_are_the_operating_guides():
    assert (GATE1.sharpe, GATE1.capacity) == (1.5, 100_000)
    assert (GATE2.sharpe, GATE2.max_drawdown) == (1.2, 0.15)
    assert (GATE2.win_rate, GATE2.profit_factor) == (0.45, 1.3)
    assert (GATE2.min_days, GATE2.min_round_trips) == (730, 30)
    assert CAPACITY.floor_sharpe == GATE2.sharpe


GATE1_TABLE = [
    ("hypothesis", {"hypothesis_missing": ()}, True),
    ("hypothesis", {"hypothesis_missing": ("mechanism",)}, False),
    ("theoretical_sharpe", {"theoretical_sharpe": math.nextafter(1.5, 2)}, True),
    ("theoretical_sharpe", {"theoretical_sharpe": 1.5}, False),
    ("theoretical_sharpe", {"theoretical_sharpe": math.nextafter(1.5, 1)}, False),
    ("theoretical_sharpe", {"theoretical_sharpe": NAN}, False),
    ("capacity", capacity(100_000.01), True),
    ("capacity", capacity(100_000.0), False),
    ("capacity", capacity(99_999.99), False),
    ("capacity", capacity(NAN, "no_volume"), False),
    ("capacity", capacity(NAN, "no_trades"), False),
    ("data_identified", {"data_unidentified": ("no instrument XYZ",)}, False),
    ("data_met", {"data_unmet": ("gap of 9h above max_gap 3h",)}, False),
    ("lookahead", {"lookahead": LookaheadEvidence((), 1)}, True),
    ("lookahead", {"lookahead": LookaheadEvidence((), 0)}, False),
    ("lookahead", {"lookahead": LookaheadEvidence((), 0, callbacks_only=True)}, True),
    ("lookahead", {"lookahead": LookaheadEvidence(("close.shift(-1)",), 240)}, False),
]

GATE2_TABLE = [
    ("gate1_passed", {"gate1_missing": "no passed Gate 1"}, False),
    ("sharpe", {"sharpe": math.nextafter(1.2, 2)}, True),
    ("sharpe", {"sharpe": 1.2}, False),
    ("sharpe", {"sharpe": math.nextafter(1.2, 1)}, False),
    ("sharpe", {"sharpe": NAN}, False),
    ("max_drawdown", {"max_drawdown": math.nextafter(0.15, 0)}, True),
    ("max_drawdown", {"max_drawdown": 0.15}, False),
    ("max_drawdown", {"max_drawdown": math.nextafter(0.15, 1)}, False),
    ("max_drawdown", {"max_drawdown": NAN}, False),
    ("win_rate", {"win_rate": math.nextafter(0.45, 1)}, True),
    ("win_rate", {"win_rate": 0.45}, False),
    ("win_rate", {"win_rate": math.nextafter(0.45, 0)}, False),
    ("win_rate", {"win_rate": NAN}, False),
    ("profit_factor", {"profit_factor": math.nextafter(1.3, 2)}, True),
    ("profit_factor", {"profit_factor": 1.3}, False),
    ("profit_factor", {"profit_factor": math.nextafter(1.3, 1)}, False),
    ("profit_factor", {"profit_factor": NAN}, False),
    ("profit_factor", {"profit_factor": math.inf}, True),
    ("lookahead", {"lookahead": LookaheadEvidence(("row 17",), 240)}, False),
    ("too_short", {"span_days": 731}, True),
    ("too_short", {"span_days": 730}, True),
    ("too_short", {"span_days": 729}, False),
    ("too_few", {"round_trips": 31}, True),
    ("too_few", {"round_trips": 30}, True),
    ("too_few", {"round_trips": 29}, False),
    ("costs_below_floor", {"costs_below_floor": ("BTCUSDT.BINANCE: taker 0 below 0.001",)}, False),
]


@pytest.mark.parametrize(("name", "change", "passed"), GATE1_TABLE)
def test_gate1_check_at_its_threshold(name, change, passed):
    checks = gate1(replace(RESEARCH, **change))
    assert check_of(checks, name).passed is passed
    assert all(c.passed for c in checks if c.id != name)


@pytest.mark.parametrize(("name", "change", "passed"), GATE2_TABLE)
def test_gate2_check_at_its_threshold(name, change, passed):
    checks = gate2(replace(BACKTEST, **change))
    assert check_of(checks, name).passed is passed
    assert all(c.passed for c in checks if c.id != name)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("hypothesis", {"hypothesis_missing": ("claim", "mechanism")}, "claim; mechanism"),
        ("theoretical_sharpe", {"net_sharpe": 0.4}, "after costs 0.40"),
        ("theoretical_sharpe", {"theoretical_sharpe": NAN}, "undefined"),
        ("capacity", capacity(NAN, "no_volume"), "no_volume: ETHUSDT.BINANCE"),
        ("capacity", capacity(1e4, "participation"), "ETHUSDT.BINANCE reaches its share"),
        ("capacity", capacity(1e4), "impact takes the Sharpe ratio to the floor"),
        (
            "capacity",
            capacity(0.0) | {"net_sharpe": 1.04},
            "already without impact the Sharpe ratio after costs is 1.04, below the floor of 1.2",
        ),
        ("capacity", capacity(NAN, "no_trades"), "nothing was traded"),
        ("data_met", {"data_unmet": ("gap of 9h",)}, "gap of 9h"),
        ("lookahead", {"lookahead": LookaheadEvidence(("close.shift(-1)",), 9)}, "close.shift(-1)"),
        ("lookahead", {"lookahead": LookaheadEvidence((), 0)}, "no row was tested"),
    ],
)
def test_gate1_says_in_words_why(name, change, words):
    assert words in check_of(gate1(replace(RESEARCH, **change)), name).reason


def test_a_short_span_prints_the_chance_of_a_strategy_without_edge():
    reason = check_of(gate2(replace(BACKTEST, span_days=180)), "too_short").reason
    assert reason == (
        "too short: over 180 days a strategy without edge beats a Sharpe ratio of"
        " 1.5 with 14.6% and 1.2 with 20.0%"
    )
    two_years = check_of(gate2(replace(BACKTEST, span_days=730)), "too_short").reason
    assert "1.5 with 1.7%" in two_years


def test_a_profit_factor_without_losers_is_explained():
    check = check_of(gate2(replace(BACKTEST, profit_factor=math.inf)), "profit_factor")
    assert "no round trip lost" in check.reason
    assert check.to_json()["value"] is None


def test_too_few_round_trips_are_counted_in_the_reason():
    assert "29 round trips" in check_of(gate2(replace(BACKTEST, round_trips=29)), "too_few").reason


def test_a_claim_above_the_estimate_is_a_warning_and_fails_nothing():
    claimed = replace(RESEARCH, capacity_claimed=9e6)
    assert all(c.passed for c in gate1(claimed))
    (warning,) = gate1_warnings(claimed)
    assert "9,000,000" in warning
    assert "5,000,000" in warning
    assert gate1_warnings(replace(RESEARCH, capacity_claimed=5e6)) == ()
    assert gate1_warnings(replace(RESEARCH, capacity_claimed=None)) == ()


def test_a_theory_that_costs_eat_is_a_warning():
    assert gate1_warnings(replace(RESEARCH, net_sharpe=0.2)) == (
        "after costs the Sharpe ratio is 0.20",
    )


def test_a_house_that_judges_sooner_says_so():
    sooner = replace(GATE2, min_days=365)
    assert check_of(gate2(replace(BACKTEST, span_days=365), sooner), "too_short").passed
    (warning,) = gate2_warnings(BACKTEST, sooner)
    assert "365 days, fewer than 730" in warning
    assert gate2_warnings(BACKTEST) == ()


def test_an_exploratory_run_is_noted_by_both_gates():
    assert "exploratory" in gate1_warnings(replace(RESEARCH, exploratory=True))[0]
    assert "exploratory" in gate2_warnings(replace(BACKTEST, exploratory=True))[0]
