"""The quality report: each rule finds its fault, and each policy does what it says."""

import polars as pl
import pytest

from market_bars import HOUR, NOW, START
from sluice.domain.errors import QualityRefused
from sluice.domain.quality import QualityReport
from sluice.market.quality import QualityContext, judge, require


def rows(bars=48, symbol="BTCUSDT", price=100.0):
    close = [price + (i * 7 % 5) * 0.3 for i in range(bars)]
    return pl.DataFrame(
        {
            "symbol": [symbol] * bars,
            "file": ["source.csv"] * bars,
            "row": range(1, bars + 1),
            "ts_start": [START + i * HOUR for i in range(bars)],
            "ts": [START + (i + 1) * HOUR for i in range(bars)],
            "open": close,
            "high": [c + 0.5 for c in close],
            "low": [c - 0.5 for c in close],
            "close": close,
            "volume": [5.0] * bars,
        },
        schema_overrides={"row": pl.Int64},
    )


def changed(frame, row, **values):
    at = pl.int_range(pl.len()) == row
    return frame.with_columns(
        pl.when(at).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in values.items()
    )


def judged(frame, policy="refuse", asset_class="crypto_spot", now_ns=NOW):
    classes = dict.fromkeys(frame["symbol"].unique().to_list(), asset_class)
    return judge(frame, QualityContext("test", HOUR, classes, now_ns, policy))


def only(frame, rule, **more):
    report = judged(frame, **more).report
    assert {f.rule for f in report.findings} == {rule}
    return report.findings[0]


def test_sound_bars_have_no_finding():
    result = judged(rows())
    assert result.report.findings == ()
    assert not result.report.refused
    assert len(result.kept) == 48


@pytest.mark.parametrize(
    ("rule", "row", "values"),
    [
        ("duplicates", 9, {"ts_start": START + 8 * HOUR, "ts": START + 9 * HOUR}),
        ("future", 47, {"ts_start": NOW, "ts": NOW + HOUR}),
        ("not_a_number", 9, {"close": float("nan")}),
        ("not_a_number", 9, {"open": None}),
        ("not_a_number", 9, {"high": float("inf")}),
        ("non_positive", 9, {"open": 0.0, "low": 0.0}),
        ("non_positive", 9, {"low": -1.0}),
        ("invalid_volume", 9, {"volume": -1.0}),
        ("invalid_volume", 9, {"volume": float("inf")}),
        ("inconsistent", 9, {"high": 90.0, "low": 80.0}),
        ("inconsistent", 9, {"low": 101.5, "high": 103.0}),
    ],
)
def test_a_wrong_row_is_an_error_that_names_row_and_file(rule, row, values):
    report = judged(changed(rows(), row, **values)).report
    (finding,) = report.of(rule)
    assert finding.severity == "error"
    assert finding.count == 1
    assert f"row {row + 1} of source.csv" in finding.text
    assert finding.examples[0]["row"] == row + 1
    assert report.refused


def test_a_row_that_goes_back_in_time_is_out_of_order_and_no_duplicate():
    frame = rows()
    swapped = pl.concat([frame[:10], frame[12:13], frame[10:12], frame[13:]])
    (finding,) = judged(swapped).report.errors
    assert finding.rule == "out_of_order"
    assert finding.count == 2


def test_one_stamp_in_the_future_does_not_damn_the_rows_after_it():
    frame = changed(rows(), 5, ts_start=NOW, ts=NOW + HOUR)
    assert [f.rule for f in judged(frame).report.errors] == ["future"]


def test_without_a_clock_the_report_says_that_the_future_was_not_looked_for():
    frame = changed(rows(), 47, ts_start=NOW, ts=NOW + HOUR)
    report = judged(frame, now_ns=None).report
    assert not report.errors
    assert any("no clock" in note for note in report.notes)


def test_holes_are_counted_and_the_longest_is_told():
    frame = rows(96).filter(~pl.col("row").is_in([10, 30, 31, 32]))
    finding = only(frame, "gaps")
    assert finding.count == 2
    assert finding.longest_ns == 3 * HOUR
    assert "2 holes, the longest without bars for 3h from 2024-01-02 05:00" in finding.text


def test_a_weekend_is_a_hole_only_where_the_market_never_closes():
    frame = rows(24 * 8).filter(
        ~pl.col("ts_start").is_between(START + 5 * 24 * HOUR, START + 7 * 24 * HOUR - 1)
    )
    assert only(frame, "gaps").count == 1
    assert judged(frame, asset_class="fx").report.findings == ()


