"""The static check: each cheat is named with its node, no clean expression raises anything."""

import polars as pl
import pytest

from sluice import Param, Strategy, close
from sluice.strategy.causality import check_expression, static_check
from unit.strategy.corpus import ALLOCATION_CHEATS, CHEATS, CLEAN, CLEAN_ALLOCATIONS


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_in_signals_is_found_by_its_rule(name):
    expr, severity, rule = CHEATS[name]
    findings = {(f.severity, f.rule) for f in check_expression(expr)}
    if severity is None:
        assert findings == set()
    else:
        assert (severity, rule) in findings


@pytest.mark.parametrize("name", ALLOCATION_CHEATS)
def test_a_cheat_in_allocate_is_found_by_its_rule(name):
    expr, severity, rule = ALLOCATION_CHEATS[name]
    assert (severity, rule) in {(f.severity, f.rule) for f in check_expression(expr, "allocate")}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_expression_raises_nothing(name):
    assert check_expression(CLEAN[name]) == []


@pytest.mark.parametrize("name", CLEAN_ALLOCATIONS)
def test_a_clean_allocation_raises_nothing(name):
    assert check_expression(CLEAN_ALLOCATIONS[name], "allocate") == []


def test_the_corpus_is_as_large_as_the_trial_it_repeats():
    severities = [severity for _, severity, _ in CHEATS.values()]
    assert len(severities) >= 42
    assert severities.count("error") >= 38
    assert severities.count(None) <= 1
    assert len(CLEAN) >= 27


def test_the_guilty_node_is_named_and_what_it_does():
    (finding,) = check_expression(pl.when(close.shift(-1) > close).then(1.0))
    assert finding.node == "close.shift(-1)"
    assert finding.message == "`close.shift(-1)` reads one row into the future"


def test_a_centered_window_says_how_far_it_reads():
    (finding,) = check_expression(close.rolling_mean(21, center=True))
    assert finding.node == "close.rolling_mean(21, center=True)"
    assert "10 rows into the future" in finding.message


def test_a_shift_of_the_future_above_a_python_function_is_still_an_error():
    expr = close.map_batches(lambda s: s).shift(-2) > 0
    assert {"negative_shift", "python_function"} <= {f.rule for f in check_expression(expr)}


def test_a_cheat_below_a_python_function_is_still_an_error():
    expr = close.shift(-1).map_batches(lambda s: s) > 0
    assert {"negative_shift", "python_function"} == {f.rule for f in check_expression(expr)}


def test_a_node_that_is_not_known_is_a_warning_not_silence():
    (finding, *_) = check_expression(pl.all())
    assert (finding.severity, finding.rule) == ("warning", "unknown_node")


class OnTheClose(Strategy):
    fill = "close"
    n: int = Param(5, ge=2)

    def signals(self):
        return close > close.rolling_mean(self.n)


class FromAFrame(Strategy):
    def signals_frame(self, bars):
        low, high = bars.select(pl.col("close").min()), bars.select(pl.col("close").max())
        del low, high
        return bars.select("ts", "instrument", signal=(close - close.mean()) / close.std())


class Cumulative(Strategy):
    def signals(self):
        return close / close.cum_max()


def test_filling_at_the_same_close_names_its_rule():
    assert "same_bar_fill" in {f.rule for f in static_check(OnTheClose())}


def test_a_fit_on_the_whole_sample_in_signals_frame_names_its_rule_and_line():
    findings = [f for f in static_check(FromAFrame()) if f.rule == "whole_sample_fit"]
    assert {f.node for f in findings} >= {"close.mean(…)", "close.std(…)"}
    assert all(f.where.startswith("test_causality.py:") for f in findings)


def test_an_unbounded_expression_without_a_declared_warm_up_is_a_warning():
    (finding,) = [f for f in static_check(Cumulative()) if f.rule == "unbounded_warmup"]
    assert finding.severity == "warning"
    assert "hold()" in finding.message
