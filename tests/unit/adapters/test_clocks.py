"""The two clocks: the host's, and the one that stands where it was put."""

import pytest

from sluice.adapters.clocks import FixedClock, SystemClock
from sluice.ports.clock import Clock


@pytest.fixture(params=[SystemClock(), FixedClock(1_700_000_000_000_000_000)])
def clock(request) -> Clock:
    return request.param


def test_a_clock_counts_nanoseconds_since_1970_and_never_goes_back(clock):
    first, second = clock.now_ns(), clock.now_ns()
    assert 1_600_000_000_000_000_000 < first <= second
    assert clock.monotonic_ns() <= clock.monotonic_ns()


def test_a_fixed_clock_moves_only_when_told_to():
    clock = FixedClock(10)
    clock.advance(5)
    assert (clock.now_ns(), clock.monotonic_ns()) == (15, 5)


def test_a_fixed_clock_refuses_to_go_back():
    with pytest.raises(AssertionError, match="never goes back"):
        FixedClock(10).advance(-1)
