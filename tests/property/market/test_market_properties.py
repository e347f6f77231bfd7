"""Whatever the source: nothing is lost, nothing is repaired, and coarse bars add up."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from market_bars import HOUR, NOW, START, bar_set, hourly_frame, instrument
from sluice.market.bars import BarSet
from sluice.market.calendars import WEEKDAYS, is_closure
from sluice.market.importers.stamps import to_utc_ns
from sluice.market.instruments import decimals_seen
from sluice.market.quality import QualityContext, judge
from sluice.market.resample import resample

PRICE = st.one_of(
    st.floats(0.5, 200), st.sampled_from([0.0, -1.0, float("nan"), float("inf"), None])
)
ROW = st.tuples(st.integers(0, 30), PRICE, PRICE, PRICE, PRICE, PRICE)


def raw(rows):
    stamps = [START + r[0] * HOUR for r in rows]
    return pl.DataFrame(
        {
            "symbol": ["A"] * len(rows),
            "file": ["f"] * len(rows),
            "row": range(1, len(rows) + 1),
            "ts_start": stamps,
            "ts": [s + HOUR for s in stamps],
            **{
                name: [r[k] for r in rows]
                for k, name in enumerate(("open", "high", "low", "close", "volume"), start=1)
            },
        },
        schema_overrides=dict.fromkeys(("open", "high", "low", "close", "volume"), pl.Float64),
        strict=False,
    )


@settings(deadline=None, max_examples=150)
@given(st.lists(ROW, min_size=1, max_size=40))
def test_quarantine_splits_the_rows_and_what_is_kept_is_sound_and_untouched(rows):
    frame = raw(rows)
    result = judge(frame, QualityContext("p", HOUR, {"A": "equity"}, NOW, "quarantine"))
    report = result.report
    if report.refused:
        assert len(result.kept) == 0
        return
    assert report.rows_in == report.rows_kept + report.rows_quarantined == len(rows)
    both = pl.concat([result.kept, result.quarantined.drop("rule")]).sort("row")
    assert both.equals(frame)
    again = judge(result.kept, QualityContext("p", HOUR, {"A": "equity"}, NOW))
    assert again.report.errors == ()
    BarSet.build(
        result.kept.with_columns(pl.lit("A.X").alias("instrument")),
        [instrument("A", "X", "equity")],
        every_ns=HOUR,
        name="p",
        provenance="recorded",
    )


@settings(deadline=None, max_examples=60)
@given(
    st.sets(st.integers(0, 59), max_size=40),
    st.sampled_from([2, 3, 4, 6, 12]),
)
def test_coarse_bars_hold_the_volume_and_the_range_of_the_fine_bars_within_them(missing, times):
    frame = hourly_frame(bars=60).filter(~pl.int_range(pl.len()).is_in(list(missing)))
    fine = BarSet.build(frame, [instrument()], every_ns=HOUR, name="f", provenance="recorded")
    coarse = resample(fine, times * HOUR)
    starts = coarse.frame["ts_start"].to_physical().to_numpy()
    assert (starts % (times * HOUR) == 0).all()
    stamps = fine.frame["ts_start"].to_physical().to_numpy()
    for row in coarse.frame.iter_rows(named=True):
        begin = int(np.datetime64(row["ts_start"].replace(tzinfo=None), "ns").astype(np.int64))
        inside = fine.frame.filter(pl.Series((stamps >= begin) & (stamps < begin + times * HOUR)))
        assert row["volume"] == inside["volume"].sum()
        assert (row["high"], row["low"]) == (inside["high"].max(), inside["low"].min())
        assert (row["open"], row["close"]) == (inside["open"][0], inside["close"][-1])


@given(st.lists(st.integers(-(10**12), 10**13), min_size=1, max_size=20), st.integers(0, 8))
def test_decimals_seen_are_never_more_than_were_written(integers, decimals):
    values = np.array([float(f"{i}e-{decimals}") for i in integers])
    assert decimals_seen(values) <= decimals


@given(st.integers(10**9, 4 * 10**9))
def test_every_unit_of_an_epoch_is_the_same_instant(seconds):
    units = [seconds * f for f in (1, 10**3, 10**6, 10**9)]
    got = {to_utc_ns(pl.Series("t", [u]), None, "w")[0][0] for u in units}
    assert got == {seconds * 10**9}


@given(st.integers(0, 10_000), st.integers(1, 200))
def test_a_closure_never_hides_a_day_of_trading_time(start_hour, hours):
    begin = np.array([START + start_hour * HOUR])
    end = begin + hours * HOUR
    trading = sum(
        1 for h in range(hours) if ((int(begin[0]) + h * HOUR - START) // (24 * HOUR)) % 7 < 5
    )
    if is_closure(begin, end, WEEKDAYS)[0]:
        assert trading < 24


@settings(deadline=None, max_examples=20)
@given(st.permutations(["AAA", "BBB", "CCC"]), st.integers(0, 1000))
def test_the_order_of_loading_changes_nothing(symbols, seed):
    bars = bar_set(("AAA", "BBB", "CCC"), bars=12)
    mixed = bars.frame.with_columns(pl.col("instrument").cast(pl.String)).sample(
        fraction=1.0, shuffle=True, seed=seed
    )
    by_symbol = {i.symbol: i for i in bars.instruments}
    again = BarSet.build(
        mixed, [by_symbol[s] for s in symbols], every_ns=HOUR, name="x", provenance="recorded"
    )
    assert again.digest == bars.digest