def test_steps_that_are_no_whole_bar_are_uneven():
    frame = changed(rows(), 47, ts_start=START + 47 * HOUR + 60, ts=START + 48 * HOUR + 60)
    assert judged(frame).report.of("uneven")[0].count == 1


def test_a_run_is_frozen_from_twelve_unmoving_bars_on():
    def still(bars):
        at = pl.col("row").is_between(10, 9 + bars)
        return rows().with_columns(
            pl.when(at).then(pl.lit(100.0)).otherwise(pl.col(c)).alias(c)
            for c in ("open", "high", "low", "close")
        )

    assert judged(still(11)).report.of("frozen") == ()
    (finding,) = judged(still(12)).report.of("frozen")
    assert finding.longest_ns == 12 * HOUR


def test_a_spike_that_reverts_is_an_outlier_and_a_step_is_not():
    spike = changed(rows(200), 100, close=130.0, high=131.0)
    assert judged(spike).report.of("outliers")[0].count == 1
    step = rows(200).with_columns(
        pl.when(pl.col("row") > 100).then(pl.col(c) + 15).otherwise(pl.col(c)).alias(c)
        for c in ("open", "high", "low", "close")
    )
    assert judged(step).report.of("outliers") == ()


def test_a_halving_is_a_large_move():
    split = rows(100).with_columns(
        pl.when(pl.col("row") > 50).then(pl.col(c) / 2).otherwise(pl.col(c)).alias(c)
        for c in ("open", "high", "low", "close")
    )
    assert only(split, "large_moves").count == 1


def test_zero_volume_is_told_from_missing_volume():
    assert only(changed(rows(), 3, volume=0.0), "zero_volume").count == 1
    assert only(changed(rows(), 3, volume=None), "missing_volume").count == 1
    none = rows().with_columns(pl.lit(None, pl.Float64).alias("volume"))
    assert "no volume at all" in only(none, "missing_volume").text


def test_symbols_that_end_at_different_stamps_are_ragged():
    frame = pl.concat([rows(48), rows(40, "ETHUSDT")])
    finding = only(frame, "ragged_ends")
    assert finding.instrument == "*"
    assert finding.count == 1
    assert finding.longest_ns == 8 * HOUR


def test_quarantine_sets_wrong_rows_aside_with_their_rule_and_keeps_the_first_of_duplicates():
    frame = changed(rows(), 9, ts_start=START + 8 * HOUR, ts=START + 9 * HOUR)
    frame = changed(frame, 20, close=-1.0, low=-2.0)
    result = judged(frame, "quarantine")
    assert result.quarantined["rule"].to_list() == ["duplicates", "non_positive"]
    assert result.quarantined["row"].to_list() == [10, 21]
    assert len(result.kept) == 46
    assert (result.report.rows_kept, result.report.rows_quarantined) == (46, 2)
    require(result.report)


def test_quarantine_with_nothing_sound_left_is_refused():
    frame = rows().with_columns(pl.lit(-1.0).alias("low"))
    with pytest.raises(QualityRefused, match="No sound row was left"):
        require(judged(frame, "quarantine").report)


def test_accept_keeps_an_inconsistent_row_as_it_is():
    frame = changed(rows(), 9, high=90.0, low=80.0)
    result = judged(frame, "accept")
    assert len(result.kept) == 48
    assert result.kept["high"][9] == 90.0
    assert not result.report.refused
    assert result.report.errors


def test_accept_never_takes_rows_that_would_break_a_run():
    frame = changed(rows(), 9, close=float("nan"))
    with pytest.raises(QualityRefused, match="'accept' cannot take not_a_number"):
        require(judged(frame, "accept").report)


def test_a_refusal_lists_the_findings_and_the_ways_out():
    frame = changed(rows(), 9, close=0.0, low=0.0)
    with pytest.raises(QualityRefused) as refused:
        require(judged(frame).report)
    assert "BTCUSDT: 1 row with a price of zero or below" in str(refused.value)
    assert "--policy quarantine" in str(refused.value)


def test_the_report_survives_json():
    frame = changed(rows(), 9, close=float("nan"))
    report = judged(frame).report
    assert QualityReport.from_json(report.to_json()) == report
