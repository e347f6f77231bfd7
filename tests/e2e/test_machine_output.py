"""`--json` is for machines: exactly one object on standard output, of the schema as ruled."""

import json
import shutil

import jsonschema
import pytest

import door
from tides import STRATEGY

NUMBER = {"type": ["number", "null"]}
TEXT = {"type": "string", "minLength": 1}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
METRICS = (
    *("sharpe", "total_return", "max_drawdown", "win_rate", "profit_factor", "round_trips"),
    *("orders", "fees", "turnover_per_year"),
)


def record(required, *, closed=True):
    return {
        "type": "object",
        "properties": required,
        "required": list(required),
        "additionalProperties": not closed,
    }


DATA = {
    "name": TEXT,
    "digest": TEXT,
    "every": TEXT,
    "symbols": {"type": "array", "items": TEXT, "minItems": 1},
    "start_ns": {"type": "integer"},
    "end_ns": {"type": "integer"},
    "provenance": {"enum": ["simulated", "recorded", "live"]},
}
MANIFEST = {
    "strategy": TEXT,
    "lineage": {"type": "array", "items": TEXT, "minItems": 1},
    "source_digest": DIGEST,
    "params": {"type": "object"},
    "params_digest": DIGEST,
    "data": record(DATA),
    "config_digest": DIGEST,
    "costs": {"type": "object", "minProperties": 1},
    "cash": {"type": "number"},
    "seed": {"type": "integer"},
    "latency_ns": {"type": "integer", "minimum": 0},
    "latency_samples": {"type": ["string", "null"], "pattern": DIGEST["pattern"]},
    "participation": {"type": ["number", "null"]},
    "touch_fills": {"type": "boolean"},
    "core_digest": DIGEST,
    "sluice_digest": DIGEST,
    "versions": {"type": "object", "required": ["python", "sluice", "polars", "numpy"]},
}
CHECK = {
    "id": TEXT,
    "value": {"type": ["number", "boolean", "string", "null"]},
    "op": {"enum": [">", ">=", "<", "<=", "=="]},
    "threshold": {"type": ["number", "boolean", "string", "null"]},
    "passed": {"type": "boolean"},
    "reason": TEXT,
}
BACKTEST = {
    "schema": {"const": "sluice.backtest/1"},
    "strategy": TEXT,
    "metrics": record(dict.fromkeys(METRICS, NUMBER), closed=False),
    "provenance": DATA["provenance"],
    "result_digest": DIGEST,
    "manifest": record(MANIFEST),
    "report": TEXT,
}
VERDICT = BACKTEST | {
    "schema": {"const": "sluice.verdict/1"},
    "gate": {"enum": [1, 2]},
    "passed": {"type": "boolean"},
    "exploratory": {"type": "boolean"},
    "checks": {"type": "array", "items": record(CHECK), "minItems": 6},
    "warnings": {"type": "array", "items": TEXT},
}
GATE_1 = [
    *("hypothesis", "theoretical_sharpe", "capacity", "data_identified", "data_met", "lookahead"),
]
GATE_2 = [
    *("gate1_passed", "sharpe", "max_drawdown", "win_rate", "profit_factor", "lookahead"),
    *("too_short", "too_few", "costs_below_floor"),
]

CHATTY = (
    STRATEGY.replace("import polars", "print('{at import}')\nimport polars", 1).replace(
        "        z = ", "        print('{in signals}')\n        z = "
    )
    + '''
    def on_start(self, ctx):
        """Talks."""
        print("{on start}")

    def on_stop(self, ctx):
        """Talks."""
        print("{on stop}", flush=True)
'''
)


@pytest.fixture(scope="module")
def home(tide_home, tmp_path_factory):
    """A home with the market of tides."""
    return shutil.copytree(tide_home, tmp_path_factory.mktemp("machine") / "home")


@pytest.fixture(scope="module")
def chatty(tmp_path_factory):
    """A strategy that prints wherever it can."""
    path = tmp_path_factory.mktemp("strategies") / "chatty.py"
    path.write_text(CHATTY)
    return path


@pytest.mark.parametrize(
    ("gate", "schema", "ids"),
    [
        ((), BACKTEST, None),
        (("--mode", "research"), VERDICT, GATE_1),
        (("--validate",), VERDICT, GATE_2),
    ],
)
def test_one_object_of_the_schema_though_the_strategy_prints(home, chatty, gate, schema, ids):
    done = door.backtest(home, "--strategy", chatty, "--data", "tides", "--json", *gate)
    assert done.code in {0, 1}, done.err
    said = json.loads(done.out)  # one object, and nothing beside it
    jsonschema.validate(said, record(schema))
    for words in ("{at import}", "{in signals}", "{on start}", "{on stop}"):
        assert words in done.err
    if ids is not None:
        assert [check["id"] for check in said["checks"]] == ids
        assert said["passed"] is (done.code == 0)
        assert said["passed"] is all(check["passed"] for check in said["checks"])
    assert said["report"].endswith(".html")


def test_ratios_are_fractions_and_money_is_in_the_base_currency(home, chatty):
    done = door.backtest(home, "--strategy", chatty, "--data", "tides", "--json")
    metrics = json.loads(done.out)["metrics"]
    assert 0 <= metrics["win_rate"] <= 1
    assert 0 <= metrics["max_drawdown"] <= 1
    assert metrics["fees"] > 1
    assert metrics["round_trips"] == int(metrics["round_trips"]) > 0


def test_figures_that_are_undefined_are_null_and_their_checks_fail_in_words(home, tmp_path):
    path = tmp_path / "idle.py"
    path.write_text(STRATEGY.replace("ge=5, le=500", "ge=5, le=500").replace("size=0.4", "size=0"))
    done = door.backtest(home, "--strategy", path, "--data", "tides", "--json", "--validate")
    assert done.code == 1, done.err
    said = json.loads(done.out)
    jsonschema.validate(said, record(VERDICT))
    checks = {check["id"]: check for check in said["checks"]}
    for name in ("sharpe", "win_rate", "profit_factor"):
        assert said["metrics"][name] is None
        assert checks[name]["value"] is None
        assert not checks[name]["passed"]
        assert "undefined" in checks[name]["reason"]
