"""The doors from a fresh shell: the command, and the script under whatever Python is at hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = REPOSITORY / "scripts" / "run_backtest.py"
BARE_PYTHON = getattr(sys, "_base_executable", sys.executable)


def ran(*command, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=clean | environment,
    )


def test_the_help_of_the_command_names_every_subcommand():
    done = ran(sys.executable, "-c", "from sluice.cli.main import main; main()", "--help")
    assert done.returncode == 0
    for name in ("backtest", "data", "new", "demo", "version"):
        assert name in done.stdout


@pytest.mark.parametrize("name", ["backtest", "data", "new", "demo"])
def test_every_subcommand_has_help(name):
    done = ran(sys.executable, "-c", "from sluice.cli.main import main; main()", name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"sluice {name}" in done.stdout


def test_an_unknown_subcommand_is_two_and_names_a_near_one():
    done = ran(sys.executable, "-c", "from sluice.cli.main import main; main()", "backtset")
    assert done.returncode == 2
    assert "backtest" in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(
    not (REPOSITORY / ".venv").is_dir() or sys.executable == BARE_PYTHON,
    reason="needs the clone's .venv beside a Python that has no sluice",
)
def test_the_script_goes_on_under_the_clones_python():
    done = ran(BARE_PYTHON, SCRIPT, "--help")
    assert done.returncode == 0, done.stderr
    assert "--strategy" in done.stdout


@pytest.mark.skipif(sys.executable == BARE_PYTHON, reason="this Python has sluice")
def test_the_script_of_a_clone_that_is_not_built_says_make_build(tmp_path):
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(SCRIPT, tmp_path / "scripts")
    done = ran(BARE_PYTHON, script, "--strategy", "ema_cross")
    assert done.returncode == 2
    assert "make build" in done.stderr
    assert done.stdout == ""


def test_a_configuration_with_a_wrong_field_is_two_and_writes_nothing(home):
    (home / "config").mkdir(parents=True)
    (home / "config" / "costs.toml").write_text('[fx.default]\nmakr = "0"\n')
    done = ran(
        sys.executable, SCRIPT, "--strategy", "ema_cross", "--mode", "research", SLUICE_HOME=home
    )
    assert done.returncode == 2
    assert "costs.toml: fx.default.makr: unknown key" in done.stderr
    assert [path.name for path in home.iterdir()] == ["config"]
