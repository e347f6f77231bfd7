"""`sluice.core` is the only door to the compiled core, and it, the stub and the module agree."""

import ast
from pathlib import Path

import sluice
from sluice import _core, core

STUB = Path(sluice.__file__).with_name("_core.pyi")
OWN = {"binary_path"}  # what the door says of the compiled file itself


def public(names):
    return sorted(name for name in names if not name.startswith("_"))


def test_the_door_names_everything_that_the_module_has():
    compiled = sorted(set(core.__all__) - OWN)
    assert compiled == public(vars(_core))
    assert all(getattr(core, name) is getattr(_core, name) for name in compiled)


def test_the_stub_lists_the_same_names():
    tree = ast.parse(STUB.read_text())
    (listed,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    defined = [n.name for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)]
    assert sorted(listed) == sorted(defined) == sorted(set(core.__all__) - OWN)


def test_no_class_of_the_core_can_be_derived_from():
    for node in ast.parse(STUB.read_text()).body:
        if isinstance(node, ast.ClassDef):
            assert [ast.unparse(one) for one in node.decorator_list] == ["final"], node.name
