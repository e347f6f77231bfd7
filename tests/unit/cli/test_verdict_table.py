"""How a verdict looks: figures by their kind, and pass and fail in words."""

import math
from types import SimpleNamespace

import pytest

from sluice.cli import output
from sluice.cli.verdict import figure, outcome
from sluice.domain.evidence import Check, DataUsed, Manifest, Verdict


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("max_drawdown", 0.1534, "15.3%"),
        ("win_rate", 0.45, "45.0%"),
        ("capacity", 1_234_567.8, "1,234,568"),
        ("sharpe", 1.2, "1.20"),
        ("round_trips", 1200.0, "1,200"),
        ("lookahead", 0, "0"),
        ("gate1_passed", False, "no"),
        ("gate1_passed", True, "yes"),
        ("profit_factor", math.inf, "+∞"),
        ("capacity", -math.inf, "-∞"),
        ("sharpe", math.nan, "–"),
        ("sharpe", None, "–"),
    ],
)
def test_a_figure_reads_as_its_name_asks(name, value, shown):
    assert figure(name, value) == shown


def a_manifest():
    data = DataUsed("sim", "d", "1h", ("BTCUSDT.SIM",), 0, 1, "simulated")
    return Manifest(
        "ema_cross", ("name:x",), "s", {}, data, "c", {}, 1e5, 0, 0, False, "k", "l", {}
    )


def shown(capsys, checks, **said):
    verdict = Verdict(
        strategy="ema_cross",
        gate=2,
        checks=checks,
        metrics={"sharpe": 1.5, "max_drawdown": 0.1},
        provenance="simulated",
        result_digest="abc",
        manifest=a_manifest(),
        **said,
    )
    came = SimpleNamespace(
        verdict=verdict,
        result=SimpleNamespace(stats={}, manifest=a_manifest(), digest="abc"),
        report="/reports/x.html",
        run_id=3,
        next_command="python scripts/run_backtest.py --validate",
    )
    output.show(*outcome(came))
    return capsys.readouterr().out


def test_every_check_stands_with_value_threshold_word_and_reason(capsys):
    text = shown(
        capsys,
        (
            Check("sharpe", 1.5, ">", 1.2, True, "annual, after costs"),
            Check("max_drawdown", 0.2, "<", 0.15, False, "from the [running] peak"),
            Check("gate1_passed", True, "==", True, True, "passed"),
            Check("lookahead", 2, "==", 0, False, "the future is read"),
        ),
    )
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line.split()}
    assert lines["sharpe"][1:6] == ["1.50", ">", "1.20", "✔", "pass"]
    assert lines["max_drawdown"][1:6] == ["20.0%", "<", "15.0%", "✘", "fail"]
    assert lines["gate1_passed"][1:5] == ["yes", "yes", "✔", "pass"]
    assert lines["lookahead"][1:5] == ["2", "none", "✘", "fail"]
    assert "from the [running] peak" in text
    assert "✘ FAILED" in text


def test_what_follows_the_table_names_data_report_digest_and_the_next_command(capsys):
    text = shown(capsys, (Check("sharpe", 1.5, ">", 1.2, True, "fine"),), warnings=("a gap",))
    assert "✔ PASSED" in text
    for words in (
        "Sharpe 1.50 · drawdown 10.0%",
        "data    sim (simulated), every 1h",
        "note    a gap",
        "report  /reports/x.html",
        "digest  abc  (run 3)",
        "next    python scripts/run_backtest.py --validate",
    ):
        assert words in text
