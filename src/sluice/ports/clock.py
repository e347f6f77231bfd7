"""The port through which time comes in: whoever needs the time takes a Clock."""

from typing import Protocol


class Clock(Protocol):
    """Tells the time; simulated where the data drives it, real where people do."""

    def now_ns(self) -> int:
        """Nanoseconds since 1970 in UTC."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds since an arbitrary start, never going back: measures how long work took."""
        ...
