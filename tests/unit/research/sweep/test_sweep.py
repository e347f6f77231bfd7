"""A sweep as a user meets it: what it returns, keeps, counts, refuses and goes on from."""

import polars as pl
import pytest

import sluice
from market_bars import bar_set
from sluice import Param, Strategy, close, hold, sma
from sluice.domain.errors import (
    BadData,
    DiskFull,
    ParamError,
    StorageError,
    StrategyError,
    UsageError,
)
from sluice.research.sweep import run as running
from sluice.research.sweep.store import Parts
from sluice.runtime.build import open_registry


class Cross(Strategy):
    fast: int = Param(2, ge=1, le=20)
    slow: int = Param(5, ge=2, le=400)
    size: float = Param(0.5, gt=0)
    kind: str = Param("long", choices=("long", "short"))

    def check(self) -> None:
        assert self.fast < self.slow, "fast must be below slow"

    def signals(self) -> pl.Expr:
        fast, slow = sma(close, self.fast), sma(close, self.slow)
        return hold(fast > slow, exits=fast < slow, size=self.size)


BARS = bar_set(bars=240)


def trials() -> int:
    with open_registry() as store:
        return len(store.runs(10_000))


def test_a_table_of_every_point_with_the_best_of_them():
    found = sluice.sweep(Cross, BARS, fast=range(2, 5), slow=[5, 8])
    assert found.table.select("fast", "slow").rows() == [
        (2, 5), (2, 8), (3, 5), (3, 8), (4, 5), (4, 8)
    ]  # fmt: skip
    best = found.best("total_return")
    assert best["total_return"] == found.table["total_return"].max()
    assert found.best("fees")["fees"] == found.table["fees"].min()
    assert "6 points" in repr(found)
    assert "<table" in found._repr_html_()


def test_every_point_is_a_trial_of_the_lineage_and_a_rerun_of_finished_points_is_none():
    first = sluice.sweep(Cross, BARS, fast=[2, 3], slow=[5, 8])
    assert (first.trials, trials()) == (4, 4)
    again = sluice.sweep(Cross, BARS, fast=[2, 3], slow=[5, 8])
    assert (again.trials, again.table.equals(first.table)) == (4, True)
    assert sluice.sweep(Cross, BARS, fast=[2, 3], slow=[5, 8], fresh=True).trials == 8
    with open_registry() as store:
        newest = store.runs(1)[0]
    assert (newest.kind, newest.exploratory, newest.passed) == ("sweep", True, None)
    assert '"sweep"' in newest.manifest


def test_the_last_fifth_of_the_window_is_not_seen_unless_asked_for():
    seen = sluice.sweep(Cross, BARS, fast=2, slow=5)
    assert "last 20 %" in seen.unseen
    with open_registry() as store:
        record = store.runs(1)[0]
    start, end = BARS.window
    assert record.end_ns <= start + 0.8 * (end - start)
    whole = sluice.sweep(Cross, BARS, fast=2, slow=5, whole=True)
    assert "whole window was seen" in whole.unseen
    assert whole.ident != seen.ident


def test_points_that_check_or_a_short_history_refuse_are_skipped_and_counted():
    found = sluice.sweep(Cross, BARS, fast=[2, 9], slow=[5, 8, 300])
    assert (len(found.table), found.skipped) == (2, 4)  # (9, 5), (9, 8); 300 rows are not there


@pytest.mark.parametrize(
    ("grid", "error", "words"),
    [
        ({"fats": [1]}, ParamError, "did you mean 'fast'"),
        ({"fast": [0]}, ParamError, "at least 1"),
        ({"fast": ["2"]}, ParamError, "whole number"),
        ({"fast": []}, UsageError, "no value"),
        ({"fast": [2, 2]}, ParamError, "twice"),
        ({}, UsageError, "needs a parameter"),
        ({"fast": [9], "slow": [5]}, UsageError, "no point of the grid is left"),
        ({"slow": [300]}, UsageError, "no point of the grid is left"),
        ({"fast": range(1, 21), "slow": range(2, 400), "size": [i / 200 for i in range(1, 200)]},
         UsageError, "1,584,040 points"),
    ],
)  # fmt: skip
def test_a_grid_that_cannot_be_is_refused_and_nothing_is_counted(grid, error, words):
    with pytest.raises(error, match=words):
        sluice.sweep(Cross, BARS, **grid)
    assert trials() == 0


