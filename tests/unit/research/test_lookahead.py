"""Each seeded cheat is caught and named; clean strategies raise nothing; the report is exact."""

import numpy as np
import polars as pl
import pytest

from sluice.market.features import close, volume
from sluice.research.lookahead import (
    decision_rows,
    lookahead_report,
    rows_of,
    sampled_rows,
    verify_warmup,
)
from sluice.strategy.base import Strategy
from sluice.strategy.evaluate import evaluate_frame
from sluice.strategy.library.bollinger_reversion import BollingerReversion
from sluice.strategy.library.ema_cross import EmaCross
from unit.research.cheats import CHEATS, HiddenInPython, NextClose, ScaledBeforeTheSplit
from unit.research.honest import CLEAN, OnBars, RankedDaily, TooShort
from unit.research.panels import panel


class EmbeddedFuture(Strategy):
    """Carries next closes as a Series of the length of the frame."""

    ahead = panel(("A",)).frame["close"].shift(-1).fill_null(0.0)

    def signals(self) -> pl.Expr:
        return pl.when(pl.lit(type(self).ahead) > close).then(0.1).otherwise(-0.1)


@pytest.mark.parametrize("name", CHEATS)
def test_each_cheat_is_caught_and_its_rule_and_place_named(name):
    cheat, rule, place = CHEATS[name]
    report = lookahead_report(cheat(), panel())
    assert not report.passed
    named = [f for f in report.findings if f.rule == rule and place in f.where]
    assert named, [(f.rule, f.where) for f in report.findings]
    assert report.evidence().findings


@pytest.mark.parametrize("missing", [0.0, 0.05])
@pytest.mark.parametrize("strategy", CLEAN, ids=lambda s: type(s).__name__)
def test_clean_strategies_raise_nothing(strategy, missing):
    report = lookahead_report(strategy, panel(("A", "B", "C", "D"), 500, missing=missing))
    assert report.findings == ()
    assert report.passed
    assert report.rows_tested >= 200
    assert report.perturbed_rows > 0


def test_dynamic_findings_name_instrument_stamp_and_column():
    report = lookahead_report(HiddenInPython(), panel())
    finding = next(f for f in report.findings if f.rule == "truncation")
    assert finding.instrument in ("A.TEST", "B.TEST")
    assert finding.column == "signal"
    assert finding.ts_ns in set(panel().frame["ts"].to_physical())
    assert finding.instrument in finding.message
    assert "2024-01-01" in finding.message


def test_the_operand_that_reads_ahead_is_named_beside_the_signal():
    report = lookahead_report(NextClose(), panel())
    columns = {f.column for f in report.findings if f.rule == "truncation"}
    assert columns == {"signal", "close.shift(-1)"}


def test_what_is_fitted_on_the_whole_frame_is_said_to_be():
    messages = lookahead_report(ScaledBeforeTheSplit(), panel()).evidence().findings
    assert any("fitted on the whole frame" in message for message in messages)


def test_a_series_as_long_as_the_frame_is_caught_when_the_frame_is_cut():
    report = lookahead_report(EmbeddedFuture(), panel(("A",)))
    assert not report.passed
    assert any(f.rule == "embedded_series" for f in report.warnings)
    assert any(f.rule == "truncation" for f in report.findings)


def test_a_frame_of_the_authors_that_fails_when_cut_is_caught():
    class WholeYearOnly(Strategy):
        warmup = 10

        def signals_frame(self, bars: pl.LazyFrame) -> pl.LazyFrame:
            rows = bars.collect().height
            column = "close" if rows == 1200 else "only on the whole frame"
            return bars.select("ts", "instrument", (pl.col(column) / 1e4).alias("signal"))

    report = lookahead_report(WholeYearOnly(), panel())
    assert any(f.rule == "fit_on_whole_sample" for f in report.findings)


def test_a_declared_warmup_that_is_too_short_is_told_from_looking_ahead():
    report = lookahead_report(TooShort(), panel())
    assert [f.rule for f in report.findings] == ["warmup"]


def test_callbacks_alone_have_no_row_to_test_and_pass():
    report = lookahead_report(OnBars(), panel())
    assert report.passed
    assert report.evidence().callbacks_only
    assert report.rows_tested == 0


def test_the_same_seed_gives_the_same_report():
    first, second = (lookahead_report(HiddenInPython(), panel(), seed=7) for _ in range(2))
    assert first == second


def test_progress_is_reported_up_to_the_end():
    seen = []
    lookahead_report(EmaCross(), panel(), progress=lambda done, total: seen.append((done, total)))
    ends = [i for i, (done, total) in enumerate(seen) if done == total]
    assert len(ends) == 2  # of truncation, then of perturbation
    assert ends[-1] == len(seen) - 1


def test_decisions_are_where_the_target_moves():
    frame = panel(("A",), 300).frame
    rows = decision_rows(frame, evaluate_frame(EmaCross(), frame, 3_600_000_000_000))
    target = pl.Series(evaluate_frame(EmaCross(), frame).target).fill_nan(None)
    kept = target.fill_null(strategy="forward").fill_null(0.0).to_numpy()
    assert rows.tolist() == np.flatnonzero(np.diff(kept, prepend=0.0)).tolist()


def test_every_decision_is_tested_and_two_hundred_rows_beside():
    bars = panel(("A", "B"), 3000)
    rng = np.random.default_rng(0)
    traded = np.arange(100, 1100)
    rows = sampled_rows(bars.frame, traded, 50, rng)
    assert set(traded) <= set(rows)
    assert len(rows) > 1000
    assert len(sampled_rows(bars.frame, np.arange(6000), 50, rng)) <= 2200


def test_rows_are_found_by_stamp_and_instrument():
    frame = panel(("A", "B"), 10).frame
    ts = frame["ts"].to_physical().to_numpy()
    pairs = [(ts[5], "B.TEST"), (ts[0], "A.TEST"), (ts[0], "A.TEST"), (ts[0], "C.TEST")]
    rows = rows_of(frame, np.array([p[0] for p in pairs]), [p[1] for p in pairs])
    assert rows.tolist() == [0, 5]


def test_traded_rows_that_are_given_are_the_ones_tested():
    bars = panel()
    report = lookahead_report(EmaCross(), bars, np.arange(700, 1200))
    assert report.rows_tested >= 500


@pytest.mark.parametrize("strategy", [EmaCross(), BollingerReversion(n=20), RankedDaily()])
def test_more_history_than_the_derived_warmup_changes_nothing(strategy):
    bars = panel(("A",), 8000)
    assert verify_warmup(strategy, bars, np.arange(6000, 8000, 40)) == ()


def test_a_warmup_declared_too_short_is_found_by_more_history():
    class Short(Strategy):
        warmup = 5

        def signals(self) -> pl.Expr:
            return pl.when((close * volume).cum_sum() / volume.cum_sum() > 100).then(0.1)

    found = verify_warmup(Short(), panel(("A",)), np.arange(400, 500))
    assert {difference.test for difference in found} == {"warmup"}
    assert any("cum_sum" in difference.column for difference in found)
