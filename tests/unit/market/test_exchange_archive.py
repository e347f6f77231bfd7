"""Which files of the archive hold a window: months that are whole, days for the rest."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain.errors import UsageError
from sluice.market.importers.exchange_archive import Series, spans
from sluice.market.importers.exchange_names import archive_name


def test_whole_months_are_months_and_the_rest_are_days():
    found = [span.text for span in spans(date(2024, 1, 30), date(2024, 4, 2))]
    assert found == [
        *("2024-01-30", "2024-01-31", "2024-02", "2024-03"),
        *("2024-04-01", "2024-04-02"),
    ]


days = st.dates(date(2019, 1, 1), date(2026, 12, 31))


@given(days, st.integers(0, 400))
def test_spans_hold_every_day_of_the_window_once(first, count):
    last = first + timedelta(days=count)
    held = [day.first for span in spans(first, last) for day in span.days()]
    assert held == [first + timedelta(days=i) for i in range(count + 1)]


@pytest.mark.parametrize(
    ("series", "when", "path"),
    [
        (
            Series("BTCUSDT", "klines", "spot", "1m"),
            "2024-01",
            "data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip",
        ),
        (
            Series("BTCUSDT", "aggTrades", "um"),
            "2024-01-02",
            "data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-02.zip",
        ),
        (
            Series("BTCUSD_PERP", "trades", "cm"),
            "2024-01",
            "data/futures/cm/monthly/trades/BTCUSD_PERP/BTCUSD_PERP-trades-2024-01.zip",
        ),
    ],
)
def test_paths_are_those_of_the_archive_and_their_names_are_read_back(series, when, path):
    assert series.path_of(when) == path
    name = archive_name(path.rpartition("/")[2])
    assert name is not None
    assert (name.symbol, name.what) == (series.symbol, series.every or series.kind)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("../x", "trades"), "is no symbol"),
        (("BTCUSDT", "klines"), "say the interval"),
        (("BTCUSDT", "klines", "spot", "1mo"), "--every 1mo"),
        (("BTCUSDT", "trades", "spot", "1m"), "have no interval"),
    ],
)
def test_what_the_archive_does_not_have_is_refused(words, says):
    with pytest.raises(UsageError, match=says):
        Series(*words)


@pytest.mark.parametrize("name", ["BTCUSDT-1m.zip", "prices.csv", "btcusdt-1m-2024-01.zip"])
def test_other_names_are_none_of_the_archives(name):
    assert archive_name(name) is None
