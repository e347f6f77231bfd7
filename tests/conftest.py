"""Fixtures every test may use: a home of its own, and the real market data where it is present."""

from pathlib import Path

import pytest

import tides as tides_market

REPOSITORY = Path(__file__).resolve().parents[1]
REAL_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A fresh SLUICE_HOME for every test, so that no test sees another's runs or data."""
    folder = tmp_path / "sluice-home"
    monkeypatch.setenv("SLUICE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def real_data():
    """The folder of recorded market data; tests that need it skip where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip("the recorded market data is not beside this repository")
    return REAL_DATA


@pytest.fixture(scope="session")
def tide_files(tmp_path_factory):
    """A folder with a CSV of each symbol of the market of tides."""
    return tides_market.write_files(tmp_path_factory.mktemp("tide-files") / "tides")


@pytest.fixture(scope="session")
def tide_home(tide_files, tmp_path_factory):
    """A home whose catalog holds the data set `tides`; copy it, do not run in it."""
    return tides_market.store(tide_files, tmp_path_factory.mktemp("tide-home") / "home")
