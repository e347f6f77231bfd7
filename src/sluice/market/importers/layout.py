"""What a layout is: a name, what it holds, whether a file looks like it, and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from sluice.domain.errors import BadData
from sluice.market.importers.container import first_lines, member_name
from sluice.market.importers.raw import ImportOptions, Kind, Part
from sluice.market.importers.rows import is_header

_BINARY = (".parquet", ".feather", ".arrow", ".ipc")


@dataclass(frozen=True, slots=True)
class Head:
    """What can be seen of a file before it is read.

    `member` is the name of what is inside (a zip's one file), `columns` the names in a header or a
    schema (none where there is no header), `cells` those of the first row of a text.
    """

    path: Path
    member: str
    columns: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns or self.cells)

    def has(self, *columns: str) -> bool:
        """Whether all of these columns are named, in any case."""
        return set(columns) <= {c.lower() for c in self.columns}


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which files are written.

    `fits` tells it from a Head; `read` makes a Part of a file. A layout that has no `read` is known
    and not imported: `why_not` says so. Where it is `mapped`, columns may be said (`--column`), so
    one that is asked for takes any file with named columns. One that is of `funding` holds rates of
    perpetuals, rows of symbol, ts (UTC ns), rate, and is read beside bars.
    """

    name: str
    kinds: tuple[Kind, ...]
    about: str
    fits: Callable[[Head], bool]
    read: Callable[[Head, ImportOptions], Part] | None = field(default=None)
    why_not: str = ""
    mapped: bool = False
    funding: bool = False


def head_of(path: Path) -> Head:
    """Look at a file without reading it.

    Raises:
        BadData: its container is broken.
    """
    if path.name.lower().endswith(_BINARY):
        return Head(path, path.name, _schema(path), ())
    lines = first_lines(path)
    if not lines:
        msg = f"{path.name} is empty"
        raise BadData(msg)
    cells = [tuple(c.strip().strip('"') for c in line.split(",")) for line in lines]
    if is_header(lines[0]):
        second = cells[1] if len(cells) > 1 else ()
        return Head(path, member_name(path), cells[0], second)
    return Head(path, member_name(path), (), cells[0])


def _schema(path: Path) -> tuple[str, ...]:
    """The columns of a binary table; none where it cannot be read, which reading it will tell."""
    try:
        if path.name.lower().endswith(".parquet"):
            return tuple(pl.read_parquet_schema(path))
        return tuple(pl.read_ipc_schema(path))
    except (pl.exceptions.PolarsError, OSError):
        return ()
