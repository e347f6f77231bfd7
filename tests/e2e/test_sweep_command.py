"""`sluice sweep` as a user types it: what it refuses, an interrupt, a full disk, and going on."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest

import door
from small_disk import fill, mounted

STRATEGY = """
from pathlib import Path
from sluice import Param, Strategy, close, hold, sma

class Cross(Strategy):
    fast: int = Param(5, ge=2, le=50)
    slow: int = Param(20, ge=5, le=90)

    def check(self):
        assert self.fast < self.slow, "fast must be below slow"

    def signals(self):
        fast, slow = sma(close, self.fast), sma(close, self.slow)
        return hold(fast > slow, exits=fast < slow)

class Patient(Strategy):
    warmup = 1
    n: int = Param(1, ge=1, le=100)

    def on_bar(self, ctx, bar):
        if self.n > 20 and not Path("HURRY").exists():
            Path("MARKER").touch()
            sum(range(1_000_000))
"""


@pytest.fixture
def given(tmp_path):
    """A strategy file and a price file."""
    strategy, prices = tmp_path / "mine.py", tmp_path / "prices.csv"
    places = {"MARKER": str(tmp_path / "running"), "HURRY": str(tmp_path / "hurry")}
    text = STRATEGY
    for name, place in places.items():
        text = text.replace(f'"{name}"', repr(place))
    strategy.write_text(text)
    close = np.round(100 * np.exp(0.01 * np.cumsum(np.random.default_rng(1).normal(size=400))), 2)
    stamps = pl.datetime_range(
        pl.datetime(2024, 1, 1), pl.datetime(2025, 1, 1), "1h", eager=True
    ).head(400)
    sides = dict.fromkeys(("open", "high", "low", "close"), close)
    pl.DataFrame({"time": stamps, **sides, "volume": 1.0}).write_csv(prices)
    return strategy, prices


def asked(given, name, *params):
    strategy, prices = given
    options = [word for param in params for word in ("--param", param)]
    return ["sweep", f"{strategy}:{name}", "--data", str(prices), *options]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (["quick=5:10:1"], "quick"),
        (["fast=30", "slow=10"], "no point of the grid is left"),
        (["fast=5:1:1"], "fast"),
        ([], "needs a parameter to vary"),
    ],
    ids=["unknown parameter", "no point left", "empty range", "no parameter"],
)
def test_a_grid_that_cannot_be_is_two_and_counts_nothing(given, tmp_path, params, said):
    done = door.sluice(tmp_path / "home", *asked(given, "Cross", *params))
    door.refused(done, said)
    assert not list((tmp_path / "home").rglob("*.parquet"))


def test_an_interrupt_is_130_and_the_same_command_goes_on(given, tmp_path):
    home, marker = tmp_path / "home", tmp_path / "running"
    words = [*asked(given, "Patient", "n=1:40:1"), "--whole", "--json"]
    program = "from sluice.cli.main import main; main()"
    variables = os.environ | {"SLUICE_HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=variables,
    )
    for _ in range(600):
        if marker.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=60)
    assert process.returncode == 130, complaints
    assert "the finished points are kept" in complaints
    kept = pl.concat([pl.read_parquet(part) for part in home.rglob("part-*.parquet")])
    assert 0 < len(kept) < 40
    (tmp_path / "hurry").touch()
    again = door.sluice(home, *words)
    assert again.code == 0, again.err
    found = json.loads(again.out)
    assert found["points"] == 40
    assert found["trials"] == 40  # what was finished is not counted again


def test_a_full_disk_is_two_and_goes_on_when_there_is_room(given, tmp_path):
    words = asked(given, "Cross", "fast=5:10:1", "slow=20,40")
    with mounted(tmp_path / "small", "600k") as disk:
        home = disk / "home"
        home.mkdir()
        fill(disk)
        done = door.sluice(home, *words, PYTHONDONTWRITEBYTECODE="1")
        door.refused(done, "no space is left")
        assert not list(home.rglob("*.parquet"))
        (disk / "filler").unlink()
        assert door.sluice(home, *words).code == 0
