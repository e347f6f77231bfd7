"""The clocks: the host's, and one that stands where it was put (for tests and replays)."""

import time


class SystemClock:
    """The clock of the host; the only place of the library that reads it."""

    def now_ns(self) -> int:
        """Nanoseconds since 1970 in UTC."""
        return time.time_ns()  # noqa: TID251 - this is the front door through which time comes in

    def monotonic_ns(self) -> int:
        """Nanoseconds since an arbitrary start, never going back."""
        return time.monotonic_ns()


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, now_ns: int) -> None:
        self._now_ns = now_ns
        self._start_ns = now_ns

    def now_ns(self) -> int:
        """Nanoseconds since 1970 in UTC, as last set."""
        return self._now_ns

    def monotonic_ns(self) -> int:
        """Nanoseconds that this clock was advanced by since it was made."""
        return self._now_ns - self._start_ns

    def advance(self, by_ns: int) -> None:
        """Move forward; a clock never goes back."""
        assert by_ns >= 0, "a clock never goes back"
        self._now_ns += by_ns
