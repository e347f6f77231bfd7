"""Configuration: the only reader of the environment; read once, checked whole, then frozen.

The shipped files are `config/base.toml` and `config/costs.toml` of the repository; the package sees
the same two files through links in `runtime/defaults/`, which become plain files in a wheel, so
there is one copy of the truth. A house lays its own values over them, key by key, with files of the
same names in the folder named by SLUICE_CONFIG, or else in `$SLUICE_HOME/config/`.

    SLUICE_HOME     the folder for all that a run leaves; default: the user's data directory
    SLUICE_CONFIG   a folder with base.toml and/or costs.toml to lay over the shipped ones
"""

import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sluice.domain.errors import ConfigError
from sluice.runtime.home import Home

if TYPE_CHECKING:
    from sluice.runtime.settings import Settings

_SHIPPED = Path(__file__).with_name("defaults")
_BASE, _COSTS = "base.toml", "costs.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """The frozen configuration of a process: its home, its settings, and their digest.

    The digest is over the settings that can change a result: not the home, the registry, the
    archive.
    """

    home: Home
    settings: "Settings"
    digest: str


def _variable(name: str) -> str:
    """The value of an environment variable, empty where it is not set."""
    return os.environ.get(name, "").strip()  # noqa: TID251 - the one reader of the environment


def home() -> Home:
    """The home of this process; nothing is created."""
    named = _variable("SLUICE_HOME")
    if named:
        return Home(Path(named).expanduser().resolve())
    from platformdirs import user_data_dir

    return Home(Path(user_data_dir("sluice")))


def load() -> Config:
    """The configuration of this process, read from its files the first time it is asked for.

    Raises:
        ConfigError: a file cannot be read, or holds wrong or unknown fields; all are named at once.
    """
    house = home()
    named = _variable("SLUICE_CONFIG")
    folder = Path(named).expanduser().resolve() if named else house.config
    if named and not folder.is_dir():
        msg = (
            f"SLUICE_CONFIG names {folder}, which is not a folder; create it or unset SLUICE_CONFIG"
        )
        raise ConfigError(msg)
    return _load(house, folder)


@lru_cache(maxsize=8)
def _load(house: Home, folder: Path) -> Config:
    """Read the shipped files, lay the folder's over them, and check the whole."""
    layers = [_SHIPPED, folder]
    tree: dict[str, Any] = {}
    for layer in layers:
        tree = _laid_over(tree, _read(layer / _BASE, required=layer is _SHIPPED))
        costs = _read(layer / _COSTS, required=layer is _SHIPPED)
        tree = _laid_over(tree, {"costs": costs})
    settings = _checked(tree, folder)
    judged = settings.model_dump(mode="json", exclude={"registry", "data"})
    canonical = json.dumps(judged, sort_keys=True, separators=(",", ":"))
    return Config(house, settings, hashlib.sha256(canonical.encode()).hexdigest())


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    """The tables of one TOML file; empty where an optional file is absent."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if not required:
            return {}
        msg = f"the shipped {path} is missing; restore it (git) or install sluice again"
        raise ConfigError(msg) from error
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read: {error}; make it a readable UTF-8 file"
        raise ConfigError(msg) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"{path} is not TOML: {error}; correct that line"
        raise ConfigError(msg) from error


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both trees in one, the upper one's values where both have the key."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = _laid_over(old, value)
        else:
            result[key] = value
    return result


def _checked(tree: dict[str, Any], folder: Path) -> "Settings":
    """The settings, or one error that names every wrong field."""
    from pydantic import ValidationError

    from sluice.runtime.settings import Settings

    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        wrong = []
        for found in sorted(error.errors(), key=lambda one: [str(part) for part in one["loc"]]):
            place = [str(part) for part in found["loc"]]
            file = _COSTS if place[:1] == ["costs"] else _BASE
            field = ".".join(place[1:] if file == _COSTS else place)
            unknown = found["type"] == "extra_forbidden"
            wrong.append(f"  {file}: {field}: {'unknown key' if unknown else found['msg']}")
        msg = (
            f"the configuration is wrong in {len(wrong)} place(s); correct them in {folder} "
            "(or in the shipped config/, if you edited it):\n" + "\n".join(wrong)
        )
        raise ConfigError(msg) from error
