"""The files a strategy is made of: its module and what it imports that nobody installed.

Installed packages, the standard library and sluice itself are left out: their versions and build
digests identify them elsewhere.
"""

import ast
import hashlib
import inspect
import sys
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from sluice.strategy.once import once_per_class

_PACKAGE = Path(__file__).resolve().parents[1]


@once_per_class
def sources(cls: type) -> tuple[Path, ...]:
    """Files of `cls`: its own module first, then its imports by path; () where it has no file.

    Read once a class: what runs is what was loaded, whatever becomes of the file afterwards.
    """
    module = sys.modules.get(cls.__module__)
    own = getattr(module, "__file__", None)
    if own is None or not own.endswith(".py"):
        return ()
    first = Path(own).resolve()
    found = {first}
    pending = [first]
    while pending:
        path = pending.pop()
        for imported in _imports(path, first.parent):
            if imported not in found:
                found.add(imported)
                pending.append(imported)
    return (first, *sorted(found - {first}))


@once_per_class
def source_digest(cls: type) -> str:
    """SHA-256 (hex) of the strategy's files, by name relative to its module, and of its class name.

    A class typed at a prompt or in a notebook has no file: its text is taken, or where even that
    is gone, the compiled code of its functions.
    """
    digest = hashlib.sha256(cls.__qualname__.encode())
    files = sources(cls)
    for path in files:
        name = path.name if path == files[0] else _relative(path, files[0].parent)
        digest.update(b"\0" + name.encode() + b"\0" + path.read_bytes())
    if not files:
        digest.update(_text_or_code(cls))
    return digest.hexdigest()


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _text_or_code(cls: type) -> bytes:
    try:
        return inspect.getsource(cls).encode()
    except (OSError, TypeError):
        parts = [
            repr((name, value.__code__.co_code, value.__code__.co_consts, value.__code__.co_names))
            if inspect.isfunction(value)
            else f"{name}={value!r}"
            for name, value in sorted(vars(cls).items())
            if not name.startswith("__") and not isinstance(value, type)
        ]
        return "\n".join(parts).encode()


def _imports(path: Path, root: Path) -> Iterator[Path]:
    """Files that the module at `path` imports, anywhere in its text, if they are the author's."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for folder, name in _names(node, path, root):
            for candidate in _files(folder, name):
                if is_own(candidate):
                    yield candidate


def imported(node: ast.AST, path: Path, root: Path) -> Iterator[tuple[Path, frozenset[str] | None]]:
    """The author's files that one import reaches, with the names taken from each (None: all)."""
    for folder, dotted in _names(node, path, root):
        names: frozenset[str] | None = None
        if isinstance(node, ast.ImportFrom) and dotted == (node.module or ""):
            names = frozenset(alias.name for alias in node.names)
        if names is not None and "*" in names:
            names = None
        for candidate in _files(folder, dotted):
            if is_own(candidate):
                yield candidate, names


def _names(node: ast.AST, path: Path, root: Path) -> Iterator[tuple[Path | None, str]]:
    """Folder to look in (None: wherever it was loaded from) and dotted name of each import."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield root, alias.name
            yield None, alias.name
    elif isinstance(node, ast.ImportFrom):
        folder = path.parents[node.level - 1] if node.level else root
        base = node.module or ""
        for dotted in [base, *(f"{base}.{alias.name}".lstrip(".") for alias in node.names)]:
            yield folder, dotted
            if not node.level:
                yield None, dotted


def _files(folder: Path | None, dotted: str) -> Iterator[Path]:
    if not dotted:
        return
    if folder is None:
        module = sys.modules.get(dotted)
        file = getattr(module, "__file__", None)
        if file is not None and file.endswith(".py"):
            yield Path(file).resolve()
        return
    stem = folder.joinpath(*dotted.split("."))
    for candidate in (stem.with_suffix(".py"), stem / "__init__.py"):
        if candidate.is_file():
            yield candidate.resolve()


def is_own(path: Path) -> bool:
    """Whether the file is the author's: not installed, not the standard library, not sluice."""
    return not any(path.is_relative_to(folder) for folder in (*_installed(), _PACKAGE))


@lru_cache(maxsize=1)
def _installed() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    keys = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple(Path(paths[key]).resolve() for key in keys)
