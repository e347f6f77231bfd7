"""Positions that outlive their data: a share is delisted, a contract expires, and nobody closed."""

from collections.abc import Iterable

import numpy as np

from sluice.market.bars import BarSet
from sluice.market.market_set import MarketSet
from sluice.market.stored_bars import StoredBars

HELD_PAST_ITS_DATA = "held_past_its_data"


def held_past_its_data(held: Iterable[str], bars: BarSet) -> int:
    """How many of the instruments `held` at the end had no data for the last stretch of the run.

    That is, more trading time of its calendar than one bar lies between its last bar and the end of
    the run. Such a position stays at its last mark: what it would have brought is not known.
    """
    if isinstance(bars, MarketSet):
        return 0  # between ticks any time may pass
    end, count = bars.window[1], 0
    for name in held:
        own = bars.single(name) if isinstance(bars, StoredBars) else bars
        if own is None:
            continue
        stamps = own.frame["ts"].filter(own.frame["instrument"] == name).to_physical()
        last = np.array([int(stamps[-1])])
        if last[0] == end:
            continue
        missing = own.calendars()[name].missing_ns(last, np.array([end]))
        count += int(missing[0] > bars.every_ns)
    return count
