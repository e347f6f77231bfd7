"""Daily returns from an equity curve marked at bar closes: one observation a session."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DAY_NS = 86_400_000_000_000


@dataclass(frozen=True)
class DailyReturns:
    """One return a session: `session` (day numbers since 1970), `returns`, `equity` at its end.

    `start_equity` is the equity that each return stands on (the session before's end).
    """

    session: Integers
    returns: Floats
    equity: Floats
    start_equity: Floats

    def __len__(self) -> int:
        """The number of sessions observed."""
        return int(self.returns.size)

    @property
    def calendar_days(self) -> int:
        """Calendar days from the first to the last session, both counted; 0 without any."""
        return int(self.session[-1] - self.session[0]) + 1 if len(self) else 0


def daily_returns(
    ts_end_ns: Integers, equity: Floats, initial_equity: float, session_index: Integers
) -> DailyReturns:
    """Returns r_d = E_d / E_{d-1} - 1 of the last mark of each session.

    The first session stands on `initial_equity`, so that its gain is not lost. A session without
    a bar gives no observation: the next return spans the gap. From the session in which equity
    reaches zero or less, returns have no meaning: that session's return is the loss (≤ -1), later
    ones are NaN, and NaN passes no gate.

    Args:
        ts_end_ns: stamps of the marks, ascending (equal stamps: the last one counts), UTC ns.
        equity: equity at each mark, in the base currency.
        initial_equity: equity before the first mark, > 0.
        session_index: session of each mark (`Calendar.session_index`), never descending.

    Raises:
        ValueError: the lengths differ, time or sessions go backwards, or the start is not > 0.
    """
    if not ts_end_ns.shape == equity.shape == session_index.shape:
        msg = f"lengths differ: {ts_end_ns.shape} {equity.shape} {session_index.shape}"
        raise ValueError(msg)
    if not initial_equity > 0:
        msg = f"the initial equity is {initial_equity}; it must be above zero"
        raise ValueError(msg)
    if np.any(np.diff(ts_end_ns) < 0) or np.any(np.diff(session_index) < 0):
        msg = "the marks are not in the order of time; sort them by ts"
        raise ValueError(msg)
    last = np.flatnonzero(np.diff(session_index, append=np.iinfo(np.int64).max))
    ends = np.asarray(equity[last], dtype=np.float64)
    starts = np.concatenate(([initial_equity], ends[:-1])) if ends.size else ends
    sessions = np.asarray(session_index[last], np.int64)
    return DailyReturns(sessions, while_solvent(starts, ends), ends, starts)


def while_solvent(starts: Floats, ends: Floats) -> Floats:
    """E_d / E_{d-1} - 1 up to the session in which equity reaches zero; NaN after it."""
    returns = np.full(ends.shape, np.nan)
    solvent = np.logical_and.accumulate(starts > 0)
    returns[solvent] = ends[solvent] / starts[solvent] - 1.0
    return returns


@dataclass(frozen=True)
class MonthlyTable:
    """Returns by month: `years` (rows), `months` [years, 12] (NaN: none), `totals` by year."""

    years: tuple[int, ...]
    months: Floats
    totals: Floats


def monthly_table(daily: DailyReturns) -> MonthlyTable:
    """Compounded returns of each calendar month (UTC) and year, from daily returns."""
    month = daily.session.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    year = month // 12 + 1970
    years = np.unique(year)
    months = np.full((years.size, 12), np.nan)
    for value in np.unique(month):
        row = int(np.searchsorted(years, value // 12 + 1970))
        months[row, int(value) % 12] = np.prod(1.0 + daily.returns[month == value]) - 1.0
    totals = np.array([np.prod(1.0 + daily.returns[year == y]) - 1.0 for y in years])
    return MonthlyTable(tuple(int(y) for y in years), months, totals)
