"""Durations as people write them ("5m", "1h", "180d", "1w") as exact nanoseconds, and back."""

import re

_UNIT_NS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
}
_PATTERN = re.compile(r"(\d+)(ns|us|ms|s|m|h|d|w)")
DAY_NS = _UNIT_NS["d"]


def parse_duration(text: str) -> int:
    """Nanoseconds of a duration such as "90s", "1h" or "1d12h"; ≥ 0.

    Months and years have no fixed length and are refused.

    Raises:
        ValueError: the text is not a sequence of number and unit.
    """
    parts = _PATTERN.findall(text.strip())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        msg = (
            f"{text!r} is not a duration; write a number and one of ns us ms s m h d w, as in '5m'"
        )
        raise ValueError(msg)
    return sum(int(number) * _UNIT_NS[unit] for number, unit in parts)


def format_duration(ns: int) -> str:
    """The shortest text that `parse_duration` reads back as `ns` nanoseconds (≥ 0)."""
    if ns == 0:
        return "0d"
    text, rest = "", ns
    for unit in ("d", "h", "m", "s", "ms", "us", "ns"):
        count, rest = divmod(rest, _UNIT_NS[unit])
        if count:
            text += f"{count}{unit}"
    return text
