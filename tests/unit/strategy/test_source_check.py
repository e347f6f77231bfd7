"""Time, chance, memory and data come from ctx alone: the source of a strategy is read for it."""

import pytest

from sluice.strategy.causality import static_check
from sluice.strategy.load import load

BASE = """
{head}
from sluice import Strategy, close
class Mine(Strategy):
    def signals(self):
        return close > 1
    def on_fill(self, ctx, fill):
        {body}
"""


def findings(folder, head="", body="pass"):
    path = folder / "mine.py"
    path.write_text(BASE.format(head=head, body=body))
    return {(f.severity, f.rule) for f in static_check(load(str(path))())}


@pytest.mark.parametrize(
    ("head", "body", "rule"),
    [
        ("import time", "time.time()", "wall_clock"),
        ("from time import monotonic", "monotonic()", "wall_clock"),
        ("from datetime import datetime", "datetime.now()", "wall_clock"),
        ("import datetime as dt", "dt.datetime.utcnow()", "wall_clock"),
        ("from datetime import date", "date.today()", "wall_clock"),
        ("import random", "random.random()", "global_random"),
        ("import numpy as np", "np.random.default_rng()", "global_random"),
        ("from numpy.random import default_rng", "default_rng()", "global_random"),
        ("from numpy import random", "random.normal()", "global_random"),
        ("import uuid", "uuid.uuid4()", "global_random"),
        ("import socket", "socket.socket()", "network"),
        ("import urllib.request", "urllib.request.urlopen('x')", "network"),
        ("import subprocess", "subprocess.run([])", "process"),
        ("import threading", "threading.Thread()", "process"),
        ("", "eval('1')", "process"),
        ("", "open('x')", "files"),
        ("import os", "os.listdir()", "files"),
        ("import polars as pl", "pl.read_parquet('x')", "files"),
        ("from pathlib import Path", "Path('x').read_text()", "files"),
    ],
)
def test_a_forbidden_source_is_an_error(tmp_path, head, body, rule):
    assert ("error", rule) in findings(tmp_path, head, body)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("import math\nimport numpy as np", "np.log(fill.price)"),
        ("from datetime import timedelta", "ctx.now + timedelta(hours=1)"),
        ("from dataclasses import dataclass", "ctx.rng.random()"),
        ("if __name__ == '__main__':\n    import os\n    print(os.getcwd())", "pass"),
    ],
)
def test_a_clean_source_raises_nothing(tmp_path, head, body):
    assert findings(tmp_path, head, body) == set()


def test_a_module_beside_the_strategy_is_read_too(tmp_path):
    (tmp_path / "near.py").write_text("import random\n")
    assert ("error", "global_random") in findings(tmp_path, "import near", "near.random")


def test_a_script_may_read_files_beside_the_class_it_defines(tmp_path):
    head = "import os\nimport polars as pl\nrows = os.listdir('.')\nframe = pl.read_csv"
    assert findings(tmp_path, head) == set()


def test_what_the_class_reaches_step_by_step_is_read(tmp_path):
    head = "import os\ndef first():\n    return SECOND\nSECOND = os.listdir('.')"
    assert ("error", "files") in findings(tmp_path, head, "first()")


def test_of_a_module_beside_only_what_is_taken_is_read(tmp_path):
    (tmp_path / "near.py").write_text(
        "import random\nFINE = 1\ndef draw():\n    return random.random()\n"
    )
    assert findings(tmp_path, "from near import FINE", "FINE") == set()
    assert findings(tmp_path, "from near import FINE, draw", "FINE") == set()
    assert ("error", "global_random") in findings(tmp_path, "from near import draw", "draw()")
    assert ("error", "global_random") in findings(tmp_path, "from near import *", "draw()")


def test_the_finding_names_file_and_line(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(BASE.format(head="import random", body="random.random()"))
    (finding,) = static_check(load(str(path))())
    assert finding.where == "mine.py:2"
    assert "`import random` in line 2 of mine.py" in finding.message
    assert "ctx.rng" in finding.message
