"""A streamed run leaves the record of the whole run, whatever the chunk, in bounded memory."""

from dataclasses import dataclass, replace

import pytest

import sluice
from market_bars import NOW, bar_set
from sluice import Bars, Strategy, close, sma
from sluice.domain.errors import UsageError
from sluice.engine import streamed_day
from sluice.engine.stream_folder import run_folder
from sluice.market.dataset import Origin
from sluice.operations import judge
from sluice.operations.request import JudgeRequest
from sluice.runtime.build import home, open_catalog

SYMBOLS = ("AAAUSDT", "BBBUSDT", "CCCUSDT")


class Cross(Strategy):
    data = Bars(*SYMBOLS, every="1h")

    def signals(self):
        return (sma(close, 2) > sma(close, 5)) * 0.2


class Callback(Strategy):
    @dataclass
    class State:
        bars: int = 0

    def signals(self):
        return close / sma(close, 3) - 1

    def on_bar(self, ctx, bar):
        ctx.state.bars += 1
        past = ctx.history(bar.instrument, 4)["close"]
        if len(past) == 4 and past[-1] > past[0] and ctx.signal(bar.instrument) > 0:
            ctx.buy(bar.instrument, 1.0, limit=bar.low - 0.01, tif="DAY")
        elif ctx.sma(bar.instrument, 3) < bar.close:
            ctx.target(bar.instrument, 0.0)


class Scored(Strategy):
    rebalance = "1d"

    def signals(self):
        return close

    def allocate(self):
        return sluice.score.rank() * 0.1


@pytest.fixture
def stored():
    bars = bar_set(SYMBOLS, bars=300, name="hours")
    holes = bars.frame.with_row_index().filter(~sluice_index_in_hole())
    part = type(bars).build(
        holes.drop("index"),
        bars.instruments,
        every_ns=bars.every_ns,
        name="hours",
        provenance="recorded",
    )
    open_catalog().write("hours", part, Origin("recorded"), NOW)
    return part


def sluice_index_in_hole():
    """Rows that are left out, so that instruments start, pause and end apart."""
    import polars as pl

    index = pl.col("index")
    return (index < 20) & (index % 3 == 0) | (index.is_between(300, 420)) & (index % 3 == 1)


@pytest.mark.parametrize("chunk_rows", [1, 7, 100, 10_000])
@pytest.mark.parametrize("strategy", [Cross(), Callback()], ids=["signals", "callbacks"])
def test_a_streamed_run_has_the_record_of_the_whole_run(stored, strategy, chunk_rows, monkeypatch):
    monkeypatch.setattr(streamed_day, "CHUNK_ROWS", chunk_rows)
    whole = sluice.backtest(strategy, "hours")
    streamed = sluice.backtest(strategy, "hours", stream=True)
    assert len(whole.fills) > 5
    assert streamed.fills.equals(whole.fills)
    assert streamed.equity.equals(whole.equity)
    assert streamed.digest == whole.digest


def test_nothing_is_left_behind_by_a_streamed_run(stored):
    sluice.backtest(Cross(), stream=True)
    assert list((home().root / "stream").glob("run-*")) == []


def test_what_a_killed_run_left_goes_and_what_one_at_work_has_stays(stored):
    root = home().ensure(home().root / "stream")
    (root / "run-killed").mkdir()
    (root / "run-killed" / ".owner").touch()
    (root / "run-killed" / "close").write_bytes(b"columns")
    with run_folder(root) as at_work:
        assert not (root / "run-killed").exists()
        sluice.backtest(Cross(), stream=True)
        assert list(root.glob("run-*")) == [at_work]
    assert list(root.glob("run-*")) == []


def test_the_command_streams_a_backtest_and_refuses_to_stream_a_gate(stored, tmp_path):
    request = JudgeRequest("ema_cross", "hours", params=("fast=3", "slow=9"), report=tmp_path / "r")
    whole = judge.run(request)
    streamed = judge.run(replace(request, stream=True))
    assert streamed.result.digest == whole.result.digest
    assert streamed.report.is_file()
    with pytest.raises(UsageError, match="leave --stream out"):
        judge.run(replace(request, stream=True, gate="research"))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: sluice.backtest(Scored(), "hours", stream=True), "allocate"),
        (lambda: sluice.backtest(Cross(), bar_set(SYMBOLS), stream=True), "no data set of the"),
        (lambda: sluice.backtest(Callback(), stream=True), "declare data"),
    ],
    ids=["allocate", "in memory", "nothing declared"],
)
def test_what_cannot_be_streamed_is_told_before_anything_is_written(stored, ask, words):
    with pytest.raises(UsageError, match=words):
        ask()


def test_a_window_and_some_symbols_are_streamed_alike(stored):
    narrow = {"symbols": ["AAAUSDT", "CCCUSDT"], "start": "2024-01-03", "end": "2024-01-08"}
    whole = sluice.backtest(Cross(), "hours", **narrow)
    streamed = sluice.backtest(Cross(), "hours", stream=True, **narrow)
    assert streamed.fills.equals(whole.fills)
    assert streamed.equity.equals(whole.equity)
