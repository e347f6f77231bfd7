"""Rates as people write them ("0.001", "10bp") as exact fractions of the notional."""

from decimal import Decimal, InvalidOperation

from sluice.domain.errors import UsageError

_BASIS_POINT = Decimal("0.0001")
_HIGHEST = Decimal("0.1")


def parse_rate(text: str, name: str) -> Decimal:
    """The fraction that "0.001", "10bp" or "10bps" stands for; 0 ≤ rate ≤ 0.1.

    `name` is what the rate is called in the message ("--fees"). More than a tenth of the notional
    is refused: it is basis points or a percentage that was written without its unit.

    Raises:
        UsageError: not a number, or outside the range.
    """
    bare = text.strip().lower()
    unit = Decimal(1)
    for suffix in ("bps", "bp"):
        if bare.endswith(suffix):
            bare, unit = bare.removesuffix(suffix).strip(), _BASIS_POINT
            break
    try:
        rate = Decimal(bare) * unit
    except InvalidOperation as error:
        msg = f"{name} {text!r} is not a rate; write a fraction (0.001) or basis points (10bp)"
        raise UsageError(msg) from error
    if not rate.is_finite() or not 0 <= rate <= _HIGHEST:
        msg = (
            f"{name} {text!r} is outside 0 to 0.1 (a tenth of the notional); "
            "a rate is a fraction: 0.001, or 10bp, is ten basis points"
        )
        raise UsageError(msg)
    return rate
