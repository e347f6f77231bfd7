"""A strategy by its registered name, or by `path/to/file.py:Class`; and what it is made of."""

import difflib
import hashlib
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from sluice.domain.errors import SluiceError, StrategyImportError, StrategyNotFound
from sluice.strategy.base import Strategy
from sluice.strategy.sources import is_own, source_digest, sources

__all__ = ["load", "registered", "source_digest", "sources"]

_REGISTERED = {
    "bollinger_reversion": "sluice.strategy.library.bollinger_reversion:BollingerReversion",
    "cointegrated_pair": "sluice.strategy.library.cointegrated_pair:CointegratedPair",
    "cross_momentum": "sluice.strategy.library.cross_momentum:CrossMomentum",
    "cross_reversal": "sluice.strategy.library.cross_reversal:CrossReversal",
    "donchian_breakout": "sluice.strategy.library.donchian_breakout:DonchianBreakout",
    "ema_cross": "sluice.strategy.library.ema_cross:EmaCross",
    "time_series_momentum": "sluice.strategy.library.time_series_momentum:TimeSeriesMomentum",
    "vol_target_trend": "sluice.strategy.library.vol_target_trend:VolTargetTrend",
}


def registered() -> dict[str, type[Strategy]]:
    """The strategies that ship with the house, by name."""
    return {name: _shipped(name) for name in _REGISTERED}


def load(name_or_path: str) -> type[Strategy]:
    """The strategy class of a registered name, or of "path/to/file.py:Class".

    ":Class" may be left out where the file holds one strategy.

    Raises:
        StrategyNotFound: no such name, file or class; near names are said.
        StrategyImportError: the file does not import (the line is shown) or holds no strategy.
    """
    if name_or_path in _REGISTERED:
        return _shipped(name_or_path)
    path_text, name = _split(name_or_path)
    if not path_text.endswith(".py"):
        raise StrategyNotFound(_unknown_name(name_or_path))
    path = Path(path_text).expanduser()
    if not path.is_file():
        raise StrategyNotFound(f"there is no strategy file {path_text}; {_near_files(path)}")
    return _choose(_import(path.resolve()), path_text, name)


def _shipped(name: str) -> type[Strategy]:
    module, _, cls = _REGISTERED[name].partition(":")
    found: type[Strategy] = getattr(importlib.import_module(module), cls)
    return found


def _split(text: str) -> tuple[str, str | None]:
    path, colon, name = text.rpartition(":")
    return (path, name) if colon and path.endswith(".py") else (text, None)


def _unknown_name(name: str) -> str:
    near = difflib.get_close_matches(name, _REGISTERED, n=3, cutoff=0.5)
    guess = f"did you mean {' or '.join(near)}?" if near else f"there is {', '.join(_REGISTERED)}."
    return f"there is no strategy {name!r}; {guess} A file of yours is path/to/file.py:Class"


def _near_files(path: Path) -> str:
    if not path.parent.is_dir():
        return f"the folder {path.parent} does not exist"
    names = sorted(file.name for file in path.parent.glob("*.py") if file.is_file())
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(str(path.parent / name) for name in near)}?"
    return "`sluice new strategy NAME` writes one to start from"


def _import(path: Path) -> ModuleType:
    """The module at `path`, run afresh, with its folder importable while it runs."""
    name = f"{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with _importing_from(path.parent):
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except SluiceError as error:
            sys.modules.pop(name, None)
            raise StrategyImportError(
                f"{path} does not import: {error}{_at(error, path)}"
            ) from error
        except Exception as error:
            sys.modules.pop(name, None)
            what = f"{type(error).__name__}: {error}"
            raise StrategyImportError(
                f"{path} does not import: {what}{_at(error, path)}"
            ) from error
    return module


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """`folder` first on the path, and no namesake of its modules left over from another folder."""
    for file in folder.glob("*.py"):
        known = getattr(sys.modules.get(file.stem), "__file__", None)
        if known is not None and is_own(Path(known)):
            del sys.modules[file.stem]
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _at(error: BaseException, path: Path) -> str:
    """Where in the strategy's file the error arose: its line, and the line's text."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"\n  line {error.lineno}: {(error.text or '').strip()}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    return f"\n  line {frames[-1].lineno}: {frames[-1].line}" if frames else ""


def _choose(module: ModuleType, path: str, name: str | None) -> type[Strategy]:
    classes = {
        cls.__name__: cls
        for cls in vars(module).values()
        if inspect.isclass(cls) and issubclass(cls, Strategy) and cls.__module__ == module.__name__
    }
    if not classes:
        raise StrategyImportError(
            f"{path} holds no strategy; derive a class from sluice.Strategy, "
            "or start from `sluice new strategy NAME`"
        )
    if name is None:
        if len(classes) > 1:
            listed = ", ".join(f"{path}:{cls}" for cls in classes)
            raise StrategyNotFound(f"{path} holds several strategies; say one of {listed}")
        return next(iter(classes.values()))
    if name not in classes:
        near = difflib.get_close_matches(name, classes, n=1, cutoff=0.5)
        guess = f"did you mean {near[0]}?" if near else f"it holds {', '.join(classes)}"
        raise StrategyNotFound(f"{path} has no strategy {name!r}; {guess}")
    return classes[name]
