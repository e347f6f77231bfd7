"""Every seeded cheat fails the gate through the front door, and the verdict says where."""

import json
import shutil
from pathlib import Path

import pytest

from door import backtest
from unit.research.cheats import CHEATS

CHEATS_FILE = Path(__file__).resolve().parents[1] / "unit" / "research" / "cheats.py"


@pytest.mark.parametrize("name", list(CHEATS))
def test_a_seeded_cheat_fails_gate_1_naming_node_or_row_or_rule(name, tide_home, home):
    cheat, rule, where = CHEATS[name]
    shutil.copytree(tide_home, home)
    strategy = f"{CHEATS_FILE}:{cheat.__name__}"
    done = backtest(home, "--strategy", strategy, "--data", "tides", "--mode", "research", "--json")
    assert done.code == 1, done.err
    verdict = json.loads(done.out)
    (check,) = [check for check in verdict["checks"] if check["id"] == "lookahead"]
    assert not check["passed"]
    assert rule in check["reason"]
    assert where in check["reason"]
