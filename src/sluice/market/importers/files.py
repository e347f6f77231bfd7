"""Reads one table from disk as it is: text stays text, and every way to fail is told in words."""

import io
from pathlib import Path

import polars as pl

from sluice.domain.errors import BadData, MissingData
from sluice.market.importers.container import opened
from sluice.market.importers.rows import is_number

SUFFIXES = (
    *(".csv", ".csv.gz", ".csv.xz", ".parquet", ".feather", ".arrow", ".ipc"),
    *(".zip", ".json", ".json.gz", ".tar.gz", ".gz", ".xz"),
)
ACTION_FILES = ("actions.csv", "actions.parquet")
FUNDING_FILES = ("funding.csv", "funding.parquet")
_NOT_DATA = ("instruments.json", *ACTION_FILES, *FUNDING_FILES)
_MISSING = ["", "null", "NULL", "None", "NA", "N/A", "n/a"]


def has_known_suffix(path: Path) -> bool:
    """Whether the name ends like a file of data."""
    name = path.name.lower()
    return name.endswith(SUFFIXES) and name not in _NOT_DATA


def without_suffix(name: str) -> str:
    """A file's name without what only says how it is packed and written."""
    for suffix in (".zip", ".gz", ".xz", ".csv", ".json", ".parquet", ".feather", ".arrow", ".ipc"):
        if len(name) > len(suffix) and name.lower().endswith(suffix):
            name = name[: -len(suffix)]
    return name


def list_tables(path: Path) -> list[Path]:
    """The tables that `path` names: itself, or those in a folder sorted by name.

    A folder that holds no table itself but folders of them (LEAN's, the archive's) is searched
    whole.

    Raises:
        MissingData: there is nothing at `path`, or the folder holds no table.
        BadData: a file of a kind that is not read.
    """
    if not path.exists():
        msg = f"there is no file or folder {path}; check the path"
        raise MissingData(msg)
    if path.is_file():
        if not has_known_suffix(path):
            msg = f"{path.name} is of no kind that is read here ({', '.join(SUFFIXES)})"
            raise BadData(msg)
        return [path]
    tables = sorted(p for p in path.iterdir() if p.is_file() and has_known_suffix(p))
    tables = tables or sorted(p for p in path.rglob("*") if p.is_file() and has_known_suffix(p))
    if not tables:
        msg = f"the folder {path} holds no table ({', '.join(SUFFIXES)})"
        raise MissingData(msg)
    return tables


def read_table(path: Path) -> pl.DataFrame:
    """All columns of one table; those of a CSV as text.

    Raises:
        BadData: empty, truncated, or not what its name says.
    """
    name = path.name.lower()
    try:
        if path.stat().st_size == 0:
            msg = f"{path.name} is empty"
            raise BadData(msg)
        if name.endswith(".parquet"):
            _require_magic(path, b"PAR1", "Parquet")
            frame = pl.read_parquet(path)
        elif name.endswith((".feather", ".arrow", ".ipc")):
            _require_magic(path, b"ARROW1", "feather (version 2)")
            frame = pl.read_ipc(path.read_bytes())
        else:
            frame = _read_csv(path)
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as error:
        first = str(error).strip().splitlines()[:1] or [type(error).__name__]
        msg = f"{path.name} cannot be read: {first[0]}; is the file whole?"
        raise BadData(msg) from error
    if frame.is_empty():
        msg = f"{path.name} has columns ({', '.join(frame.columns)}) but no rows"
        raise BadData(msg)
    return frame


def _read_csv(path: Path) -> pl.DataFrame:
    with opened(path) as file:
        raw = file.read()
    head = raw[:4096].decode("utf-8-sig", errors="replace").splitlines()
    if not head or not head[0].strip():
        msg = f"{path.name} starts with an empty line; the first line must name the columns"
        raise BadData(msg)
    separator = max(",;\t|", key=head[0].count)
    names = [cell.strip().strip('"') for cell in head[0].split(separator)]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        msg = f"{path.name} names the column {', '.join(twice)} twice; rename one of each"
        raise BadData(msg)
    if all(is_number(cell) for cell in names if cell):
        msg = (
            f"the first line of {path.name} is numbers ({head[0][:60]}); "
            "it must name the columns: date,open,high,low,close,volume"
        )
        raise BadData(msg)
    return pl.read_csv(
        io.BytesIO(raw),
        separator=separator,
        infer_schema=False,
        null_values=_MISSING,
        truncate_ragged_lines=False,
    )


def _require_magic(path: Path, magic: bytes, kind: str) -> None:
    with path.open("rb") as file:
        head = file.read(len(magic))
        file.seek(-min(len(magic), path.stat().st_size), io.SEEK_END)
        tail = file.read()
    if head != magic:
        msg = f"{path.name} is not {kind}, whatever its name says"
        raise BadData(msg)
    if tail != magic:
        msg = f"{path.name} is cut off: a whole {kind} file ends with {magic.decode()}"
        raise BadData(msg)
