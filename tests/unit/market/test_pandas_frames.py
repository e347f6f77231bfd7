"""A pandas frame is taken as it is: by its index or a column of stamps, with the same bars."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sluice.domain.errors import UsageError
from sluice.market.catalog import Catalog
from sluice.market.importers.frames import from_pandas, is_pandas
from sluice.market.source import resolve

HOURS = 48


def walk():
    close = 100 + np.arange(HOURS, dtype=float)
    stamps = pd.date_range("2024-01-01", periods=HOURS, freq="1h", tz="UTC")
    frame = {"Open": close, "High": close + 1, "Low": close - 1, "Close": close, "Volume": 1.0}
    return pd.DataFrame(frame, index=stamps)


@pytest.fixture
def catalog(tmp_path):
    return Catalog(tmp_path)


def test_an_index_of_stamps_and_a_column_give_the_same_bars(catalog):
    by_index = resolve(walk(), None, catalog)
    by_column = resolve(walk().rename_axis("date").reset_index(), None, catalog)
    naive = walk()
    naive.index = naive.index.tz_localize(None)
    assert by_index.digest == by_column.digest == resolve(naive, None, catalog).digest
    assert by_index.ids == ("FRAME.LOCAL",)
    assert any("FRAME" in note for note in by_index.quality.notes)


def test_a_zone_becomes_utc(catalog):
    abroad = walk()
    abroad.index = abroad.index.tz_convert("America/New_York")
    assert resolve(abroad, None, catalog).digest == resolve(walk(), None, catalog).digest


def test_symbols_stay_and_gaps_become_nulls():
    long = walk().assign(symbol=["A", "B"] * (HOURS // 2), note=[None, "x"] * (HOURS // 2))
    frame = from_pandas(long)
    assert frame["symbol"].to_list() == ["A", "B"] * (HOURS // 2)
    assert frame["note"].null_count() == HOURS // 2
    assert frame["Close"].dtype == pl.Float64


def test_what_is_no_frame_is_refused_with_what_would_do(catalog):
    assert not is_pandas(walk()["Close"])
    with pytest.raises(UsageError, match="polars or a pandas frame"):
        resolve(walk()["Close"], None, catalog)
