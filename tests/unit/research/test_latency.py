"""Latency as a user says it, and participation: what reaches the run, and what is refused."""

import pytest

import sluice
from sluice.domain.errors import UsageError
from sluice.research.latency import read_latency
from sluice.strategy.base import Strategy
from unit.engine.days import market

MS = 1_000_000


class Buys(Strategy):
    def on_bar(self, ctx, bar):
        if not ctx.position("AAA").qty:
            ctx.buy("AAA", 2.0)


def test_a_latency_is_one_duration_or_samples_of_it(tmp_path):
    assert read_latency("250ms") == (250 * MS,)
    assert read_latency("3ms, 40ms") == (3 * MS, 40 * MS)
    assert read_latency([5, "2ms"]) == (5, 2 * MS)
    file = tmp_path / "measured.txt"
    file.write_text("3ms\n\n1000000\n")
    assert read_latency(file) == read_latency(str(file)) == (3 * MS, MS)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("soon", "'soon' is not a duration"),
        ("", "0 samples"),
        ([-1], "0 or more"),
        ([None], "latency"),
    ],
)
def test_what_is_no_latency_says_how_to_write_one(said, words):
    with pytest.raises(UsageError, match=words):
        read_latency(said)


def test_participation_and_samples_reach_the_run_and_its_manifest():
    bars = market({"AAA": [100.0] * 30})
    run = sluice.backtest(Buys(), bars, participation=0.25, latency=["0s", "3h"], seed=5)
    assert run.fills["qty"].max() < 2.0
    manifest = run.manifest.to_json()
    assert manifest["participation"] == 0.25
    assert manifest["latency_samples"] is not None
    plain = sluice.backtest(Buys(), bars)
    assert plain.manifest.to_json()["latency_samples"] is None
    assert plain.digest != run.digest


def test_a_share_of_volume_is_a_fraction():
    bars = market({"AAA": [100.0] * 30})
    with pytest.raises(UsageError, match=r"participation is 1\.5"):
        sluice.backtest(Buys(), bars, participation=1.5)
    with pytest.raises(UsageError, match="say the same"):
        sluice.backtest(Buys(), bars, latency="1s", latency_ns=5)
