"""Figures of the ledger: what was received (above zero) or paid (below) beside fills and fees."""

from collections.abc import Mapping

Sums = Mapping[str, float]


def funding(sums: Sums) -> float:
    """Funding of perpetuals, recorded and assumed, in the base currency: received > 0, paid < 0."""
    return sums.get("funding", 0.0) + sums.get("assumed_funding", 0.0)


def borrow(sums: Sums) -> float:
    """Paid for borrowing what was sold short, in the base currency: 0 or below."""
    return sums.get("borrow", 0.0)


def dividends(sums: Sums) -> float:
    """Dividends of shares in the base currency: received on longs > 0, paid on shorts < 0."""
    return sums.get("dividend", 0.0)


def cash_in_lieu(sums: Sums) -> float:
    """Cash for fractions of a lot that splits left over, in the base currency."""
    return sums.get("split", 0.0)


def revaluation(sums: Sums) -> float:
    """What foreign money gained or lost in the base currency after the trips in it were told.

    Each trip is converted at the rate of its exit; what rates did to the money it left, and to the
    rest of the foreign purse, until the end of the run is this. So that Σ trips + revaluation =
    equity − initial. 0 with one currency.
    """
    return sums.get("revaluation", 0.0)
