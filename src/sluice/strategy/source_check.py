"""A strategy's own source, read but not run: no clock, no chance, no network, no files.

`ctx.now`, `ctx.rng`, `ctx.state` and `ctx.history` are the only sources of time, chance, memory
and data. The check reads what the class reaches (`reachable.py`) in its own module and in those it
imports that nobody installed; it is a lint, not a prison: what hides from it is caught by the
dynamic tests and by the worker's walls.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from sluice.strategy.once import once_per_class
from sluice.strategy.reachable import reached
from sluice.strategy.sources import imported, sources

# severity, node, message, rule, where: the fields of a causality Finding.
Row: TypeAlias = tuple[Literal["error", "warning"], str, str, str, str]

_MODULES = {
    "time": ("wall_clock", "time is ctx.now"),
    "random": ("global_random", "chance is ctx.rng"),
    "secrets": ("global_random", "chance is ctx.rng"),
    "uuid": ("global_random", "ids are given by the platform"),
    **dict.fromkeys(
        ("socket", "ssl", "http", "urllib", "requests", "httpx", "aiohttp", "websocket"),
        ("network", "data come from the bars and ctx.history"),
    ),
    **dict.fromkeys(
        ("websockets", "ftplib", "smtplib", "telnetlib", "urllib3", "ccxt", "yfinance"),
        ("network", "data come from the bars and ctx.history"),
    ),
    **dict.fromkeys(
        ("subprocess", "multiprocessing", "threading", "ctypes", "asyncio", "importlib"),
        ("process", "a strategy starts nothing beside itself"),
    ),
    **dict.fromkeys(
        ("os", "shutil", "io", "pickle", "sqlite3", "tempfile", "glob", "joblib", "shelve"),
        ("files", "data come from the bars and ctx.history, settings from Param"),
    ),
}
_NAMES = {
    "open": ("files", "data come from the bars and ctx.history"),
    "input": ("files", "a strategy asks nobody"),
    "eval": ("process", "write the code itself"),
    "exec": ("process", "write the code itself"),
    "compile": ("process", "write the code itself"),
    "__import__": ("process", "write an import"),
}
_CLOCK_METHODS = frozenset({"now", "utcnow", "today"})
_READERS = ("read_", "scan_", "write_", "sink_")
_FILE_METHODS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "loadtxt"})
_FITS = frozenset({"mean", "std", "var", "min", "max", "median", "quantile", "fit", "describe"})
_SHORT = {"dt": "datetime", "np": "numpy", "pd": "pandas", "pl": "polars"}


@once_per_class
def check_source(cls: type) -> tuple[Row, ...]:
    """Findings in what `cls` reaches, or in the text of the class where it has no file."""
    files = sources(cls)
    if not files:
        return tuple(_check(ast.parse(_class_text(cls)).body, cls.__name__))
    first, root = files[0], files[0].parent
    found: list[Row] = []
    seen: set[tuple[Path, frozenset[str] | None]] = set()
    pending: list[tuple[Path, frozenset[str] | None]] = [(first, _own_classes(cls))]
    while pending:
        here = pending.pop(0)
        if here in seen:
            continue
        seen.add(here)
        path, names = here
        statements = reached(ast.parse(path.read_text(encoding="utf-8")), names)
        found.extend(_check(statements, path.name))
        for node in (part for statement in statements for part in ast.walk(statement)):
            pending.extend(imported(node, path, root))
    return tuple(dict.fromkeys(found))


def _own_classes(cls: type) -> frozenset[str]:
    """The class and its bases that stand in the same module."""
    return frozenset(base.__name__ for base in cls.__mro__ if base.__module__ == cls.__module__)


def _class_text(cls: type) -> str:
    try:
        return textwrap.dedent(inspect.getsource(cls))
    except (OSError, TypeError):  # typed at a prompt: there is no text to read
        return ""


def _check(statements: list[ast.stmt], name: str) -> Iterator[Row]:
    for node in (part for statement in statements for part in ast.walk(statement)):
        finding = _judge(node)
        if finding is not None:
            rule, what, instead = finding
            line = getattr(node, "lineno", 0)
            message = f"`{what}` in line {line} of {name}: {_SAYS[rule]}; {instead}"
            yield ("error", what, message, rule, f"{name}:{line}")
        if isinstance(node, ast.FunctionDef) and node.name == "signals_frame":
            yield from _whole_sample_fits(node, name)


_SAYS = {
    "wall_clock": "it reads the wall clock",
    "global_random": "it draws chance that no seed of the run controls",
    "network": "it reaches the network",
    "process": "it runs code beside the strategy",
    "files": "it reaches files or the system",
}


def _judge(node: ast.AST) -> tuple[str, str, str] | None:
    """Rule, text and advice of one guilty node."""
    if isinstance(node, ast.Import):
        return next(filter(None, (_module(alias.name) for alias in node.names)), None)
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        inner = next(filter(None, (_inner(node.module, a.name) for a in node.names)), None)
        return inner or _module(node.module)
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.Attribute):
        return _dotted(ast.unparse(node))
    return None


def _module(name: str) -> tuple[str, str, str] | None:
    rule = _MODULES.get(name.partition(".")[0])
    if name.startswith("numpy.random"):
        rule = ("global_random", "chance is ctx.rng")
    return None if rule is None else (rule[0], f"import {name}", rule[1])


def _inner(module: str, name: str) -> tuple[str, str, str] | None:
    return _dotted(f"{module}.{name}")


def _dotted(text: str) -> tuple[str, str, str] | None:
    head, _, rest = text.partition(".")
    if f"{_SHORT.get(head, head)}.{rest}" == "numpy.random":
        return ("global_random", text, "chance is ctx.rng")
    return None


def _call(node: ast.Call) -> tuple[str, str, str] | None:
    text = ast.unparse(node.func)
    if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
        return (_NAMES[node.func.id][0], f"{text}(…)", _NAMES[node.func.id][1])
    if not isinstance(node.func, ast.Attribute):
        return None
    method = node.func.attr
    owner = ast.unparse(node.func.value).rpartition(".")[2]
    if method in _CLOCK_METHODS and owner in ("datetime", "date", "dt", "Timestamp"):
        return ("wall_clock", f"{text}()", "time is ctx.now")
    polars_reader = method.startswith(_READERS) and owner in ("pl", "pd", "polars", "pandas")
    if polars_reader or method in _FILE_METHODS or (owner == "np" and method == "load"):
        return ("files", f"{text}(…)", "data come from the bars and ctx.history")
    return None


def _whole_sample_fits(function: ast.FunctionDef, name: str) -> Iterator[Row]:
    """Warnings for statistics of a whole column inside `signals_frame` (fitted on the sample)."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in _FITS:
            text = ast.unparse(node.func)
            yield (
                "warning",
                f"{text}(…)",
                f"`{text}(…)` in line {node.lineno} of {name} may be fitted on the whole sample, "
                "the test period included; fit on a window of the past",
                "whole_sample_fit",
                f"{name}:{node.lineno}",
            )
