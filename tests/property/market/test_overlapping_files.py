"""Bars cut into files that overlap: whatever the cut, the whole comes back, or the lie is found."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain.errors import BadData
from sluice.market.importers.merge import merge_files

BARS = 40
VALUES = ("open", "high", "low", "close", "volume")


def rows(symbol, first, last, file):
    """Bars first … last of a symbol as one file has them."""
    numbers = range(first, last + 1)
    return pl.DataFrame(
        {
            "symbol": [symbol] * len(numbers),
            "file": [file] * len(numbers),
            "row": range(1, len(numbers) + 1),
            "stamp": [n * 60 * 10**9 for n in numbers],
            **{c: [float(n % 7 + 1) for n in numbers] for c in VALUES},
        }
    )


cut = st.tuples(st.integers(0, BARS - 1), st.integers(0, BARS - 1)).map(sorted)


@given(st.lists(cut, min_size=1, max_size=6), st.booleans())
def test_files_cut_anyhow_give_each_bar_once_and_in_order(cuts, two_symbols):
    files = [rows("A", first, last, f"{k}.csv") for k, (first, last) in enumerate(cuts)]
    if two_symbols:
        files.insert(1, rows("B", 0, 5, "b.csv"))
    merged, notes = merge_files(pl.concat(files))
    wanted = sorted({n for first, last in cuts for n in range(first, last + 1)})
    got = merged.filter(pl.col("symbol") == "A")["stamp"].to_list()
    assert got == [n * 60 * 10**9 for n in wanted]
    twice = sum(last - first + 1 for first, last in cuts) - len(wanted)
    assert bool(notes) == (twice > 0)
    if two_symbols:
        assert merged.filter(pl.col("symbol") == "B").height == 6


@given(st.integers(5, BARS - 1), st.sampled_from(VALUES), st.sampled_from([None, 99.5]))
def test_one_cell_that_differs_is_found_and_both_files_are_named(place, column, value):
    lie = rows("A", 5, BARS - 1, "b.csv")
    cells = lie[column].to_list()
    cells[place - 5] = value
    files = [rows("A", 0, BARS - 1, "a.csv"), lie.with_columns(pl.Series(column, cells))]
    with pytest.raises(BadData, match=r"a\.csv and b\.csv contradict each other on A: 1 row"):
        merge_files(pl.concat(files))
