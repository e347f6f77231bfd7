"""What a backtest returns: frames that agree, files that read back, and what a notebook shows."""

import json
import math

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import sluice
from sluice import Strategy, close
from sluice.domain.errors import StorageError
from sluice.strategy.library.ema_cross import EmaCross
from unit.research.panels import panel

FRAMES = ("equity", "fills", "orders", "denials", "round_trips", "ledger", "targets")


class Idle(Strategy):
    """Speaks, and never trades."""

    def signals(self) -> pl.Expr:
        return close * 0


@pytest.fixture
def result():
    return sluice.backtest(EmaCross(fast=5, slow=20), data=panel(("A", "B"), 400))


def test_cash_fees_and_trips_add_up_to_the_last_equity(result):
    assert result.stats["fees"] == pytest.approx(result.fills["fee"].sum())
    assert result.stats["final_equity"] == result.equity["equity"][-1]
    gained = result.stats["final_equity"] - result.cash
    assert result.round_trips["pnl"].sum() == pytest.approx(gained, abs=1e-6)
    assert result.round_trips["fees"].sum() == pytest.approx(result.fills["fee"].sum())
    assert result.stats["total_return"] == pytest.approx(gained / result.cash)


def test_frames_speak_in_words_and_utc(result):
    assert set(result.fills["side"].unique()) <= {"buy", "sell"}
    assert set(result.fills["liquidity"].unique()) <= {"maker", "taker"}
    assert set(result.round_trips["side"].unique()) <= {"long", "short"}
    assert set(result.fills["instrument"].unique()) == {"A.TEST", "B.TEST"}
    for frame in (result.equity, result.fills, result.targets):
        assert frame.schema["ts"] == pl.Datetime("ns", "UTC")


def test_frames_of_a_run_without_trades_have_the_same_columns(result):
    idle = sluice.backtest(Idle(), data=panel(("A", "B"), 301))
    assert idle.fills.is_empty()
    for name in FRAMES:
        frame, other = getattr(idle, name), getattr(result, name)
        assert frame.columns == other.columns
        assert pl.Null not in frame.dtypes, name


def test_parquet_reads_back_as_it_was(result, tmp_path):
    folder = result.to_parquet(tmp_path / "run")
    for name in FRAMES:
        assert_frame_equal(pl.read_parquet(folder / f"{name}.parquet"), getattr(result, name))


def test_csv_reads_back_with_every_row_and_sum(result, tmp_path):
    folder = result.to_csv(tmp_path / "run")
    assert {path.name for path in folder.iterdir()} == {f"{n}.csv" for n in FRAMES} | {"stats.json"}
    for name in FRAMES:
        frame = getattr(result, name)
        read = pl.read_csv(folder / f"{name}.csv")
        assert read.columns == frame.columns
        assert read.height == frame.height
    assert pl.read_csv(folder / "fills.csv")["fee"].to_list() == result.fills["fee"].to_list()


def test_figures_that_are_undefined_are_null_in_the_file(result, tmp_path):
    stats = json.loads((result.to_csv(tmp_path / "run") / "stats.json").read_text())
    assert set(stats) == set(result.stats)
    for name, value in result.stats.items():
        assert stats[name] == (value if math.isfinite(value) else None)


def test_a_folder_that_cannot_be_written_is_told(result, tmp_path):
    (tmp_path / "file").write_text("kept")
    with pytest.raises(StorageError, match="cannot write into"):
        result.to_csv(tmp_path / "file" / "run")
    assert (tmp_path / "file").read_text() == "kept"


def test_the_picture_is_equity_against_buy_and_hold_without_a_button_that_uploads(result):
    figure = result.plot()
    assert len(figure.data) >= 2
    assert "sendChartToCloud" in figure.layout.modebar.remove


def test_a_notebook_shows_name_and_figures_and_runs_no_script(result):
    page = result._repr_html_()
    assert "EmaCross" in page
    assert "Sharpe" in page
    assert "<script" not in page
    assert f"{result.stats['round_trips']:.0f}" in page


def test_in_one_line_it_says_strategy_data_and_figures(result):
    assert "EmaCross" in repr(result)
    assert "test panel" in repr(result)
    assert "sharpe=" in repr(result)


def test_the_report_says_the_trials(result, tmp_path):
    assert result.trials == 1
    page = result.report(tmp_path / "one.html").read_text()
    assert "Trials of this lineage" in page
