"""What `sluice data fetch` shows: bars for files and bytes while it runs, a summary at its end."""

import contextlib
import sys
from collections.abc import Iterator

from sluice.cli.data_output import imported
from sluice.cli.output import errors, show, show_json
from sluice.domain.progress import silent
from sluice.operations.fetch import FetchDone, FetchProgress

_MISSING_SHOWN = 10


@contextlib.contextmanager
def fetch_bars(*, json_wanted: bool) -> Iterator[FetchProgress]:
    """Bars on standard error, there only where a person watches a terminal."""
    if json_wanted or not sys.stderr.isatty():
        yield FetchProgress(silent, lambda _done, _total: None, silent)
        return
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    words, drawn = TextColumn("{task.description}", markup=False), BarColumn()
    of_files = Progress(words, drawn, MofNCompleteColumn(), TimeRemainingColumn(), console=errors())
    of_bytes = Progress(words, drawn, DownloadColumn(), TransferSpeedColumn(), console=errors())
    from rich.console import Group
    from rich.live import Live

    files, one = of_files.add_task("files", total=None), of_bytes.add_task("bytes", total=None)

    def file(done: int, total: int, what: str) -> None:
        of_files.update(files, completed=done, total=total, description=what)

    def part(done: int, total: int) -> None:
        of_bytes.update(one, completed=done, total=total or None)

    with Live(Group(of_files, of_bytes), console=errors(), transient=True):
        yield FetchProgress(file, part, file)


def fetched(done: FetchDone, *, json_wanted: bool) -> None:
    """The data set with its quality report, and what came from where."""
    if json_wanted:
        show_json(done.to_json())
        return
    imported(done.info, json_wanted=False)
    came = [f for f in done.files if f.state == "fetched"]
    size = sum(f.size_bytes for f in came)
    show(f"{len(came)} files fetched ({size:,} bytes), {len(done.files) - len(came)} here before")
    if done.missing:
        more = len(done.missing) - _MISSING_SHOWN
        rest = f" and {more} more" if more > 0 else ""
        show(f"not in the archive: {', '.join(done.missing[:_MISSING_SHOWN])}{rest}")
