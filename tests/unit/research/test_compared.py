"""When two evaluations agree, when they differ, and when rounding alone tipped a comparison."""

import math

import numpy as np
import polars as pl
import pytest

from sluice.market.features import close, sma
from sluice.research.lookahead import lookahead_report
from sluice.research.lookahead.compared import (
    SIGNAL,
    as_floats,
    differs,
    first_difference,
    is_tie,
    near_each_other,
    parts_of,
    scale_of,
)
from sluice.research.lookahead.cuts import Layout, within_work
from sluice.research.lookahead.perturbation import perturbation
from sluice.strategy.base import Strategy
from sluice.strategy.library.ema_cross import EmaCross
from unit.research.cheats import HiddenInPython
from unit.research.panels import HOUR, panel

NAN = math.nan


def array(*values):
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize(
    ("full", "other", "expected"),
    [
        (1.0, 1.0, False),
        (1.0, 1.0 + 5e-10, False),
        (1.0, 1.0 + 5e-9, True),
        (NAN, NAN, False),
        (1.0, NAN, True),
        (NAN, 0.0, True),
        (math.inf, math.inf, False),
        (math.inf, 1.0, True),
        (0.0, 1e-12, False),
        (0.0, 1e-6, True),
    ],
)
def test_values_differ_beyond_a_billionth_of_their_size_or_where_one_is_null(full, other, expected):
    assert differs(array(full), array(other), scale=1.0)[0] == expected


def test_the_scale_of_a_column_is_its_mean_size_without_nulls():
    assert scale_of(array(1, -3, NAN, math.inf)) == 2.0
    assert scale_of(array(NAN)) == 0.0


def test_a_signal_tipped_by_rounding_is_a_tie_and_one_that_moved_with_nothing_is_not():
    scales = {SIGNAL: 0.1, "sma": 100.0}
    full = {SIGNAL: array(0.1, 0.1, 0.1), "sma": array(100, 100, 100)}
    cut = {SIGNAL: array(-0.1, -0.1, -0.1), "sma": array(100 + 1e-12, 100, 101)}
    assert is_tie(SIGNAL, full, cut, scales).tolist() == [True, False, False]
    assert is_tie("sma", full, cut, scales).tolist() == [False, False, False]


def test_a_signal_without_operands_is_never_a_tie():
    one, other = {SIGNAL: array(1)}, {SIGNAL: array(2)}
    assert not is_tie(SIGNAL, one, other, {SIGNAL: 1.0}).any()


def test_scores_may_swap_ranks_only_where_they_nearly_meet():
    assert near_each_other(array(1.0, 2.0, 1.0 + 1e-12), 1.0)
    assert not near_each_other(array(1.0, 2.0, NAN), 1.0)


def test_operands_are_compared_beside_the_signal():
    class Cross(Strategy):
        def signals(self) -> pl.Expr:
            return pl.when(sma(close, 3) > sma(close, 9)).then(0.1).otherwise(0.0)

    assert list(parts_of(Cross()).exprs) == [
        SIGNAL,
        "close.rolling_mean(3)",
        "close.rolling_mean(9)",
    ]


@pytest.mark.parametrize(
    ("column", "floats"),
    [
        (pl.Series([True, None, False]), [1.0, NAN, 0.0]),
        (pl.Series([3, None]), [3.0, NAN]),
        (pl.Series(["x"]), [NAN]),
    ],
)
def test_columns_of_any_type_become_floats(column, floats):
    assert as_floats(column).tolist() == pytest.approx(floats, nan_ok=True)


def test_the_first_difference_is_the_earliest_and_counts_the_rest():
    frame = panel(("A",), 10).frame
    found = first_difference("truncation", SIGNAL, frame, [(7, 1.0, 2.0), (3, 5.0, 6.0)])
    assert (found.ts_ns, found.full, found.other) == (int(frame["ts"].to_physical()[3]), 5.0, 6.0)
    assert found.count == 2


def test_a_layout_keeps_the_last_rows_of_one_instrument():
    frame = panel(("A", "B"), 5).frame  # A B A B …
    layout = Layout.of(frame)
    rows = np.array([9, 8, 1])
    assert layout.tail_length(rows, 3).tolist() == [3, 3, 1]
    assert layout.tail_length(rows, None).tolist() == [5, 5, 1]
    kept = layout.order[layout.tail_start(rows, 3)[0] : layout.place[9] + 1]
    assert kept.tolist() == [5, 7, 9]


def test_too_much_work_is_thinned_evenly_but_never_below_two_hundred_cuts():
    rows = np.arange(2000)
    assert len(within_work(rows, np.full(2000, 100))) == 2000
    thinned = within_work(rows, np.full(2000, 10_000_000))
    assert len(thinned) == 200
    assert (thinned[0], thinned[-1]) == (0, 1999)


def test_a_long_frame_is_perturbed_in_stretches_and_still_tells_cheat_from_honest():
    bars = panel(("A",), 100_000)
    for strategy, caught in ((EmaCross(), False), (HiddenInPython(), True)):
        rng = np.random.default_rng(0)
        cuts = perturbation(strategy, bars.frame, every_ns=HOUR, rng=rng)
        assert bool(cuts.differences) is caught


def test_a_frame_of_one_bar_has_no_future_to_change():
    rng = np.random.default_rng(0)
    cuts = perturbation(EmaCross(), panel(("A",), 1).frame, every_ns=HOUR, rng=rng)
    assert cuts.rows_tested == 0


def test_a_strategy_that_never_trades_is_still_tested():
    report = lookahead_report(EmaCross(fast=40, slow=400), panel(("A",), 300))
    assert report.passed
    assert report.rows_tested >= 200
