"""The shape of the house that no linter holds: first lines, sizes, names."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = sorted((REPOSITORY / "src" / "sluice").rglob("*.py")) + sorted(
    (REPOSITORY / "scripts").rglob("*.py")
)
JUNK_DRAWERS = {"utils", "util", "common", "helpers", "misc"}
LINES_MAX, FUNCTION_LINES_MAX = 400, 70


def trees():
    return [(path.relative_to(REPOSITORY), ast.parse(path.read_text())) for path in SOURCES]


def test_every_file_says_in_its_first_line_what_it_is_for():
    mute = [str(path) for path, tree in trees() if not (ast.get_docstring(tree) or "").strip()]
    assert mute == []


def test_no_file_is_longer_than_its_subject_needs():
    long = {
        str(path.relative_to(REPOSITORY)): lines
        for path in SOURCES
        if (lines := len(path.read_text().splitlines())) > LINES_MAX
    }
    assert long == {}


def test_every_function_fits_a_screen():
    long = [
        f"{path}:{node.lineno} {node.name} {lines}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert long == []


@pytest.mark.parametrize("folder", ["src", "scripts", "tests", "benchmarks", "crates"])
def test_no_folder_or_file_is_a_junk_drawer(folder):
    drawers = [
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / folder).rglob("*")
        if path.stem in JUNK_DRAWERS
    ]
    assert drawers == []


def test_nothing_imports_the_tests():
    assert [
        str(path)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests"
    ] == []
