"""Rows of a CSV whose layout is known: text first, then numbers, each fault named by its line."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sluice.domain.errors import BadData
from sluice.market.importers.container import blocks

_FLAGS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a file, all columns as text; `line` is that of the first one."""

    frame: pl.DataFrame
    file: str
    line: int

    def __len__(self) -> int:
        return len(self.frame)

    def text(self, column: str) -> pl.Series:
        """A column as it stands, without blanks around."""
        return self.frame[column].str.strip_chars()

    def floats(self, column: str) -> pl.Series:
        """A column as Float64; NaN and infinities stay for the quality report.

        Raises:
            BadData: a value is missing or no number.
        """
        return self._cast(column, pl.Float64(), "no number")

    def integers(self, column: str) -> pl.Series:
        """A column as Int64.

        Raises:
            BadData: a value is missing or no whole number.
        """
        return self._cast(column, pl.Int64(), "no whole number")

    def flags(self, column: str) -> pl.Series:
        """A column of true and false (any case, or 1 and 0) as Boolean.

        Raises:
            BadData: a value is neither.
        """
        text = self.text(column)
        out = text.str.to_lowercase().replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)
        self._require(out, text, "neither true nor false")
        return out

    def stamps(self, column: str) -> tuple[pl.Series, str]:
        """Epoch milliseconds or microseconds as UTC ns, and the unit, told by size.

        Raises:
            BadData: another unit, or both in one file.
        """
        raw = self.integers(column)
        ms, us = raw.is_between(10**11, 10**14 - 1), raw.is_between(10**14, 10**17 - 1)
        unit = "ms" if ms[0] else "us"
        wrong = (~(ms if unit == "ms" else us)).arg_true()
        if len(wrong):
            row = int(wrong[0])
            msg = (
                f"{self.where(row)}: {column} is {raw[row]}; stamps of this layout are epoch "
                "milliseconds or microseconds, one of them throughout a file"
            )
            raise BadData(msg)
        return raw * (10**6 if unit == "ms" else 10**3), unit

    def where(self, row: int) -> str:
        """File and line of a row (from 0), for a message."""
        return f"{self.file}, line {self.line + row}"

    def _cast(self, column: str, dtype: pl.DataType, words: str) -> pl.Series:
        text = self.text(column)
        out = text.cast(dtype, strict=False)
        self._require(out, text, words)
        return out

    def _require(self, out: pl.Series, text: pl.Series, words: str) -> None:
        if out.null_count():
            row = int(out.is_null().arg_true()[0])
            said = "is missing" if text[row] in (None, "") else f"holds {text[row]!r}"
            msg = f"{self.where(row)}: {out.name} {said}, which is {words}"
            raise BadData(msg)


def read_rows(
    path: Path, names: Sequence[str], shape: Callable[[Rows], pl.DataFrame]
) -> pl.DataFrame:
    """The rows of a headerless or headed CSV, `shape`d block by block and joined.

    Memory is that of the shaped rows and one block. A first line that is no row is a header.

    Raises:
        BadData: another number of columns, or what `shape` refuses.
    """
    parts = [shape(rows) for rows in each_rows(path, names)]
    if not parts:
        msg = f"{path.name} has no rows"
        raise BadData(msg)
    return pl.concat(parts)


def one_unit(units: set[str], file: str) -> str:
    """The unit that all blocks of a file share.

    Raises:
        BadData: there are two.
    """
    if len(units) > 1:
        msg = f"{file} mixes stamps in {' and '.join(sorted(units))}; fetch it again, or cut it"
        raise BadData(msg)
    return next(iter(units))


def each_rows(path: Path, names: Sequence[str], *, whole: bool = True) -> Iterator[Rows]:
    """The rows of a CSV in blocks, with columns named as `names`.

    `whole`: a row that ends early is misshapen; else its last cells are null.

    Raises:
        BadData: as `read_rows`.
    """
    for line, block in blocks(path):
        start, data = line, block
        if line == 1:
            head, _, rest = block.partition(b"\n")
            if is_header(head.decode("utf-8-sig", errors="replace")):
                start, data = 2, rest
        if data.strip():
            yield Rows(_parse(data, names, (path.name, start), whole=whole), path.name, start)


def is_header(line: str) -> bool:
    """Whether a first line names columns: it begins with a letter, and no cell is a number."""
    cells = [cell.strip().strip('"') for cell in line.split(",")]
    return cells[0][:1].isalpha() and not any(is_number(cell) for cell in cells)


def _parse(data: bytes, names: Sequence[str], at: tuple[str, int], *, whole: bool) -> pl.DataFrame:
    file, line = at
    try:
        frame = pl.read_csv(
            io.BytesIO(data),
            has_header=False,
            new_columns=list(names),
            infer_schema=False,
            truncate_ragged_lines=False,
        )
    except pl.exceptions.PolarsError as error:
        raise _misshapen(data, len(names), file, line) from error
    if frame.width != len(names) or (whole and frame[names[-1]].null_count()):
        raise _misshapen(data, len(names), file, line)
    return frame


def is_number(text: str) -> bool:
    """Whether a cell is a number as Python writes one."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _misshapen(data: bytes, width: int, file: str, line: int) -> BadData:
    """The first line that has another number of columns than the layout."""
    for number, row in enumerate(data.splitlines(), start=line):
        count = row.count(b",") + 1
        if count != width or row.endswith(b","):
            cut = row[:60].decode(errors="replace")
            return BadData(
                f"{file}, line {number}: {count} columns where this layout has {width} ({cut!r}); "
                "is the file whole, and the --format right?"
            )
    return BadData(f"{file}: these are no rows of {width} columns; is the --format right?")
