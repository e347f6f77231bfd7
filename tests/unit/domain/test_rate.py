"""Rates as people write them."""

from decimal import Decimal

import pytest

from sluice.domain.errors import UsageError
from sluice.domain.rate import parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("0", "0"),
        ("0.001", "0.001"),
        ("10bp", "0.0010"),
        (" 2.5 BPS ", "0.00025"),
        ("1e-4", "0.0001"),
        ("0.1", "0.1"),
    ],
)
def test_fractions_and_basis_points_are_exact(text, rate):
    assert parse_rate(text, "--fees") == Decimal(rate)


@pytest.mark.parametrize("text", ["", "bp", "ten", "0.1%", "nan", "inf", "-0.001", "10", "1001bp"])
def test_what_is_no_rate_is_refused_naming_the_option_and_the_way_to_write_it(text):
    with pytest.raises(UsageError, match=r"--fees.*10bp"):
        parse_rate(text, "--fees")
