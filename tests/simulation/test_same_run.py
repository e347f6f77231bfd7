"""The same run is the same run: in any process, with any threads, however its data was loaded."""

import json
import shutil
from decimal import Decimal

import polars as pl
import pytest

import door
from sluice.market.catalog import Catalog
from sluice.market.importers import ImportOptions
from sluice.operations import judge
from sluice.operations.data import ImportRequest, import_data
from sluice.operations.request import JudgeRequest
from tides import NOW_NS, STRATEGY, SYMBOLS, bars_of

PANEL = '''"""A panel: long what fell most this week, short what rose most."""

import polars as pl
from sluice import Param, Strategy, close, score


class Panel(Strategy):
    rebalance = "1w"
    n: int = Param(12, ge=1)

    def signals(self) -> pl.Expr:
        return 1 - close / close.shift(self.n)

    def allocate(self) -> pl.Expr:
        return (score / score.abs().sum()).fill_nan(0.0)
'''

CALLBACKS = '''"""Chance and memory: a coin decides, and the state counts."""

from dataclasses import dataclass, field
from sluice import Bar, Context, Param, Strategy


class Coin(Strategy):
    p: float = Param(0.05, gt=0, le=1)

    @dataclass
    class State:
        tosses: int = 0
        seen: dict = field(default_factory=dict)

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        ctx.state.tosses += 1
        ctx.state.seen[bar.instrument] = True
        if ctx.rng.random() < self.p:
            ctx.target(bar.instrument, 0.4 * ctx.rng.random())
        for name in ctx.state.seen:
            if ctx.state.tosses % 7 == 0 and ctx.position(name).qty:
                ctx.sell(name, ctx.position(name).qty / 2, limit=bar.close, tif="DAY")
'''

FILES = {"tide.py": STRATEGY, "panel.py": PANEL, "coin.py": CALLBACKS}


@pytest.fixture(scope="module")
def strategies(tmp_path_factory):
    """A folder with a strategy of each kind."""
    folder = tmp_path_factory.mktemp("strategies")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def turned_home(tmp_path_factory):
    """The same market from one long file in which the instruments stand the other way round."""
    home = tmp_path_factory.mktemp("turned") / "home"
    parts = [
        bars_of(seed).with_columns(pl.lit(symbol).alias("symbol"))
        for seed, symbol in reversed(list(enumerate(SYMBOLS)))
    ]
    path = home.parent / "tides.csv"
    pl.concat(parts).write_csv(path)
    options = ImportOptions(venue="BINANCE")
    import_data(ImportRequest(path, "tides", options=options), Catalog(home / "data"), NOW_NS)
    return home


@pytest.mark.parametrize(
    ("file", "gate"),
    [("tide.py", ("--mode", "research")), ("panel.py", ()), ("coin.py", ())],
)
def test_two_processes_two_thread_counts_and_two_load_orders_say_the_same(
    strategies, tide_home, turned_home, tmp_path, file, gate
):
    words = ("--strategy", strategies / file, "--data", "tides", "--json", *gate)
    said = []
    for i, market in enumerate((tide_home, turned_home)):
        home = shutil.copytree(market, tmp_path / f"home{i}")
        threads = {"POLARS_MAX_THREADS": str(1 + i), "RAYON_NUM_THREADS": str(1 + i)}
        done = door.backtest(home, *words, PYTHONHASHSEED=str(1 + i), **threads)
        assert done.code in {0, 1}, done.err
        said.append(json.loads(done.out))
    first, second = said
    assert first["metrics"]["orders"] > 0
    assert first.pop("report") != second.pop("report")
    assert first == second


@pytest.fixture
def digest_of(tide_home, tmp_path, monkeypatch):
    """The result digest of a backtest in this process, in a home of this test alone."""
    home = shutil.copytree(tide_home, tmp_path / "own")
    monkeypatch.setenv("SLUICE_HOME", str(home))

    def run(strategy, data="tides", **asked):
        return judge.run(JudgeRequest(str(strategy), data=data, **asked)).result.digest

    return run


@pytest.mark.parametrize(
    "change",
    [
        {"params": ("p=0.06",)},
        {"seed": 7},
        {"fees": Decimal("0.002")},
        {"slippage": Decimal("0.002")},
        {"cash": Decimal(100_001)},
        {"latency_ns": 5 * 3600 * 10**9},
        {"symbols": ("AAAUSDT",)},
        {"end": "2024-03-10"},
    ],
)
def test_whatever_changes_the_run_changes_its_digest(digest_of, strategies, change):
    coin = strategies / "coin.py"
    assert digest_of(coin) == digest_of(coin)
    assert digest_of(coin, **change) != digest_of(coin)


def test_the_last_digit_of_one_price_changes_the_digest(digest_of, strategies, tmp_path):
    frame = bars_of(0)
    bent = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 4000)
        .then(pl.col("high") + 0.0001)
        .otherwise(pl.col("high"))
        .alias("high")
    )
    digests = []
    for table in (frame, bent):
        path = tmp_path / "AAAUSDT.csv"
        table.write_csv(path)
        digests.append(digest_of(strategies / "tide.py", data=str(path)))
    assert digests[0] != digests[1]
