"""The archive over HTTP: verified, resumed, retried downloads. The only file that knows httpx.

What always holds: a file under its own name is whole and has the checksum that the archive
states; what is not finished stands beside it as `NAME.part` and is gone on with. Answers that may
pass (5xx, 429, a lost connection, silence) are asked again with growing pauses; others are told at
once.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from sluice.domain.errors import (
    ArchiveUnreachable,
    BadData,
    DiskFull,
    StorageError,
    is_disk_full,
)
from sluice.domain.progress import Count
from sluice.ports.archive import Fetched

_PASSING = (408, 425, 429)
_LONGEST_PAUSE_S = 60.0
_CHECKSUM_BYTES_MAX = 1024
_SECONDS = 1e-9
Answer = TypeVar("Answer")


class _Passing(Exception):
    """A fault that may pass: ask again."""


class _WrongBytes(Exception):
    """The file came whole and is not what its checksum says."""


@dataclass(frozen=True, slots=True)
class HttpArchive:
    """An archive under `url`; `timeout_ns` is the longest silence, `pause_ns` the first pause.

    A fault that may pass is met with `attempts` tries in all.
    """

    url: str
    timeout_ns: int
    attempts: int
    pause_ns: int

    def fetch(self, path: str, folder: Path, advance: Count) -> Fetched | None:
        """Bring one file; see `ports.archive.Archive`."""
        target = folder / path
        with (
            httpx.Client(timeout=self.timeout_ns * _SECONDS, follow_redirects=True) as client,
            _told(target),
        ):
            stated = self._again(lambda: _checksum(client, self._at(path)))
            if stated is None:
                return None
            target.parent.mkdir(parents=True, exist_ok=True)
            with _locked(target.parent):
                return self._bring(client, target, path, (stated, advance))

    def _bring(
        self, client: httpx.Client, target: Path, path: str, how: tuple[str, Count]
    ) -> Fetched | None:
        stated, advance = how
        if target.is_file() and _sha256(target) == stated:
            return Fetched(target, target.stat().st_size, "cached")
        part = target.with_name(target.name + ".part")
        for last in (False, True):
            there = self._again(lambda: _download(client, self._at(path), part, advance))
            if not there:
                return None
            try:
                _verify(part, stated)
            except _WrongBytes as error:
                part.unlink()
                if last:
                    msg = f"{self._at(path)}: {error}, twice; nothing was kept. Try again later"
                    raise BadData(msg) from error
            else:
                break
        beside = target.with_name(target.name + ".CHECKSUM")
        beside.write_text(f"{stated}  {target.name}\n", encoding="utf-8")
        part.replace(target)
        return Fetched(target, target.stat().st_size, "fetched")

    def _at(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/{path}"

    def _again(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until there is an answer, with pauses that double, `attempts` times at most."""
        retrying = Retrying(
            stop=stop_after_attempt(self.attempts),
            wait=wait_exponential(self.pause_ns * _SECONDS, max=_LONGEST_PAUSE_S),
            retry=retry_if_exception_type(_Passing),
            reraise=True,
        )
        try:
            return retrying(ask)
        except _Passing as error:
            msg = (
                f"{error} ({self.attempts} attempts). What was fetched is kept: the same command "
                "goes on from there"
            )
            raise ArchiveUnreachable(msg) from error


def _checksum(client: httpx.Client, url: str) -> str | None:
    """The SHA-256 (hex) that the archive states of a file; None where it has no such file."""
    with _asked(client, url + ".CHECKSUM") as answer:
        if answer.status_code == httpx.codes.NOT_FOUND:
            _require_absent(client, url)
            return None
        text = answer.read()[:_CHECKSUM_BYTES_MAX].decode("ascii", errors="replace")
    word = (text.split() or [""])[0].lower()
    if len(word) != 64 or not set(word) <= set("0123456789abcdef"):
        msg = f"{url}.CHECKSUM holds no SHA-256 but {text[:40]!r}; is this the archive's address?"
        raise BadData(msg)
    return word


def _require_absent(client: httpx.Client, url: str) -> None:
    """A file without a checksum is not taken; one that is not there at all is no error."""
    with _asked(client, url) as answer:
        if answer.status_code == httpx.codes.NOT_FOUND:
            return
    msg = f"{url} has no checksum beside it, so it cannot be verified and was not fetched"
    raise BadData(msg)


def _download(client: httpx.Client, url: str, part: Path, advance: Count) -> bool:
    """Write the file to `part`, on from what is there; False where there is no such file."""
    there = part.stat().st_size if part.is_file() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
    with _asked(client, url, headers) as answer:
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            # All of it is here, or more: the checksum tells, and a wrong one starts again.
            return True
        _require_file(answer, url)
        goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT and answer.headers.get(
            "Content-Range", ""
        ).startswith(f"bytes {there}-")
        done = there if goes_on else 0
        total = done + int(answer.headers.get("Content-Length", 0))
        advance(done, total)
        with part.open("ab" if goes_on else "wb") as file:
            for chunk in answer.iter_raw():
                file.write(chunk)
                done += len(chunk)
                advance(done, total)
    return True


@contextmanager
def _asked(
    client: httpx.Client, url: str, headers: dict[str, str] | None = None
) -> Iterator[httpx.Response]:
    """An answer of the archive: 2xx, 404 or 416; all else is a fault that may pass, or is told."""
    try:
        with client.stream("GET", url, headers=headers) as answer:
            status = answer.status_code
            if status >= 500 or status in _PASSING:
                msg = f"{url} answers {status} {answer.reason_phrase}"
                raise _Passing(msg)
            if not answer.is_success and status not in (404, 416):
                msg = f"{url} answers {status} {answer.reason_phrase}; check the address"
                raise BadData(msg)
            yield answer
    except httpx.TimeoutException as error:
        msg = f"{url} does not answer in time"
        raise _Passing(msg) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        msg = f"{url} is no address of an archive ({error}); write http:// or https://"
        raise BadData(msg) from error
    except httpx.HTTPError as error:
        msg = f"{url} cannot be fetched: {error or type(error).__name__}"
        raise _Passing(msg) from error


def _require_file(answer: httpx.Response, url: str) -> None:
    kind = answer.headers.get("Content-Type", "")
    if "html" in kind.lower():
        msg = f"{url} sends a web page ({kind}) instead of the file; check the address"
        raise BadData(msg)


def _verify(part: Path, stated: str) -> None:
    found = _sha256(part)
    if found != stated:
        msg = f"the file has SHA-256 {found[:16]}…, its checksum says {stated[:16]}…"
        raise _WrongBytes(msg)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder of downloads; the system drops the lock if this process dies."""
    with (folder / ".fetch.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"another process is fetching into {folder}; wait for it, then try again"
            raise StorageError(msg) from error
        yield


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Turn what the disk refuses into the house's errors, a full disk apart."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            msg = (
                f"no space is left while fetching {target.name}; what was fetched is kept in "
                f"{target.parent}. Free space, and the same command goes on from there"
            )
            raise DiskFull(msg) from error
        msg = f"the disk refused while fetching {target.name}: {error}"
        raise StorageError(msg) from error
