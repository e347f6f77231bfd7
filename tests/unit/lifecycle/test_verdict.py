"""The verdict's JSON, canonical digests, identity, age and provenance of evidence."""

import json
import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from sluice.domain.evidence import (
    Check,
    DataUsed,
    Manifest,
    Verdict,
    canonical_json,
    digest,
    jsonable,
)
from sluice.lifecycle.identity import Identity, evidence_not_before_ns, may_promote

GOOD = Check("sharpe", 1.4, ">", 1.2, passed=True, reason="above 1.2")
BAD = Check("win_rate", 0.4, ">", 0.45, passed=False, reason="not above 0.45")
MANIFEST = Manifest(
    strategy="ema_cross",
    lineage=("name:ema_cross", "source:ab"),
    source_digest="ab",
    params={"fast": 12, "slow": 48},
    data=DataUsed("sim", "cd", "1h", ("A.SIM", "B.SIM"), 0, 10, "simulated"),
    config_digest="ef",
    costs={"A.SIM": {"taker": "0.001"}},
    cash=100_000.0,
    seed=0,
    latency_ns=0,
    touch_fills=False,
    core_digest="01",
    sluice_digest="23",
    versions={"polars": "2.1.0"},
)
VERDICT = Verdict(
    strategy="ema_cross",
    gate=2,
    checks=(GOOD,),
    metrics={"sharpe": 1.4, "profit_factor": math.inf, "win_rate": float("nan")},
    provenance="simulated",
    result_digest="45",
    manifest=MANIFEST,
)
IDENTITY = Identity("ab", {"fast": 12}, {"symbols": ["BTCUSDT"], "every": "1h"}, "01", "23")


def test_json_of_a_verdict_has_the_fields_of_its_schema():
    shown = VERDICT.to_json()
    assert list(shown) == [
        "schema",
        "strategy",
        "gate",
        "passed",
        "exploratory",
        "checks",
        "warnings",
        "metrics",
        "provenance",
        "result_digest",
        "manifest",
        "report",
    ]
    assert shown["schema"] == "sluice.verdict/1"
    assert list(shown["checks"][0]) == ["id", "value", "op", "threshold", "passed", "reason"]
    assert shown["manifest"]["params_digest"] == digest({"slow": 48, "fast": 12})
    assert shown["manifest"]["data"]["symbols"] == ["A.SIM", "B.SIM"]


def test_numbers_that_are_none_become_null_in_strict_json():
    text = json.dumps(VERDICT.to_json(), allow_nan=False)
    metrics = json.loads(text)["metrics"]
    assert metrics == {"sharpe": 1.4, "profit_factor": None, "win_rate": None}


def test_a_verdict_passes_only_if_all_checks_do():
    assert VERDICT.passed
    assert not replace(VERDICT, checks=(GOOD, BAD)).passed
    assert not replace(VERDICT, checks=()).passed


def test_an_exploratory_run_passes_nothing_and_says_so():
    narrowed = replace(VERDICT, exploratory=True)
    assert narrowed.to_json()["passed"] is False
    assert narrowed.to_json()["exploratory"] is True


def test_evidence_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        VERDICT.gate = 1


def test_canonical_json_knows_no_order_of_keys_and_no_blanks():
    assert canonical_json({"b": (1, 2.5), "a": float("nan")}) == '{"a":null,"b":[1,2.5]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert canonical_json({"x": frozenset({"b", "a"})}) == '{"x":["a","b"]}'
    assert canonical_json({"x": np.float64(0.1)}) == '{"x":0.1}'


def test_what_json_has_no_word_for_is_refused():
    with pytest.raises(TypeError, match="has no place in JSON"):
        jsonable({"when": object()})


def test_manifest_digest_changes_with_every_part():
    changes = {
        "source_digest": "xx",
        "params": {"fast": 13, "slow": 48},
        "config_digest": "xx",
        "cash": 1.0,
        "seed": 1,
        "core_digest": "xx",
        "sluice_digest": "xx",
        "data": replace(MANIFEST.data, digest="xx"),
    }
    for name, value in changes.items():
        assert replace(MANIFEST, **{name: value}).digest != MANIFEST.digest, name
    assert replace(MANIFEST, params={"slow": 48, "fast": 12}).digest == MANIFEST.digest


def test_identity_changes_with_every_part_and_with_nothing_else():
    for name, value in {
        "source_digest": "xx",
        "params": {"fast": 13},
        "data_declaration": {"symbols": ["ETHUSDT"], "every": "1h"},
        "core_digest": "xx",
        "sluice_digest": "xx",
    }.items():
        assert replace(IDENTITY, **{name: value}).digest != IDENTITY.digest, name
    same = {"every": "1h", "symbols": ["BTCUSDT"]}
    assert replace(IDENTITY, data_declaration=same).digest == IDENTITY.digest


def test_evidence_is_good_for_ninety_days():
    now = 1_700_000_000_000_000_000
    assert now - evidence_not_before_ns(now) == 90 * 86_400_000_000_000


@pytest.mark.parametrize("feed", ["simulated", "recorded", "live"])
@pytest.mark.parametrize("evidence", ["simulated", "recorded", "live"])
def test_simulated_evidence_promotes_only_onto_a_simulated_feed(evidence, feed):
    assert may_promote(evidence, feed) is not (evidence == "simulated" and feed != "simulated")
