"""The quality report against an exchange's calendar, on half-hour bars of July 2024."""

import numpy as np
import polars as pl
import pytest

from sluice.domain.errors import UsageError
from sluice.market.calendars import calendar_named
from sluice.market.catalog import Catalog
from sluice.market.dataset import Origin
from sluice.market.importers.read import ImportOptions, read_frame
from sluice.market.source import assemble

HALF_HOUR = 1_800_000_000_000
MONTH = tuple(
    int(np.datetime64(text, "ns").astype(np.int64)) for text in ("2024-07-01", "2024-07-31")
)
OPTIONS = ImportOptions(symbol="SPY", venue="ARCX", asset_class="equity")


def month():
    """Starts of all bars of the sessions of July 2024 (the 3rd closed early, the 4th was shut)."""
    sessions = calendar_named("XNYS", MONTH, whole_days=False).sessions
    inside = sessions.between(*MONTH)
    pairs = zip(sessions.open_ns[inside], sessions.close_ns[inside], strict=True)
    return np.concatenate([np.arange(start, stop, HALF_HOUR) for start, stop in pairs])


def frame_of(starts):
    n = len(starts)
    price = 100 + np.sin(np.arange(n))
    return pl.DataFrame(
        {
            "ts": pl.Series(np.sort(starts)).cast(pl.Datetime("ns", "UTC")),
            "open": price,
            "high": price + 1,
            "low": price - 1,
            "close": price,
            "volume": np.full(n, 10.0),
        }
    )


def report(starts, options=OPTIONS):
    raw = read_frame(frame_of(starts), options)
    return assemble(raw, options, name="spy", now_ns=None)


def counts(starts):
    found = report(starts).judged.report.findings
    return {f.rule: f.count for f in found}


def stamp(text):
    return np.datetime64(text, "ns").astype(np.int64)


def test_whole_sessions_with_their_half_day_and_holiday_are_without_finding():
    assert counts(month()) == {}


def test_a_session_without_bars_is_missing_and_its_hole_is_as_long_as_the_session():
    starts = month()
    tenth = (starts >= stamp("2024-07-10")) & (starts < stamp("2024-07-11"))
    found = report(starts[~tenth]).judged.report
    assert found.of("missing_sessions")[0].count == 1
    assert "2024-07-10" in found.of("missing_sessions")[0].text
    assert found.of("gaps")[0].longest_ns == 13 * HALF_HOUR


def test_bars_before_the_open_and_after_the_close_are_counted_and_kept():
    early, late = stamp("2024-07-09T12:00"), stamp("2024-07-09T20:00")
    found = report(np.append(month(), [early, late])).judged
    assert not found.report.refused
    assert found.report.of("extended_hours")[0].count == 2
    assert "1 before the open, 1 in breaks or after the close" in found.report.findings[0].text


def test_a_full_day_of_bars_on_a_half_day_is_said():
    after_one = np.arange(stamp("2024-07-03T17:00"), stamp("2024-07-03T20:00"), HALF_HOUR)
    text = report(np.append(month(), after_one)).judged.report.of("extended_hours")[0].text
    assert "6 of them on days that closed early" in text


def test_a_bar_on_a_holiday_and_one_on_a_saturday_stand_on_closed_days():
    shut = [stamp("2024-07-04T15:00"), stamp("2024-07-06T15:00")]
    assert counts(np.append(month(), shut)) == {"closed_days": 2}


def test_a_day_cut_off_at_one_is_a_short_session():
    starts = month()
    cut = (starts >= stamp("2024-07-16T17:00")) & (starts < stamp("2024-07-17"))
    found = report(starts[~cut]).judged.report
    assert found.of("short_sessions")[0].count == 1
    assert "0 begin late, 1 end early" in found.of("short_sessions")[0].text


def test_stamps_that_do_not_follow_summer_time_are_told():
    sessions = calendar_named("XNYS", MONTH, whole_days=False).sessions
    found = counts(month() + 3_600_000_000_000)
    assert found["clock_change"] == len(sessions.day[sessions.between(*MONTH)])


def test_the_venue_names_the_calendar_and_the_report_says_it_was_guessed():
    assembled = report(month())
    assert assembled.bars.calendar.name == "XNYS"
    assert assembled.bars.instruments[0].calendar == "XNYS"
    assert "calendar guessed: XNYS for SPY" in assembled.judged.report.notes


def test_a_share_at_an_unknown_venue_trades_on_weekdays_and_the_report_says_so():
    assembled = report(month(), ImportOptions(symbol="SPY", asset_class="equity"))
    assert assembled.bars.calendar.name == "weekdays"
    assert any("--calendar XNYS" in note for note in assembled.judged.report.notes)


def test_a_calendar_that_nobody_knows_is_refused():
    with pytest.raises(UsageError, match="did you mean"):
        report(month(), ImportOptions(symbol="SPY", calendar="NASDAC"))


def test_the_sessions_are_stored_beside_the_bars_and_read_from_there(tmp_path):
    bars = report(month()).bars
    catalog = Catalog(tmp_path)
    catalog.write("spy", bars, Origin("recorded"), 0)
    loaded = catalog.load("spy")
    assert loaded.digest == bars.digest
    assert loaded.calendar == bars.calendar
    assert loaded.calendar.stored is not None
    assert loaded.only(["SPY"]).calendar.stored is not None
    assert loaded.gaps()["expected"].all()


def test_bid_above_ask_is_found_across_the_two_files_of_a_pair():
    bid, ask = frame_of(month()), frame_of(month())
    ask = ask.with_columns(pl.col("close") - pl.when(pl.int_range(pl.len()) < 3).then(0.5))
    ask = ask.with_columns(pl.col("close").fill_null(bid["close"]))
    both = pl.concat(
        [
            bid.with_columns(symbol=pl.lit("GBPUSD-BID")),
            ask.with_columns(symbol=pl.lit("GBPUSD-ASK")),
        ]
    )
    raw = read_frame(both, ImportOptions())
    found = assemble(raw, ImportOptions(), name="fx", now_ns=None).judged.report
    assert found.of("crossed_sides")[0].count == 3
    assert found.of("crossed_sides")[0].instrument == "GBPUSD-ASK"
