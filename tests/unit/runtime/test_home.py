"""The home: where a run's traces lie, and that only what is asked for is made."""

import stat

import pytest

from sluice.domain.errors import StorageError
from sluice.runtime import build
from sluice.runtime.home import Home


def test_the_home_is_the_folder_named_by_the_environment(home):
    assert build.home().root == home


def test_without_the_variable_it_is_the_users_data_folder(monkeypatch):
    from platformdirs import user_data_path

    monkeypatch.delenv("SLUICE_HOME")
    assert build.home().root == user_data_path("sluice")


def test_asking_for_the_home_creates_nothing(home):
    build.home()
    build.config()
    assert not home.exists()


def test_folders_are_made_when_they_are_asked_for(home):
    house = build.home()
    assert house.ensure(house.reports) == home / "reports"
    assert sorted(path.name for path in home.iterdir()) == ["reports"]


def test_keys_are_readable_by_their_owner_alone(home):
    house = build.home()
    folder = house.ensure(house.keys)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_home_that_cannot_be_made_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    house = Home(tmp_path / "file" / "home")
    with pytest.raises(StorageError, match="SLUICE_HOME"):
        house.ensure(house.data)


def test_the_registry_opens_in_a_home_that_is_not_there_yet(home):
    with build.open_registry() as store:
        assert store.runs() == ()
    assert (home / "registry.db").is_file()
