"""What goes where: results on standard output, everything else on standard error.

With `--json` standard output carries exactly one JSON object, and what a strategy prints on its own
goes to standard error. A reader that goes away early (`| head`) ends the printing, not the command.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from sluice.domain.progress import Progress

_WIDTH_OF_A_FILE = 120  # columns where the output is no terminal, so that tables do not fold


def results() -> "Console":
    """The console on standard output."""
    return _console(sys.stdout)


def errors() -> "Console":
    """The console on standard error."""
    return _console(sys.stderr)


def _console(file: TextIO) -> "Console":
    from rich.console import Console

    width = None if file.isatty() else _WIDTH_OF_A_FILE
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)


def show(*what: "RenderableType") -> None:
    """Print results for people; lines are left whole, so that a path or a command can be copied."""
    from rich.text import Text

    with _reader_may_leave():
        for one in what:
            results().print(one, soft_wrap=isinstance(one, str | Text))


def show_json(document: Mapping[str, Any]) -> None:
    """Print the one JSON object of `--json`."""
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    with _reader_may_leave():
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


@contextlib.contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Nobody reads any more: what is left goes nowhere, and the exit code stays the command's."""
    try:
        yield
    except BrokenPipeError:
        _discard_output()
    except SystemExit as ended:  # what rich makes of a broken pipe
        if not isinstance(ended.__context__, BrokenPipeError):
            raise
        _discard_output()


def _discard_output() -> None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the end


@contextlib.contextmanager
def only_json(*, json_wanted: bool) -> Iterator[None]:
    """While this holds, what others print goes to standard error if `--json` was asked for."""
    if not json_wanted:
        yield
        return
    with contextlib.redirect_stdout(sys.stderr):
        yield


@contextlib.contextmanager
def progress_bar(*, json_wanted: bool) -> Iterator["Progress"]:
    """A bar on standard error, there only where a person watches a terminal."""
    from sluice.domain.progress import silent

    if json_wanted or not sys.stderr.isatty():
        yield silent
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors(), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def advance(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total or None, description=what)

        yield advance
