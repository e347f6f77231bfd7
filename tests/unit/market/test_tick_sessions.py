"""Ticks of an exchange keep its sessions beside them: a run needs no calendar library."""

import numpy as np
import polars as pl
import pytest

from sluice.domain.instrument import Instrument
from sluice.market import calendars, sessions
from sluice.market.catalog import Catalog
from sluice.market.dataset import Origin
from sluice.market.market_set import MarketSet
from sluice.market.tick_store import load_ticks
from sluice.market.ticks import QuoteSet

NOW = 1_704_067_200_000_000_000
DAY = 1_388_673_000_000_000_000  # 2014-01-02, 14:30 UTC: the open in New York


def quotes():
    stamps = DAY + np.arange(2_000) * 60_000_000_000
    frame = pl.DataFrame(
        {
            "ts": stamps,
            "instrument": ["SPY.XNYS"] * len(stamps),
            **{name: [100.0] * len(stamps) for name in ("bid", "bid_size", "ask_size")},
            "ask": [100.01] * len(stamps),
        }
    )
    share = Instrument.from_json(
        {
            "symbol": "SPY",
            "venue": "XNYS",
            "asset_class": "equity",
            "currency": "USD",
            "tick_size": "0.01",
            "lot_size": "1",
            "calendar": "XNYS",
        }
    )
    return QuoteSet.build(frame, [share], name="spy", provenance="recorded")


@pytest.fixture
def stored(tmp_path):
    catalog = Catalog(tmp_path)
    catalog.write("spy", quotes(), Origin("recorded"), NOW)
    return catalog


def forbid(monkeypatch):
    def refused(*_):
        raise AssertionError("the calendar library is asked")

    monkeypatch.setattr(sessions, "sessions_of", refused)
    monkeypatch.setattr(calendars, "sessions_of", refused)


def test_stored_ticks_know_their_sessions(stored, monkeypatch):
    ends = quotes().calendar.session_ends()
    forbid(monkeypatch)
    ticks = load_ticks(stored, "spy")
    assert ticks.calendar.session_ends() == ends
    assert MarketSet.of([ticks]).calendar.session_ends() == ends


def test_a_part_of_them_does_too(stored, monkeypatch):
    forbid(monkeypatch)
    ticks = load_ticks(stored, "spy")
    part = ticks.between(DAY, DAY + 3_600_000_000_000)
    assert part.narrowed
    assert part.calendar.session_ends() == ticks.calendar.session_ends()
