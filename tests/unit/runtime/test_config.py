"""Configuration: shipped once, laid over by the house, checked whole, frozen."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from sluice.domain.errors import ConfigError
from sluice.runtime import build, config


def lay_over(home, **files):
    folder = home / "config"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)


def test_the_shipped_files_are_those_of_the_repository(request):
    for name in ("base.toml", "costs.toml"):
        shipped = config._SHIPPED / name
        assert shipped.read_bytes() == (request.config.rootpath / "config" / name).read_bytes()


def test_the_shipped_settings_are_complete():
    settings = build.config().settings
    assert settings.account.cash == Decimal(100_000)
    assert settings.gates.span_days_min == 730
    assert settings.backtest.latency_ns == 0
    assert settings.registry.url == ""


def test_a_house_changes_only_what_it_names(home):
    lay_over(home, base="[gates]\nspan_days_min = 365\n")
    gates = build.config().settings.gates
    assert (gates.span_days_min, gates.evidence_days) == (365, 90)


def test_a_folder_named_by_the_environment_comes_before_the_homes(home, tmp_path, monkeypatch):
    lay_over(home, base="[gates]\nspan_days_min = 365\n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "base.toml").write_text("[gates]\nspan_days_min = 500\n")
    monkeypatch.setenv("SLUICE_CONFIG", str(other))
    assert build.config().settings.gates.span_days_min == 500


def test_a_folder_named_by_the_environment_must_exist(monkeypatch, tmp_path):
    monkeypatch.setenv("SLUICE_CONFIG", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigError, match="not a folder"):
        build.config()


def test_every_wrong_field_is_named_at_once(home):
    lay_over(
        home,
        base='[account]\ncash = -1\n[gates]\nspam = 1\n[backtest]\nlatency = "5 parsecs"\n',
        costs='[fx.default]\nmaker = 0.001\n[perpetual.X]\ntaker = "0.5"\n',
    )
    with pytest.raises(ConfigError) as caught:
        build.config()
    message = str(caught.value)
    for field in (
        "base.toml: account.cash",
        "base.toml: gates.spam",
        "base.toml: backtest.latency",
        "costs.toml: fx.default.maker",
        "costs.toml: perpetual.X.taker",
        "costs.toml: perpetual.X.source",
    ):
        assert field in message


def test_an_unknown_table_or_asset_class_is_refused(home):
    lay_over(home, base="[acount]\ncash = 1\n", costs='[stonks.default]\nmaker = "0"\n')
    with pytest.raises(ConfigError, match=r"(?s)acount: unknown key.*stonks: unknown key"):
        build.config()


@pytest.mark.parametrize("text", ["[gates\n", "\x00"])
def test_a_file_that_is_not_toml_is_named(home, text):
    lay_over(home, base=text)
    with pytest.raises(ConfigError, match=r"base\.toml is not TOML"):
        build.config()


def test_a_file_that_is_not_text_is_named(home):
    lay_over(home)
    (home / "config" / "base.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        build.config()


def test_settings_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        build.config().settings.gates.span_days_min = 1


def test_the_digest_changes_with_a_cost_and_not_with_the_place_of_the_registry(
    home, tmp_path, monkeypatch
):
    shipped = build.config().digest
    digests = []
    for number, files in enumerate(
        (
            {"base": '[registry]\nurl = "sqlite:///elsewhere.db"\n'},
            {"costs": '[fx.default]\nhalf_spread = "0.0002"\n'},
        )
    ):
        other = tmp_path / f"home-{number}"
        lay_over(other, **files)
        monkeypatch.setenv("SLUICE_HOME", str(other))
        digests.append(build.config().digest)
    assert digests[0] == shipped
    assert digests[1] != shipped


def test_evidence_may_be_good_for_a_shorter_time_but_never_a_longer_one(home):
    lay_over(home, base="[gates]\nevidence_days = 91\n")
    with pytest.raises(ConfigError, match="evidence_days"):
        build.config()
