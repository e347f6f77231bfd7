"""docs/known-dirt.md against the code of today: every claim of the README is found."""

import pytest

from campaigns.known_dirt import CLAIMS, PIT, REPOSITORY, found

SLOW = pytest.mark.slow
PAGE = REPOSITORY / "docs" / "known-dirt.md"


@pytest.mark.parametrize(
    "claim",
    [pytest.param(c, id=c.name, marks=[SLOW] if c.path == PIT else []) for c in CLAIMS],
)
def test_what_the_readme_calls_dirt_is_found_with_its_figures(real_data, claim):
    value, _ = found(real_data, claim)
    assert value == claim.expected


def test_the_page_tells_every_claim_and_that_it_was_found():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if " found |" in line]
    assert len(rows) == len(CLAIMS)
    for claim in CLAIMS:
        assert any(f"| {claim.path} | {claim.words} |" in row for row in rows), claim.name
