"""The core install stays small: every public module imports with only its distributions."""

import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sluice

REPOSITORY = Path(__file__).resolve().parents[2]

# Runs in a process of its own: any module of a distribution that is not in the core's lock
# is refused as if it were not installed.
PROGRAM = """
import importlib, json, sys
from importlib.metadata import packages_distributions

allowed = set(json.loads(sys.argv[1]))
owners = packages_distributions()

def name_of(distribution):
    return distribution.lower().replace("_", "-").replace(".", "-")

class OnlyTheCore:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        installed_by = [name_of(owner) for owner in owners.get(top, ())]
        if not installed_by or top == "sluice" or allowed.intersection(installed_by):
            return None
        raise ModuleNotFoundError(f"No module named {name!r} in the core install", name=name)

sys.meta_path.insert(0, OnlyTheCore())
failed = {}
for module in json.loads(sys.argv[2]):
    try:
        importlib.import_module(module)
    except ImportError as error:
        failed[module] = repr(error)
print(json.dumps(failed))
"""


def core_distributions():
    lock = (REPOSITORY / "requirements" / "core.lock").read_text()
    return sorted(re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE))


def public_modules():
    found = pkgutil.walk_packages(sluice.__path__, "sluice.")
    return sorted({"sluice", *(module.name for module in found)})


def imported(program, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", program, *map(json.dumps, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_lock_is_read_as_meant():
    assert {"polars", "sqlalchemy", "typer", "pydantic"} <= set(core_distributions())
    assert not {"pytest", "scipy", "backtesting", "ta-lib"} & set(core_distributions())


def test_every_public_module_imports_with_only_the_core_installed():
    assert imported(PROGRAM, core_distributions(), public_modules()) == {}


def test_the_hook_refuses_what_is_not_in_the_core():
    assert set(imported(PROGRAM, core_distributions(), ["pytest", "rich"])) == {"pytest"}


@pytest.mark.parametrize("module", ["sluice", "sluice.domain", "sluice.runtime.build"])
def test_a_light_module_loads_no_heavy_library(module):
    program = (
        "import json, sys, importlib; importlib.import_module(json.loads(sys.argv[1]));"
        "heavy = {'polars', 'numpy', 'plotly', 'sqlalchemy', 'alembic', 'pydantic', 'rich'};"
        "print(json.dumps(sorted(heavy & set(sys.modules))))"
    )
    assert imported(program, module) == []


def test_the_help_of_the_command_loads_no_subcommand():
    program = (
        "import json, sys\n"
        "from sluice.cli.main import app\n"
        "import typer, contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    typer.main.get_command(app).main(args=['--help'], prog_name='sluice')\n"
        "heavy = {'polars', 'numpy', 'plotly', 'sqlalchemy', 'pydantic', 'sluice.cli.backtest'}\n"
        "print(json.dumps(sorted(heavy & set(sys.modules))))"
    )
    assert imported(program) == []
