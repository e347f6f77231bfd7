"""Every setting, denial code, check, figure and command is found in the documents."""

import re
import tomllib
from pathlib import Path

import pytest

from sluice.cli.main import SUBCOMMANDS
from sluice.lifecycle import gates
from sluice.research.figures import definitions

REPOSITORY = Path(__file__).resolve().parents[2]
GATES_SOURCE = Path(gates.__file__).read_text()
DOCUMENTS = "\n".join(
    page.read_text() for page in [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
)

CHECKS = (
    *("hypothesis", "theoretical_sharpe", "capacity", "data_identified", "data_met", "lookahead"),
    *("gate1_passed", "sharpe", "max_drawdown", "win_rate", "profit_factor"),
    *("too_short", "too_few", "costs_below_floor"),
)


def denial_codes():
    source = (REPOSITORY / "crates/pretrade/src/denial.rs").read_text()
    return re.findall(r'Self::\w+ => "(\w+)"', source)


def counts():
    source = (REPOSITORY / "crates/backtest/src/record.rs").read_text()
    return re.findall(r'\("(\w+)", self\.', source)


def settings():
    tables = tomllib.loads((REPOSITORY / "config/base.toml").read_text())
    return [f"{table}.{key}" for table, keys in tables.items() for key in keys]


def test_the_lists_that_this_file_checks_are_not_empty():
    assert len(denial_codes()) >= 9
    assert len(counts()) >= 8
    assert len(settings()) >= 5
    assert "lookahead" in GATES_SOURCE


@pytest.mark.parametrize("code", denial_codes())
def test_every_denial_code_is_documented(code):
    assert f"`{code}`" in DOCUMENTS


def test_denial_codes_stand_in_the_order_in_which_they_are_applied():
    page = (REPOSITORY / "docs/engine.md").read_text()
    places = [page.index(f"`{code}`") for code in denial_codes()]
    assert places == sorted(places)


@pytest.mark.parametrize("count", counts())
def test_every_count_is_documented(count):
    assert f"`{count}`" in DOCUMENTS


@pytest.mark.parametrize("setting", settings())
def test_every_setting_is_documented(setting):
    assert f"`{setting}`" in DOCUMENTS


@pytest.mark.parametrize("figure", sorted(definitions()))
def test_every_figure_is_documented(figure):
    assert f"`{figure}`" in DOCUMENTS


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_is_documented_and_judged(check):
    assert f"`{check}`" in DOCUMENTS
    assert f'"{check}"' in GATES_SOURCE


@pytest.mark.parametrize("command", sorted(SUBCOMMANDS))
def test_every_command_is_documented(command):
    assert re.search(rf"sluice {command}\b", DOCUMENTS)
