"""Point-in-time bars: known when published, late ones withheld, revisions in later views alone."""

import io
import tarfile

import numpy as np
import polars as pl
import pytest

import sluice
from sluice import Bars, Strategy, close
from sluice.domain.errors import BadData, MissingData
from sluice.market.catalog import Catalog
from sluice.market.dataset import Origin
from sluice.market.importers.raw import ImportOptions
from sluice.market.importers.read import read_bars
from sluice.market.publications import as_known
from sluice.market.source import assemble

OPTIONS = ImportOptions(venue="NYSE", asset_class="equity", calendar="XNYS")
DAYS = [np.datetime64(d, "D") for d in np.arange("2016-01-04", "2016-02-27", dtype="datetime64[D]")]
WEEKDAYS = [
    day for day in DAYS if np.is_busday(day) and str(day) not in ("2016-01-18", "2016-02-15")
]
REVISED = WEEKDAYS[20]  # published anew the day after, at another close
LATE = WEEKDAYS[10]  # first published a day late


def ns(day):
    return int(np.datetime64(day, "ns").astype(np.int64))


def table(revised_close=90.0, revised_on=1):
    """One share, a row a session; the package is of the same day but for LATE."""
    rng = np.random.default_rng(5)
    price = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.02, len(WEEKDAYS)))), 2)
    one = np.timedelta64(1, "D")
    last = [revised_close if d == REVISED else p for d, p in zip(WEEKDAYS, price, strict=True)]
    stamps = [np.datetime64(d, "us") for d in WEEKDAYS]
    first = [s + one * int(d == LATE) for s, d in zip(stamps, WEEKDAYS, strict=True)]
    again = [
        s + one * (revised_on if d == REVISED else 1) for s, d in zip(stamps, WEEKDAYS, strict=True)
    ]
    return pl.DataFrame(
        {
            "date": np.array(stamps),
            "symbol": ["ACME"] * len(stamps),
            "open": price,
            "high": price + 30,
            "low": price - 30,
            "close": price,
            "volume": [1000] * len(stamps),
            "adj_close": price,
            "first_published": np.array(first),
            "close_last": last,
            "adj_close_last": last,
            "last_published": np.array(again),
        }
    )


def assembled(folder, frame):
    path = folder / "prices.parquet"
    frame.write_parquet(path)
    return assemble(read_bars(path, OPTIONS), OPTIONS, name="pit", now_ns=None)


@pytest.fixture
def bars(tmp_path):
    return assembled(tmp_path, table()).bars


def closes(bars):
    starts = bars.frame["ts_start"].to_physical().to_list()
    return dict(zip(starts, bars.frame["close"].to_list(), strict=True))


def test_a_bar_that_was_published_late_is_withheld_and_one_in_time_is_as_first_published(bars):
    first = closes(bars)
    assert len(first) == len(WEEKDAYS) - 1
    assert ns(LATE) not in first
    assert first[ns(REVISED)] != 90.0
    assert bars.frame["ts"].to_physical()[0] == ns(WEEKDAYS[0]) + 86_400 * 10**9


def test_the_report_counts_late_bars_and_revisions(tmp_path):
    report = assembled(tmp_path, table()).judged.report
    assert report.of("late_publication")[0].count == 1
    assert report.of("revisions")[0].text.endswith("1 closes, 1 adjusted closes")


def test_a_view_as_of_a_day_holds_what_was_published_by_then(bars):
    day_after = ns(REVISED) + 86_400 * 10**9
    before, after = as_known(bars, day_after), as_known(bars, day_after + 86_400 * 10**9)
    assert closes(before)[ns(REVISED)] == closes(bars)[ns(REVISED)]
    assert closes(after)[ns(REVISED)] == 90.0
    assert max(closes(before)) == ns(REVISED)
    assert ns(LATE) in closes(before)
    assert before.narrowed
    assert after.narrowed
    with pytest.raises(MissingData, match="nothing of pit was published by 2016-01-04"):
        as_known(bars, ns("2016-01-04"))


def test_what_is_stored_comes_back_and_later_views_with_it(bars, tmp_path):
    catalog = Catalog(tmp_path / "data")
    catalog.write("pit", bars, Origin("recorded"), 0)
    assert catalog.load("pit").digest == bars.digest
    end = ns("2016-04-01")
    view = catalog.load("pit", as_of_ns=end)
    assert view.digest == as_known(bars, end).digest
    assert view.narrowed
    assert not catalog.load("pit").narrowed


