"""`sluice new strategy NAME` writes a file that runs as it stands, and never overwrites one."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from sluice.cli.new import app
from sluice.domain.errors import UsageError
from sluice.operations.new_strategy import new_strategy
from sluice.strategy.causality import static_check
from sluice.strategy.evaluate import evaluate_frame
from sluice.strategy.load import load
from unit.strategy.frames import bars


@pytest.mark.parametrize(
    ("name", "file", "cls"),
    [
        ("my_idea", "my_idea.py", "MyIdea"),
        ("MyIdea", "my_idea.py", "MyIdea"),
        ("my idea", "my_idea.py", "MyIdea"),
        ("carry-2", "carry_2.py", "Carry2"),
    ],
)
def test_file_and_class_follow_from_the_name(tmp_path, name, file, cls):
    made = new_strategy(name, tmp_path)
    assert (made.path.name, made.class_name) == (file, cls)
    assert made.next_commands[0] == (
        f"python scripts/run_backtest.py --strategy {tmp_path / file}:{cls}"
    )


def test_the_file_runs_as_it_stands_but_its_hypothesis_is_still_to_be_written(tmp_path):
    made = new_strategy("my_idea", tmp_path)
    strategy = load(f"{made.path}:{made.class_name}")()
    assert static_check(strategy) == []
    assert strategy.hypothesis.undocumented == ["claim", "mechanism", "falsified_if"]
    assert evaluate_frame(strategy, bars(500)).warmup == 73


@pytest.mark.parametrize("name", ["", "2fast", "class", "a/b", "../x", "naïve"])
def test_a_name_that_makes_no_python_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="letters, digits"):
        new_strategy(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.py").write_text("precious")
    with pytest.raises(UsageError, match="left as it is"):
        new_strategy("mine", tmp_path)
    assert (tmp_path / "mine.py").read_text() == "precious"


def test_the_command_says_what_to_type_next(tmp_path):
    result = CliRunner().invoke(app, ["strategy", "my_idea", "--folder", str(tmp_path)])
    assert result.exit_code == 0
    assert "wrote" in result.output
    assert "--mode research" in result.output
    assert (tmp_path / "my_idea.py").exists()


def test_a_limit_on_file_size_leaves_no_half_of_a_file(tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
    made = "from sluice.operations.new_strategy import new_strategy; from pathlib import Path; "
    code = f"{limit}{made}new_strategy('my_idea', Path({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "DiskFull" in done.stderr
    assert not list(tmp_path.iterdir())
