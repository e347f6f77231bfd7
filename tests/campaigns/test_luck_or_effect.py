"""The campaign on a few seeds, without the look-ahead check, which the campaign itself runs."""

from dataclasses import asdict, replace
from json import dumps

import pytest

from campaigns import luck_or_effect
from campaigns.luck_or_effect import Seed, judge_seed, promise_kept, summary
from sluice.research.lookahead import LookaheadReport

STAND_IN = LookaheadReport((), (), rows_tested=200, perturbed_rows=1, ties=0)
PASSED = Seed(
    seed=0,
    effect=True,
    gate1=True,
    gate2=True,
    failed=(),
    lookahead="run",
    figures=dict.fromkeys(luck_or_effect.FIGURES, 2.0),
)
FAILED = replace(PASSED, gate1=False, gate2=False, failed=("capacity", "sharpe"))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_strategy_of_the_planted_effect_passes_both_gates(seed):
    found = judge_seed(seed, effect=True, evidence=STAND_IN)
    assert found.passed, found
    assert not found.failed


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_the_effect_it_passes_neither(seed):
    found = judge_seed(seed, effect=False, evidence=STAND_IN)
    assert not found.gate1
    assert not found.gate2
    assert {"theoretical_sharpe", "sharpe", "profit_factor"} <= set(found.failed)


@pytest.mark.parametrize(
    ("with_effect", "without", "kept"),
    [(90, 5, True), (89, 5, False), (90, 6, False), (100, 0, True), (0, 0, False)],
)
def test_the_promise_is_90_of_100_with_and_5_of_100_without(with_effect, without, kept):
    results = [PASSED if i < with_effect else FAILED for i in range(100)]
    results += [replace(PASSED if i < without else FAILED, effect=False) for i in range(100)]
    assert promise_kept(results) is kept


def test_half_a_campaign_promises_nothing():
    assert not promise_kept([PASSED])
    assert not promise_kept([])


def test_the_summary_counts_and_names_the_seeds_that_failed():
    told = summary([PASSED, replace(FAILED, seed=7), replace(FAILED, effect=False)])
    assert "both gates pass on 1 of 2 seeds" in told
    assert "`capacity` 1× (seed 7)" in told
    assert "both gates pass on 0 of 1 seeds" in told


def test_a_second_call_reads_what_this_code_left_and_nothing_else(tmp_path):
    path = tmp_path / "seeds.jsonl"
    code = luck_or_effect._code()
    lines = [
        dumps(asdict(PASSED) | {"code": code}),
        dumps(asdict(replace(PASSED, seed=1)) | {"code": "another"}),
        '{"seed": 2, "eff',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert luck_or_effect._read(path) == [PASSED]


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_the_promise_is_kept_on_a_hundred_seeds(tmp_path, capsys):
    """The campaign itself, look-ahead check included; a quarter of an hour on two cores."""
    kept = luck_or_effect.main(["--seeds", "100", "--jobs", "2", "--out", str(tmp_path)]) == 0
    assert kept, capsys.readouterr().out
