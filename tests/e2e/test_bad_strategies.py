"""Strategies that cannot run, at the script's door: exit 2, their own lines, nothing recorded."""

import shutil
import signal
import time

import pytest

import door
from tides import STRATEGY


@pytest.fixture(scope="module")
def home(tide_home, tmp_path_factory):
    """A home with the market of tides; no test of this file may change it."""
    return shutil.copytree(tide_home, tmp_path_factory.mktemp("bad-strategies") / "home")


@pytest.fixture
def refused(home, tmp_path):
    """Run a strategy of this text; hold it to exit 2, these words, and an unchanged home."""

    def run(text, *words, says):
        path = tmp_path / "idea.py"
        path.write_text(text)
        before = door.store(home)
        done = door.backtest(home, "--strategy", path, "--data", "tides", "--json", *words)
        door.refused(done, *says)
        assert door.store(home) == before

    return run


IMPORTS = "import sys\nimport polars as pl\nfrom sluice import Param, Strategy, close, sma\n\n"
GOOD = STRATEGY.split("class Tide")[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from sluice import Strategy\nclass Idea(Strategy)\n", ("SyntaxError", "line 2")),
        ("import no_such_module_at_all\n", ("no_such_module_at_all", "line 1")),
        ("from sluice import Strategi\n", ("Strategi", "line 1")),
        ("x = 1 / 0\n", ("ZeroDivisionError", "line 1: x = 1 / 0")),
        ("x = 1\n", ("holds no strategy", "sluice new strategy")),
        (STRATEGY + "\nclass Other(Tide):\n    pass\n", (":Tide", ":Other", "several")),
        (STRATEGY.replace("ge=5, le=500", "ge=500, le=5"), ("idea.py", "n")),
        (STRATEGY.replace('every="4h"', 'every="4x"'), ("4x",)),
        (STRATEGY.replace("    n: int", "    n"), ("n",)),
        ("x = 'a\0b'\n", ("SyntaxError", "null bytes")),
        ("import sys\nsys.exit(0)\n", ("ends the program", "idea.py")),
        ("import sys\nsys.exit('bye')\n", ("ends the program",)),
    ],
)
def test_a_file_that_gives_no_strategy_shows_the_line(refused, text, says):
    refused(text, says=says)


SIGNALS = "class Idea(Strategy):\n    def signals(self):\n        {body}\n"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return 'close'", ("must return a polars expression, not str",)),
        ("return {}['gone']", ("Idea.signals() fails", "KeyError: 'gone'")),
        ("return pl.lit('up')", ("gives String", "numbers")),
        ("return pl.col('clsoe')", ("clsoe", "close")),
        ("return (close - close) / (close - close)", ("nan", "AAAUSDT.BINANCE", "2022-01-01")),
        ("return 1 / (close - close)", ("inf", "AAAUSDT.BINANCE", "2022-01-01")),
        ("return close.shift(-1) / close - 1", ("reads the future", "shift(-1)")),
        ("return (close > sma(close, 9000)).cast(float)", ("needs 9000 bars", "at most 4800")),
        ("sys.exit(0)", ("ends the program",)),
    ],
)
def test_signals_that_cannot_be_evaluated_are_named(refused, body, says):
    refused(IMPORTS + SIGNALS.format(body=body), says=says)


