"""Latency as a user says it: one duration, measured samples, or a file of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from sluice.domain.duration import parse_duration
from sluice.domain.errors import UsageError

Said: TypeAlias = str | Path | Sequence[str | int]
SAMPLES_MAX = 1_000_000


def read_latency(said: Said) -> tuple[int, ...]:
    """Nanoseconds ≥ 0: one number is a constant, more are samples of which one is drawn per order.

    A text is a duration ("250ms"), several with commas ("1ms,5ms"), or the path of a file with one
    duration, or one number of nanoseconds, per line.

    Raises:
        UsageError: what cannot be read, with how to write it.
    """
    words = _words(said)
    if not 0 < len(words) <= SAMPLES_MAX:
        msg = f"latency has {len(words)} samples; give one duration, or up to {SAMPLES_MAX:,}"
        raise UsageError(msg)
    return tuple(_ns(word) for word in words)


def _words(said: Said) -> Sequence[str | int]:
    if not isinstance(said, str | Path):
        return list(said)
    path = Path(said)
    try:
        if path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            return [line.strip() for line in lines if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        msg = f"latency: {path} cannot be read ({error}); give a text file, a duration per line"
        raise UsageError(msg) from error
    return [word.strip() for word in str(said).split(",") if word.strip()]


def _ns(word: str | int) -> int:
    try:
        ns = int(word) if not isinstance(word, str) or word.isdecimal() else parse_duration(word)
    except (TypeError, ValueError) as error:
        msg = f"latency: {error}; or the path of a file that is there, a duration per line"
        raise UsageError(msg) from error
    if ns < 0:
        msg = f"latency is {ns} ns; it must be 0 or more"
        raise UsageError(msg)
    return ns
