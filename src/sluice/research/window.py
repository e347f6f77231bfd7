"""Stamps as people write them, as UTC nanoseconds."""

from datetime import UTC, date, datetime

from sluice.domain.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp_ns(when: str | date | datetime | None, name: str) -> int | None:
    """UTC nanoseconds of "2024-01-31", an ISO stamp, a date or a datetime; None stays None.

    A stamp without a zone is UTC. `name` is what the message calls it.

    Raises:
        UsageError: the text is no date, or one that no stamp can hold.
    """
    if when is None:
        return None
    try:
        moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    except ValueError as error:
        msg = f"{name} {when!r} is no date; write 2024-01-31 or 2024-01-31T12:00:00"
        raise UsageError(msg) from error
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - _EPOCH
    stamp = (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000
    if not -(2**63) <= stamp < 2**63:
        msg = f"{name} {when!r} is outside the years 1677 to 2262, which stamps can hold"
        raise UsageError(msg)
    return stamp