ON_BAR = "class Idea(Strategy):\n    def on_bar(self, ctx, bar):\n        {body}\n"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return {}['gone']", ("Idea.on_bar fails: KeyError: 'gone'", "idea.py, line 7")),
        ("ctx.target(bar.instrument, 'half')", ("on_bar fails: TypeError", "weight", "line 7")),
        ("ctx.target(bar.instrument, float('nan'))", ("target weight is NaN", "line 7")),
        ("ctx.target('NOPE', 0.5)", ("no instrument 'NOPE'", "AAAUSDT", "line 7")),
        ("ctx.buy(bar.instrument, 'ten')", ("on_bar fails: TypeError", "qty")),
        ("ctx.buy(bar.instrument, float('inf'))", ("on_bar fails", "line 7")),
        ("ctx.buy(bar.instrument, -1)", ("on_bar fails", "line 7")),
        ("ctx.cancel('first')", ("on_bar fails: TypeError",)),
        ("self.memory = 1", ("cannot be assigned", "ctx.state")),
        ("ctx.tomorrow", ("on_bar fails: AttributeError", "tomorrow")),
        ("bar.close = 1.0", ("on_bar fails: AttributeError",)),
        ("sys.exit(0)", ("on_bar fails: SystemExit", "ends the program", "line 7")),
        ("raise StopIteration", ("on_bar fails: StopIteration", "line 7")),
        ("return self.on_bar(ctx, bar)", ("on_bar fails: RecursionError",)),
    ],
)
def test_a_callback_that_fails_shows_the_authors_own_line(refused, body, says):
    refused(IMPORTS + ON_BAR.format(body=body), says=says)


def test_an_error_below_a_callback_shows_the_way_down_to_it(refused):
    text = IMPORTS + "def half(x):\n    return 1 / x\n\n" + ON_BAR.format(body="half(0)")
    refused(text, says=("line 10, in on_bar: half(0)", "line 6, in half: return 1 / x"))


def test_a_callback_of_the_wrong_arguments_says_how_to_write_it(refused):
    text = IMPORTS + "class Idea(Strategy):\n    def on_bar(self, bar):\n        pass\n"
    refused(text, says=("Idea.on_bar cannot be called", "def on_bar(self, ctx, bar)"))


@pytest.mark.parametrize("body", ["yield ctx.now", "await ctx.now"])
def test_a_callback_that_would_never_run_is_refused(refused, body):
    text = IMPORTS + ON_BAR.format(body=body)
    text = text.replace("def on_bar", "async def on_bar") if "await" in body else text
    refused(text, says=("Idea.on_bar is a", "plain method"))


@pytest.mark.parametrize("gate", [("--mode", "research"), ("--validate",)])
def test_a_callback_that_fails_under_a_gate_is_no_verdict(refused, gate):
    refused(IMPORTS + ON_BAR.format(body="1 / 0"), *gate, says=("ZeroDivisionError", "line 7"))


def test_a_check_that_fails_by_itself_is_told_from_one_that_says_no(refused):
    text = IMPORTS + "class Idea(Strategy):\n    n: int = Param(3)\n    def check(self):\n        "
    refused(text + "return self.m\n", says=("Idea.check() fails", "'m'"))
    refused(text + "assert self.n > 3, 'n is small'\n", says=("Idea(n=3): n is small",))


def test_a_strategy_that_does_nothing_is_judged_and_fails(home, tmp_path):
    own = shutil.copytree(home, tmp_path / "home")
    path = tmp_path / "idle.py"
    path.write_text(IMPORTS + ON_BAR.format(body="pass"))
    done = door.backtest(own, "--strategy", path, "--data", "tides", "--mode", "research")
    assert done.code == 1, done.err
    assert "FAILED" in done.out
    assert len(door.rows(own)) == 1


SLOW = "import time\nfrom pathlib import Path\n\n" + IMPORTS
STEP = "Path({marker!r}).touch(); time.sleep(0.01)"


@pytest.mark.parametrize("gate", [("--mode", "research"), ("--validate",)])
def test_ctrl_c_in_a_long_run_is_130_and_leaves_nothing(home, tmp_path, gate):
    marker, path = tmp_path / "running", tmp_path / "slow.py"
    path.write_text(SLOW + ON_BAR.format(body=STEP.format(marker=str(marker))))
    before = door.store(home)
    process = door.started(home, "--strategy", path, "--data", "tides", "--json", *gate)
    while not marker.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    done = door.ended(process)
    assert done.code == 130, done.err
    assert "interrupted" in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    assert door.store(home) == before
