"""Every row of the table against TA-Lib, on random walks and on recorded bars."""

import inspect
from pathlib import Path

import polars as pl
import pytest

import sluice
from sluice.strategy import indicators
from sluice.strategy.warmup import derive
from unit.strategy.frames import bars
from unit.strategy.indicators.oracle import ROWS, TOLERANCE, deviations

REPOSITORY = Path(__file__).resolve().parents[4]
RECORDED = {
    "BTCUSDT 1h": ("crypto-spot-1h-2017-2024/BTCUSDT-1h.parquet", None),
    "DOGEUSDT 5m": ("crypto-spot-5m-2024/DOGEUSDT-5m.parquet", None),
    "MSFT 1d": ("us-equities-daily/dow30_1999_2019.parquet", "MSFT"),
}
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.ours)


def recorded(folder, name):
    path, symbol = RECORDED[name]
    frame = pl.read_parquet(folder / path)
    return frame if symbol is None else frame.filter(pl.col("symbol") == symbol)


@rows
@pytest.mark.parametrize("seed", [0, 1])
def test_an_indicator_agrees_with_talib_on_a_random_walk(row, seed):
    found = deviations(row, bars(3000, seed=seed))
    assert len(found) > 1500
    assert found.max() <= TOLERANCE


@rows
@pytest.mark.parametrize("name", RECORDED)
def test_an_indicator_agrees_with_talib_on_recorded_bars(real_data, name, row):
    found = deviations(row, recorded(real_data, name))
    assert len(found) > 4000
    assert found.max() <= TOLERANCE


def test_the_table_is_long_and_says_nothing_twice():
    assert len({row.ours for row in ROWS}) == len(ROWS) >= 60


def test_only_what_cumulates_has_no_warm_up():
    assert {row.ours for row in ROWS if derive(row.expr) is None} == {"obv()", "ad()"}


@rows
def test_the_page_shows_every_row_below_the_tolerance(row):
    page = (REPOSITORY / "docs" / "indicators.md").read_text(encoding="utf-8")
    (line,) = (x for x in page.splitlines() if x.startswith(f"| `{row.ours}` | `{row.theirs}` |"))
    *_, rows, deviation, _ = (cell.strip().replace(",", "") for cell in line.split("|"))
    assert rows == str(derive(row.expr) or "unbounded")
    assert float(deviation) <= TOLERANCE


@pytest.mark.parametrize("name", indicators.__all__)
def test_every_indicator_is_public_and_documented_with_its_formula(name):
    assert getattr(sluice, name) is getattr(indicators, name)
    assert inspect.getdoc(getattr(indicators, name))
