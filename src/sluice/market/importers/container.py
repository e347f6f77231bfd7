"""Opens what a source is packed in (plain, gz, xz, a zip with one member) and reads it in blocks.

A block is whole lines, some megabytes of them, so that a file larger than memory can be read. Every
way in which a container can be broken is told in words. Where a `.CHECKSUM` file lies beside a
source (`sha256sum` format, as the exchange's archive has them), the source must match it.
"""

import gzip
import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sluice.domain.errors import BadData

BLOCK_BYTES = 1 << 24
_LONGEST_LINE = 1 << 26
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(OSError, NotImplementedError, RuntimeError),  # zip: an unknown compression, a password
)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes inside `path`, unpacked as they are read.

    Raises:
        BadData: empty, truncated, damaged, or a zip that does not hold exactly one file.
    """
    name = path.name.lower()
    try:
        if path.stat().st_size == 0:
            msg = f"{path.name} is empty"
            raise BadData(msg)
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as pack, pack.open(_only(pack, path)) as file:
                yield file
        elif name.endswith(".gz"):
            with gzip.open(path) as file:
                yield file  # type: ignore[misc]  # GzipFile is a binary file in all but name
        elif name.endswith(".xz"):
            with lzma.open(path) as file:
                yield file
        else:
            with path.open("rb") as file:
                yield file
    except _BROKEN as error:
        said = str(error) or type(error).__name__
        msg = f"{path.name} cannot be read: {said}; is the file whole? Fetch or copy it again"
        raise BadData(msg) from error


def member_name(path: Path) -> str:
    """The name of what is inside: that of a zip's one member, else the file's own.

    Raises:
        BadData: as `opened`.
    """
    if not path.name.lower().endswith(".zip"):
        return path.name
    try:
        with zipfile.ZipFile(path) as pack:
            return _only(pack, path).filename
    except _BROKEN as error:
        msg = f"{path.name} is no whole zip ({error}); fetch or copy it again"
        raise BadData(msg) from error


def first_lines(path: Path, count: int = 2) -> list[str]:
    """The first lines of a text inside `path`; fewer where it has fewer.

    Raises:
        BadData: as `opened`.
    """
    with opened(path) as file:
        head = file.read(1 << 16)
    return head.decode("utf-8-sig", errors="replace").splitlines()[:count]


def blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines, each with the number of its first line (from 1).

    Raises:
        BadData: as `opened`; or a line that is too long to be one.
    """
    line, rest = 1, b""
    with opened(path) as file:
        while chunk := file.read(BLOCK_BYTES):
            cut = chunk.rfind(b"\n") + 1
            if cut == 0:
                rest += chunk
                if len(rest) > _LONGEST_LINE:
                    msg = f"{path.name}: line {line} does not end; this is no text of rows"
                    raise BadData(msg)
                continue
            whole, rest = rest + chunk[:cut], chunk[cut:]
            yield line, whole
            line += whole.count(b"\n")
    if rest:
        yield line, rest


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes, held against the checksum file beside it where there is one.

    Raises:
        BadData: they differ, or the checksum file is none.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    beside = path.with_name(path.name + ".CHECKSUM")
    if beside.is_file():
        words = beside.read_text(encoding="utf-8", errors="replace").split()
        if not words or len(words[0]) != 64:
            msg = f"{beside.name} holds no SHA-256; fetch it again, or remove it"
            raise BadData(msg)
        if words[0].lower() != found:
            msg = (
                f"{path.name} is not what {beside.name} says (SHA-256 {found[:16]}…, not "
                f"{words[0][:16].lower()}…): it is damaged or was changed. Fetch it again"
            )
            raise BadData(msg)
    return found


def _only(pack: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    members = [m for m in pack.infolist() if not m.is_dir()]
    if len(members) != 1:
        names = ", ".join(m.filename for m in members[:3]) or "nothing"
        msg = f"{path.name} holds {len(members)} files ({names}); a zip of data holds exactly one"
        raise BadData(msg)
    return members[0]
