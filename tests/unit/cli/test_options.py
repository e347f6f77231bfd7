"""Options that cannot be meant are refused before anything is loaded, each naming itself."""

import pytest

from sluice.cli import backtest


def refused(*arguments):
    with pytest.raises(SystemExit) as ended:
        backtest.main(["--strategy", "ema_cross", *arguments])
    return ended.value.code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--mode", "research", "--validate"], "one after the other"),
        (["--mode", "live"], "--mode"),
        (["--fees", "10"], "--fees"),
        (["--slippage", "-1bp"], "--slippage"),
        (["--cash", "0"], "--cash"),
        (["--cash", "inf"], "--cash"),
        (["--cash", "much"], "--cash"),
        (["--seed", "-1"], "--seed"),
        (["--seed", "x"], "--seed"),
        (["--seed", "9223372036854775808"], "--seed"),
        (["--latency", "5 parsecs"], "--latency"),
        (["--symbols", " , "], "--symbols"),
        (["--param"], "--param"),
        (["--unknown"], "--unknown"),
        (["stray"], "stray"),
    ],
)
def test_an_option_that_cannot_be_meant_is_two_and_leaves_no_trace(arguments, words, home, capsys):
    assert refused(*arguments) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.out == ""
    assert not home.exists()


def test_a_strategy_must_be_named(capsys):
    with pytest.raises(SystemExit) as ended:
        backtest.main([])
    assert ended.value.code == 2
    assert "--strategy" in capsys.readouterr().err
