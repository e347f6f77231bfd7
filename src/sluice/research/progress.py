"""How long work tells how far it is: a count of rows done, with a word for what is being done."""

from collections.abc import Callable
from typing import TypeAlias

Count: TypeAlias = Callable[[int, int], None]
"""Called with (done, total)."""
Report: TypeAlias = Callable[[int, int, str], None]
"""Called with (done, total, what is being done); total 0 = not known."""


def silent(done: int, total: int, what: str) -> None:
    """A progress that nobody sees."""


def part(report: Report, what: str) -> Count:
    """The progress of one part of the work, under its own word."""
    return lambda done, total: report(done, total, what)
