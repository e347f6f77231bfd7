"""Naming a strategy: registered, or by file and class; every way to be wrong says what to do."""

import sys

import pytest

from sluice import Strategy
from sluice.domain.errors import StrategyImportError, StrategyNotFound
from sluice.strategy.load import load, registered, source_digest, sources

ONE = """
from sluice import Param, Strategy, close
class One(Strategy):
    n: int = Param(3, ge=1)
    def signals(self):
        return close > close.shift(self.n)
"""


def write(folder, text, name="mine.py"):
    path = folder / name
    path.write_text(text)
    return path


def test_the_shipped_strategies_are_registered_and_each_is_under_80_lines():
    assert sorted(registered()) == [
        *("bollinger_reversion", "cointegrated_pair", "cross_momentum", "cross_reversal"),
        *("donchian_breakout", "ema_cross", "time_series_momentum", "vol_target_trend"),
    ]
    for name, cls in registered().items():
        assert load(name) is cls
        assert issubclass(cls, Strategy)
        assert cls.hypothesis.undocumented == []
        assert len(sources(cls)[0].read_text().splitlines()) < 80


def test_a_name_that_is_not_registered_says_the_near_ones():
    with pytest.raises(StrategyNotFound, match="did you mean ema_cross"):
        load("ema_cros")
    with pytest.raises(StrategyNotFound, match=r"path/to/file\.py:Class"):
        load("zzz")


def test_a_file_and_class(tmp_path):
    path = write(tmp_path, ONE)
    assert load(f"{path}:One")(n=5).n == 5
    assert load(str(path)).__name__ == "One"


def test_a_file_that_is_not_there_says_near_files(tmp_path):
    write(tmp_path, ONE, "momentum.py")
    with pytest.raises(StrategyNotFound, match=r"did you mean .*momentum\.py"):
        load(str(tmp_path / "momentun.py"))
    with pytest.raises(StrategyNotFound, match="does not exist"):
        load(str(tmp_path / "nowhere" / "x.py"))


def test_a_class_that_is_not_in_the_file_says_the_near_one(tmp_path):
    path = write(tmp_path, ONE)
    with pytest.raises(StrategyNotFound, match="did you mean One"):
        load(f"{path}:Onne")


def test_several_classes_without_a_choice_are_listed(tmp_path):
    path = write(tmp_path, ONE + "class Two(One):\n    pass\n")
    with pytest.raises(StrategyNotFound, match=r"several strategies; say one of .*:One, .*:Two"):
        load(str(path))
    assert load(f"{path}:Two")().n == 3


def test_a_file_without_a_strategy_says_how_to_start(tmp_path):
    path = write(tmp_path, "from sluice import Strategy\n")
    with pytest.raises(StrategyImportError, match="sluice new strategy"):
        load(str(path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import nothing_of_that_name\n", "line 1: import nothing_of_that_name"),
        ("x = 1\ndef (:\n", "line 2: def"),
        ("x = 1\ny = x / 0\n", "ZeroDivisionError.*\n  line 2: y = x / 0"),
        (ONE.replace("ge=1", "ge=9"), "the default of parameter n=3 must be at least 9"),
        ("from sluice import Bars\nB = Bars(every='1h')\n", "one symbol.*\n.*line 2"),
    ],
)
def test_a_file_that_does_not_import_shows_the_line(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(StrategyImportError, match=words):
        load(str(path))


def test_a_changed_file_is_loaded_afresh(tmp_path):
    path = write(tmp_path, ONE)
    before = load(f"{path}:One")
    path.write_text(ONE.replace("Param(3", "Param(4"))
    after = load(f"{path}:One")
    assert (before().n, after().n) == (3, 4)


def test_sources_are_the_file_and_what_it_imports_of_the_authors_own(tmp_path):
    write(tmp_path, "VALUE = 1\n", "far.py")
    write(tmp_path, "from far import VALUE\nimport numpy\n", "near.py")
    path = write(tmp_path, "import math\nimport polars\nimport near\n" + ONE)
    assert [file.name for file in sources(load(str(path)))] == ["mine.py", "far.py", "near.py"]
    assert str(tmp_path) not in sys.path


def test_the_digest_changes_with_any_source_and_not_with_the_place(tmp_path):
    digests = []
    for folder, value in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, f"VALUE = {value}\n", "near.py")
        cls = load(str(write(tmp_path / folder, "import near\n" + ONE)))
        digests.append(source_digest(cls))
    assert digests[0] == digests[1] != digests[2]


def test_a_namesake_in_another_folder_is_not_mistaken(tmp_path):
    values = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, f"VALUE = {folder!r}\n", "beside.py")
        text = "from typing import ClassVar\nimport beside\n" + ONE
        path = write(tmp_path / folder, text + "    value: ClassVar[str] = beside.VALUE\n")
        values.append(load(str(path)).value)
    assert values == ["a", "b"]


def test_a_class_without_a_file_has_a_digest_of_its_code():
    namespace = {"__name__": "at_a_prompt"}
    exec(ONE, namespace)
    first = source_digest(namespace["One"])
    exec(ONE.replace("shift(self.n)", "shift(self.n + 1)"), namespace)
    assert sources(namespace["One"]) == ()
    assert source_digest(namespace["One"]) != first
