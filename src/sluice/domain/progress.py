"""How long work tells how far it is: a count of what is done, and a word for what that is."""

from collections.abc import Callable
from typing import TypeAlias

Count: TypeAlias = Callable[[int, int], None]
"""Called with (done, total)."""
Progress: TypeAlias = Callable[[int, int, str], None]
"""Called with (done, total, what is being done); total 0 = not known. Never from two threads."""


def silent(done: int, total: int, what: str) -> None:
    """A progress that nobody sees."""


def part(progress: Progress, what: str) -> Count:
    """The progress of one part of the work, under its own word."""
    return lambda done, total: progress(done, total, what)
