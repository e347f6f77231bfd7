"""What the gates are told of the data: history, gaps and quality; and what they warn of beside."""

from dataclasses import replace

import polars as pl
import pytest

from market_bars import HOUR, bar_set
from sluice import Bars, Strategy, close
from sluice.domain.quality import QualityReport
from sluice.market.bars import BarSet
from sluice.research.judge import judge_backtest, judge_research
from sluice.research.plan import Asked, plan

REPORT = QualityReport("test", "refuse", 96, 96, 0)


class Holds(Strategy):
    """Half in the market on odd days."""

    data = Bars("BTCUSDT", every="1h", history="4d", max_gap="3h")

    def signals(self) -> pl.Expr:
        return (close * 0) + 0.5 * (pl.col("ts").dt.day() % 2)


class Greedy(Holds):
    """Declares more history than there is."""

    data = Bars("BTCUSDT", every="1h", history="30d", max_gap="3h")


class Undeclared(Strategy):
    """Says what to do and not on what."""

    def signals(self) -> pl.Expr:
        return close * 0


def sound(bars=96):
    return replace(bar_set(bars=bars), quality=REPORT)


def without(missing):
    """Four days of hours of which some are missing."""
    whole = bar_set(bars=96)
    frame = whole.frame.with_row_index("row").filter(~pl.col("row").is_in(list(missing)))
    made = BarSet.build(
        frame.drop("row"),
        whole.instruments,
        every_ns=HOUR,
        name="test",
        provenance="recorded",
    )
    return replace(made, quality=REPORT)


def checks(strategy, bars, judge=judge_research):
    verdict = judge(plan(strategy, Asked(data=bars))).verdict
    return {check.id: check for check in verdict.checks}


def test_data_as_declared_is_met():
    said = checks(Holds(), sound())
    assert said["data_identified"].passed
    assert said["data_met"].passed


def test_less_history_than_declared_is_not_met_and_says_how_much_is_there():
    met = checks(Greedy(), sound())["data_met"]
    assert not met.passed
    assert "30d of history are declared, 4d are there" in met.reason


@pytest.mark.parametrize(("hours", "passed"), [(3, True), (4, False)])
def test_a_gap_is_borne_up_to_max_gap(hours, passed):
    met = checks(Holds(), without(range(40, 40 + hours)))["data_met"]
    assert met.passed is passed
    assert passed or "the longest 4h in BTCUSDT.BINANCE" in met.reason


def test_bars_that_nobody_judged_are_not_met():
    met = checks(Holds(), bar_set(bars=96))["data_met"]
    assert not met.passed
    assert "no quality report" in met.reason


def test_a_strategy_that_declares_nothing_has_not_identified_its_data():
    said = checks(Undeclared(), sound())
    assert not said["data_identified"].passed
    assert not said["hypothesis"].passed
    assert "declares none" in said["hypothesis"].reason


def test_a_short_window_fails_gate_2_and_says_what_luck_does_in_it():
    said = checks(Holds(), sound(), judge_backtest)
    assert not said["too_short"].passed
    assert said["too_short"].value == 4
    assert "without edge" in said["too_short"].reason
    assert not said["gate1_passed"].passed