class Trend(Strategy):
    """Long above the mean of five closes."""

    data = Bars("ACME", every="1d")

    def signals(self):
        return pl.when(close > close.rolling_mean(5)).then(0.5).otherwise(0.0)


def targets(bars):
    """What is said on each day, by the start of the bar."""
    from sluice.strategy.evaluate import evaluate

    said = evaluate(Trend(), bars).signal
    return dict(zip(bars.frame["ts_start"].to_physical().to_list(), said, strict=True))


def test_first_and_last_published_differ_from_the_revision_on_and_nowhere_else(tmp_path):
    # The price falls from high above the mean, so that the revised close turns the signal.
    everything = ns("2016-04-01")
    frame = table(revised_close=1.0).with_columns(
        first_published=pl.col("date"), low=pl.lit(0.5), high=pl.lit(500.0)
    )
    first = assembled(tmp_path, frame).bars
    last = as_known(first, everything)
    one, other = closes(first), closes(last)
    assert [day for day in one if one[day] != other[day]] == [ns(REVISED)]
    early, late = targets(first), targets(last)
    differ = {d for d in early if not (early[d] == late[d] or np.isnan(early[d]))}
    window = {ns(day) for day in WEEKDAYS[20:25]}
    assert differ
    assert differ <= window
    equity = [sluice.backtest(Trend(), data=b).stats["total_return"] for b in (first, last)]
    assert equity[0] != equity[1]


@pytest.mark.parametrize("revised_close", [1.0, 50.0, 300.0])
def test_another_later_revision_changes_no_earlier_decision(tmp_path, revised_close):
    frame = table().with_columns(low=pl.lit(0.5), high=pl.lit(500.0))
    other = table(revised_close).with_columns(low=pl.lit(0.5), high=pl.lit(500.0))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = assembled(tmp_path / "a", frame).bars, assembled(tmp_path / "b", other).bars
    assert one.digest == two.digest  # a run does not see revisions at all
    by_then = ns(REVISED) + 86_400 * 10**9
    assert as_known(one, by_then).digest == as_known(two, by_then).digest
    assert (
        as_known(one, by_then * 2 - ns(REVISED)).digest
        != as_known(two, by_then * 2 - ns(REVISED)).digest
    )


def package(folder, name, rows, member="prices.csv"):
    text = "symbol,date,open,high,low,close,volume,adj_close\n" + "\n".join(rows) + "\n"
    path = folder / name
    with tarfile.open(path, "w:gz") as pack:
        info = tarfile.TarInfo(member)
        info.size = len(text)
        pack.addfile(info, io.BytesIO(text.encode()))
    return path


def test_daily_packages_give_first_versions_and_revisions(tmp_path):
    package(
        tmp_path,
        "20160105.tar.gz",
        ["ACME,2016-01-05,10,11,9,10,5,10", "ACME,2016-01-04,9,10,8,9,5,9"],
    )
    package(
        tmp_path,
        "20160106.tar.gz",
        ["ACME,2016-01-06,11,12,10,11,5,11", "ACME,2016-01-05,10,11,9,10.5,5,10.5"],
    )
    done = assemble(read_bars(tmp_path, OPTIONS), OPTIONS, name="packages", now_ns=None)
    assert done.bars is not None
    known = closes(done.bars)
    assert known == {ns("2016-01-05"): 10.0, ns("2016-01-06"): 11.0}  # the 4th came late
    view = closes(as_known(done.bars, ns("2016-02-01")))
    assert view == {ns("2016-01-04"): 9.0, ns("2016-01-05"): 10.5, ns("2016-01-06"): 11.0}


def test_a_broken_package_and_one_without_prices_are_refused(tmp_path):
    path = package(tmp_path, "20160105.tar.gz", ["ACME,2016-01-05,10,11,9,10,5,10"])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadData, match="20160105"):
        read_bars(path, OPTIONS)
    other = package(tmp_path, "20160106.tar.gz", ["x"], member="news.txt")
    with pytest.raises(BadData, match=r"holds no prices\.csv"):
        read_bars(other, OPTIONS)


def test_three_real_packages_hold_two_days_each(real_data):
    raw = read_bars(real_data / "us-equities-pit-2015-2017" / "raw_packages", OPTIONS)
    assert raw.rows["published"].n_unique() == 3
    assert raw.revisions is not None
    assert len(raw.revisions)
