"""docs/verdicts.md against the code of today: one of its data sets, judged anew."""

import pytest

from campaigns.real_verdicts import (
    CASES,
    HOURLY,
    REPOSITORY,
    _verdict_row,
    import_all,
    judged,
    key,
)

PAGE = (REPOSITORY / "docs" / "verdicts.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", [case for case in CASES if case.dataset == HOURLY], ids=str)
def test_the_page_holds_the_figures_that_this_code_gives(real_data, case):
    import_all(real_data, {case.dataset})
    for verdict in judged(case):
        row = _verdict_row("", verdict)
        figures = row.removeprefix("|  ")
        assert figures in PAGE, f"docs/verdicts.md is out of date; it lacks {row}"


def test_the_page_tells_every_case_at_both_gates_or_that_it_is_left():
    rows = [line for line in PAGE.splitlines() if line.startswith("| 20")]
    (left,) = (line for line in PAGE.splitlines() if line.startswith("Left for another call"))
    told = [case for case in CASES if f"`{key(case)}`" not in left]
    assert len(told) >= 10
    assert len(rows) == 2 * len(told)
    for case in told:
        said = " ".join((case.strategy, *case.params))
        assert sum(f"| {case.dataset} |" in row and f"| {said} |" in row for row in rows) == 2
