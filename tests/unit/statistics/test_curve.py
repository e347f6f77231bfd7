"""An equity curve survives being packed, and a damaged one says so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.statistics.curve import packed, unpacked
from sluice.statistics.returns import DAY_NS, daily_returns


def curve(equity, cash=100.0):
    sessions = np.arange(len(equity), dtype=np.int64)
    return daily_returns((sessions + 1) * DAY_NS, np.asarray(equity, float), cash, sessions)


@given(
    st.lists(st.integers(-(10**11), 10**11).map(lambda cents: cents / 100), max_size=50),
    st.floats(1.0, 1e9),
)
def test_every_number_comes_back_as_it_was(equity, cash):
    before = curve(equity, cash)
    after = unpacked(packed(before))
    for name in ("session", "returns", "equity", "start_equity"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_curve_that_was_cut_is_refused(cut):
    with pytest.raises(ValueError, match="damaged"):
        unpacked(packed(curve([101.0, 102.0, 103.0]))[:-cut])


def test_bytes_of_something_else_are_refused():
    with pytest.raises(ValueError, match="no equity curve"):
        unpacked(b"something else")
