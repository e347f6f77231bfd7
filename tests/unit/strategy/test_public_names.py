"""`import sluice` offers its names lazily, lists them all, and knows no others."""

import subprocess
import sys

import pytest

import sluice


@pytest.mark.parametrize("name", sluice.__all__)
def test_a_public_name_loads_at_first_use(name):
    assert getattr(sluice, name) is not None
    assert name in dir(sluice)


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'strategi'"):
        sluice.strategi  # noqa: B018


def test_importing_sluice_loads_nothing_heavy():
    code = (
        "import sys, sluice; "
        "heavy = {'polars', 'numpy', 'plotly', 'sqlalchemy', 'typing', 'importlib.metadata'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"