def test_an_instance_instead_of_the_class_is_refused():
    with pytest.raises(StrategyError, match="takes the strategy's class"):
        sluice.sweep(Cross(), BARS, fast=[2])


def test_names_that_are_arguments_too_go_through_grid():
    assert len(sluice.sweep(Cross, BARS, grid={"fast": [2, 3]}, slow=5).table) == 2


def test_an_interrupted_sweep_goes_on_from_its_finished_points(monkeypatch):
    monkeypatch.setattr(running, "_POINTS", 16)
    monkeypatch.setattr(running, "_CELLS", 0)
    seen = []

    def interrupt(done, total, what):
        seen.append(done)
        if done >= 16:
            raise KeyboardInterrupt

    grid = {"fast": range(1, 5), "slow": range(5, 13)}
    with pytest.raises(KeyboardInterrupt):
        sluice.sweep(Cross, BARS, progress=interrupt, **grid)
    assert trials() == 16
    counted = []
    found = sluice.sweep(Cross, BARS, progress=lambda *told: counted.append(told[:2]), **grid)
    assert (len(found.table), found.trials) == (32, 32)
    assert (16, 32) in counted
    straight = sluice.sweep(Cross, BARS, fresh=True, **grid)
    assert straight.table.equals(found.table)


def test_two_at_once_on_one_sweep_are_refused(monkeypatch):
    found = sluice.sweep(Cross, BARS, fast=[2, 3])
    with Parts(found.folder).locked(), pytest.raises(StorageError, match="another process runs"):
        sluice.sweep(Cross, BARS, fast=[2, 3])


def test_a_part_that_cannot_be_read_is_named_and_fresh_begins_anew():
    found = sluice.sweep(Cross, BARS, fast=[2, 3])
    part = next(found.folder.glob("part-*.parquet"))
    part.write_bytes(b"no parquet")
    with pytest.raises(BadData, match=r"part-00000\.parquet cannot be read.*--fresh"):
        sluice.sweep(Cross, BARS, fast=[2, 3])
    assert sluice.sweep(Cross, BARS, fast=[2, 3], fresh=True).table.equals(found.table)


def test_a_disk_that_is_full_keeps_what_was_finished(monkeypatch):
    def full(self, points):
        raise DiskFull("no space is left")

    monkeypatch.setattr(Parts, "add", full)
    with pytest.raises(DiskFull):
        sluice.sweep(Cross, BARS, fast=[2, 3])
    monkeypatch.undo()
    assert len(sluice.sweep(Cross, BARS, fast=[2, 3]).table) == 2


def test_pictures_and_files(tmp_path):
    found = sluice.sweep(Cross, BARS, fast=[2, 3], slow=[5, 8], kind=["long", "short"])
    heat = found.heatmap("total_return").data[0]
    assert (list(heat.x), list(heat.y)) == (["2", "3"], ["5", "8"])
    assert [d.label for d in found.parallel().data[0].dimensions][:3] == ["fast", "slow", "kind"]
    page = found.report(tmp_path / "sweep.html").read_text()
    assert "heatmap" in page
    assert "parcoords" in page
    assert pl.read_csv(found.to_csv(tmp_path / "points.csv")).height == 8
    with pytest.raises(UsageError, match="was not swept"):
        found.heatmap(x="size")
    with pytest.raises(UsageError, match="two parameters that vary"):
        sluice.sweep(Cross, BARS, fast=[2, 3]).heatmap()
    with pytest.raises(UsageError, match="no figure 'sharp'"):
        found.best("sharp")
