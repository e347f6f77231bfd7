"""Under which keys the trials of a strategy are counted, and by which name it is spoken of.

Two strategies that share one key are one lineage, for ever: the same name or file, the same
hypothesis, the same source, or a common ancestor class. Editing a word changes one key, not all.
"""

import inspect
import sys
from pathlib import Path

from sluice.strategy.base import Strategy
from sluice.strategy.load import registered, source_digest


def spoken_name(cls: type[Strategy]) -> str:
    """What a command line calls this strategy: its registered name, or "path/to/file.py:Class"."""
    for name, known in registered().items():
        if known is cls:
            return name
    return _place(cls)


def lineage_keys(cls: type[Strategy]) -> tuple[str, ...]:
    """Keys by which a registry counts the trials of `cls`, most telling first."""
    keys = [f"name:{spoken_name(cls)}"]
    if cls.hypothesis is not None:
        keys.append(f"hypothesis:{cls.hypothesis.digest}")
    keys.append(f"source:{source_digest(cls)}:{cls.__qualname__}")
    ancestors = [
        base for base in cls.__mro__ if issubclass(base, Strategy) and base is not Strategy
    ]
    keys.extend(f"base:{_place(base)}" for base in ancestors)
    return tuple(dict.fromkeys(keys))


def _place(cls: type) -> str:
    """File and class, or module and class where it was made in a notebook or a prompt."""
    module = sys.modules.get(cls.__module__)
    path = getattr(module, "__file__", None)
    if path is None:
        try:
            path = inspect.getfile(cls)
        except (OSError, TypeError):
            return f"{cls.__module__}:{cls.__qualname__}"
    if cls.__module__.startswith("sluice."):
        return f"{cls.__module__}:{cls.__qualname__}"
    return f"{Path(path).resolve()}:{cls.__qualname__}"
