"""Signals become targets: the table of rules, one test a line."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from sluice import Bars, Param, Strategy, close, ema, hold, long_short, of, score, volume
from sluice.domain.errors import SignalError, StrategyError, WarmupError
from sluice.domain.instrument import Instrument
from sluice.market.bars import BarSet
from sluice.strategy.evaluate import evaluate, evaluate_frame
from unit.strategy.frames import bars, prices, shaped

NAN = float("nan")


def saying(expr, **settings):
    """A strategy of one expression."""
    return type("Saying", (Strategy,), {"signals": lambda self: expr, **settings})()


def targets(strategy, frame, **options):
    return evaluate_frame(strategy, frame, **options).target.tolist()


def same(left, right):
    return np.array_equal(np.array(left, float), np.array(right, float), equal_nan=True)


def test_numbers_are_targets_and_null_keeps():
    said = targets(saying(pl.when(close > 2).then(0.5)), prices([1, 2, 3, 4]))
    assert same(said, [NAN, NAN, 0.5, 0.5])


def test_a_boolean_is_one_or_zero_and_an_integer_is_a_number():
    assert targets(saying(close > 2), prices([1, 3])) == [0.0, 1.0]
    assert targets(saying(pl.lit(2)), prices([1, 3])) == [2.0, 2.0]
    assert same(targets(saying(pl.lit(None)), prices([1, 3])), [NAN, NAN])


def test_text_is_no_target():
    with pytest.raises(SignalError, match="gives String; it must give numbers"):
        targets(saying(pl.lit("long")), prices([1, 2]))


@pytest.mark.parametrize(
    ("expr", "node"),
    [
        ((close - 2).log(), "(close - 2).log("),
        (1 / (close - 2) + 1, "1 / (close - 2)"),
        (hold(((close - 2) / (close - 2)) > 0), "(close - 2) / (close - 2)"),
    ],
)
def test_nan_and_infinity_name_instrument_stamp_and_node(expr, node):
    with pytest.raises(SignalError) as caught:
        targets(saying(expr), prices([3, 4, 2, 5]))
    message = str(caught.value)
    assert f"`{node}" in message
    assert "AAA.SIM" in message
    assert "2023-01-01 03:00:00" in message


def test_nan_passes_where_a_test_plants_it():
    said = evaluate_frame(saying((close - 2).log()), prices([3, 1]), strict=False)
    assert np.isnan(said.target[1])


def test_signals_see_their_own_instrument_only():
    frame = bars(50, ("AAA.SIM", "BBB.SIM"))
    together = evaluate_frame(saying(close / close.shift(1) - 1), frame).signal
    for name in ("AAA.SIM", "BBB.SIM"):
        mask = (frame["instrument"] == name).to_numpy()
        alone = evaluate_frame(saying(close / close.shift(1) - 1), frame.filter(mask)).signal
        assert same(together[mask], alone)


def test_nothing_is_said_before_the_warm_up_is_over():
    said = evaluate_frame(saying(ema(close, 3)), bars(60))
    assert said.warmup == 41
    assert np.isnan(said.signal[:40]).all()
    assert np.isfinite(said.signal[40:]).all()


def test_a_declared_warm_up_counts_where_none_can_be_derived():
    said = evaluate_frame(saying(close / close.cum_max() - 1, warmup=10), bars(30))
    assert said.warmup == 10
    assert np.isnan(said.signal[:9]).all()
    assert evaluate_frame(saying(close / close.cum_max() - 1), bars(30)).warmup is None


def test_another_instrument_is_read_at_the_same_stamp_or_null():
    frame = bars(5, ("AAA.SIM", "BBB.SIM"))
    holed = frame.filter(~((pl.col("instrument") == "BBB.SIM") & (pl.col("ts").dt.hour() == 3)))
    said = evaluate_frame(saying(of("BBB").close), holed).signal
    own = holed.filter(pl.col("instrument") == "BBB.SIM").select("ts", "close")
    expected = holed.select("ts").join(own, on="ts", how="left", maintain_order="left")["close"]
    assert same(said, expected.fill_null(NAN).to_list())
    assert np.isnan(said).sum() == 1


def test_another_instrument_that_is_absent_or_ambiguous_is_said():
    with pytest.raises(SignalError, match=r"of\('ZZZ'\) is not in the data, which holds AAA\.SIM"):
        targets(saying(of("ZZZ").close), bars(5))
    with pytest.raises(SignalError, match=r"may be AAA\.ONE or AAA\.TWO"):
        targets(saying(of("AAA").close), bars(5, ("AAA.ONE", "AAA.TWO")))


def test_an_unknown_column_says_which_there_are():
    with pytest.raises(SignalError, match=r"may use the columns ts, instrument, open"):
        targets(saying(pl.col("closing") > 1), bars(5))


def test_an_error_in_the_authors_method_is_told_as_his():
    class Broken(Strategy):
        def signals(self):
            return close > self.missing

    with pytest.raises(SignalError, match=r"Broken.signals\(\) fails: AttributeError"):
        targets(Broken(), bars(5))
    with pytest.raises(SignalError, match="must return a polars expression, not int"):
        targets(saying(1), bars(5))


def test_a_strategy_that_says_nothing_is_refused():
    with pytest.raises(StrategyError, match=r"override signals\(\) or on_bar\(\)"):
        evaluate_frame(type("Mute", (Strategy,), {})(), bars(5))


def test_on_bar_replaces_the_default_trading_and_keeps_the_signal():
    class Own(Strategy):
        def signals(self):
            return close

        def on_bar(self, ctx, bar):
            pass

    said = evaluate_frame(Own(), prices([1, 2]))
    assert said.target is None
    assert said.signal.tolist() == [1.0, 2.0]
    only = evaluate_frame(type("Only", (Strategy,), {"on_bar": Own.on_bar})(), prices([1, 2]))
    assert only.target is None
    assert np.isnan(only.signal).all()


def test_signals_frame_is_joined_by_stamp_and_instrument():
    class Framed(Strategy):
        def signals_frame(self, bars):
            return bars.filter(close > 2).select("ts", "instrument", signal=close * 10).reverse()

    assert same(targets(Framed(), prices([1, 3, 4])), [NAN, 30.0, 40.0])


def test_signals_frame_must_return_its_columns_once():
    class Twice(Strategy):
        def signals_frame(self, bars):
            return pl.concat([bars, bars]).with_columns(signal=close)

    class Without(Strategy):
        def signals_frame(self, bars):
            return bars

    with pytest.raises(SignalError, match="twice at one stamp"):
        targets(Twice(), prices([1, 2]))
    with pytest.raises(SignalError, match="must return a frame of ts, instrument, signal"):
        targets(Without(), prices([1, 2]))


# ── when a panel is rebalanced ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rebalance", "stamps"),
    [
        ("1d", ["01-07 22", "01-08 00", "01-09 00", "01-10 00"]),
        ("1w", ["01-07 22", "01-09 00"]),
        ("1mo", ["01-07 22"]),
    ],
)
def test_a_period_begins_with_its_first_bar(rebalance, stamps):
    # 2023-01-09 was a Monday
    frame = bars(60, start=datetime(2023, 1, 7, 22, tzinfo=UTC))
    said = evaluate_frame(saying(close * 0 + 0.1, rebalance=rebalance), frame)
    due = frame.filter(pl.Series(said.rebalance))["ts"].dt.strftime("%m-%d %H").to_list()
    assert due == stamps
    assert np.isfinite(said.target[said.rebalance]).all()
    assert np.isnan(said.target[~said.rebalance]).all()


def test_every_bar_is_due_and_carries_the_last_word():
    said = evaluate_frame(
        saying(pl.when(close > 2).then(0.5), rebalance="every_bar"), prices([1, 3, 1])
    )
    assert said.rebalance.tolist() == [True, True, True]
    assert same(said.target, [NAN, 0.5, 0.5])


def test_a_word_said_between_two_rebalances_is_traded_at_the_next():
    frame = prices([1, 3, 1, 1], every=timedelta(hours=12))
    said = evaluate_frame(saying(pl.when(close > 2).then(0.5), rebalance="1d"), frame)
    assert said.rebalance.tolist() == [True, False, True, False]
    assert same(said.target, [NAN, NAN, 0.5, NAN])


class Momentum(Strategy):
    data = Bars("AAA", every="1h", max_gap="3h")
    rebalance = "1d"
    n: int = Param(2, ge=1)

    def signals(self):
        return close / close.shift(self.n) - 1

    def allocate(self):
        return long_short(0.5)


def test_weights_of_a_panel_are_gross_one_and_net_zero_at_each_rebalance():
    frame = bars(100, ("AAA.SIM", "BBB.SIM", "CCC.SIM", "DDD.SIM"))
    said = evaluate_frame(Momentum(), frame)
    due = frame.with_columns(w=pl.Series(said.target)).filter(pl.Series(said.rebalance))
    sums = due.group_by("ts").agg(net=pl.col("w").sum(), gross=pl.col("w").abs().sum()).sort("ts")
    assert sums["net"].abs().max() < 1e-12
    assert sums["gross"].to_list()[1:] == pytest.approx([1.0] * (len(sums) - 1))


def test_an_absent_bar_keeps_its_score_for_max_gap_and_is_traded_at_its_next_bar():
    names = ("AAA.SIM", "BBB.SIM")
    frame = bars(60, names)
    midnight = datetime(2023, 1, 2, tzinfo=UTC)
    absent = (pl.col("instrument") == "BBB.SIM") & (pl.col("ts") == midnight)
    said = evaluate_frame(Momentum(), frame.filter(~absent))
    rows = frame.filter(~absent).with_columns(
        w=pl.Series(said.target), due=pl.Series(said.rebalance)
    )
    late = rows.filter(pl.col("due") & (pl.col("instrument") == "BBB.SIM"))
    assert midnight + timedelta(hours=1) in late["ts"].to_list()
    first = rows.filter(pl.col("ts") == midnight)["w"].to_list()
    next_row = late.filter(pl.col("ts") == midnight + timedelta(hours=1))["w"].to_list()
    assert sorted([*first, *next_row]) == [-0.5, 0.5]


def test_a_name_that_is_gone_for_longer_than_max_gap_has_no_weight():
    frame = bars(60, ("AAA.SIM", "BBB.SIM"))
    gone = frame.filter(
        (pl.col("instrument") == "AAA.SIM") | (pl.col("ts") < datetime(2023, 1, 1, 20, tzinfo=UTC))
    )
    said = evaluate_frame(Momentum(), gone)
    after = gone.with_columns(w=pl.Series(said.target)).filter(
        pl.Series(said.rebalance) & (pl.col("ts") >= datetime(2023, 1, 2, tzinfo=UTC))
    )
    assert set(after["w"].to_list()) == {0.0}


def test_null_is_zero_where_the_vector_is_the_whole_portfolio():
    class Some(Momentum):
        def allocate(self):
            return pl.when(score > 0).then(0.5)

    frame = bars(60, ("AAA.SIM", "BBB.SIM", "CCC.SIM"))
    said = evaluate_frame(Some(), frame)
    assert set(said.target[said.rebalance].tolist()) == {0.0, 0.5}


def test_an_allocation_that_divides_by_nothing_names_its_node():
    class Divides(Momentum):
        def allocate(self):
            return score / (score - score)

    with pytest.raises(SignalError, match=r"Divides.allocate gives .*`score / \(score - score\)`"):
        evaluate_frame(Divides(), bars(60, ("AAA.SIM", "BBB.SIM")))


def test_the_order_in_which_instruments_are_loaded_changes_nothing():
    frame = bars(300, ("AAA.SIM", "BBB.SIM", "CCC.SIM", "DDD.SIM"))
    turned = shaped(
        frame.with_columns(pl.col("instrument").cast(pl.String)).reverse(),
        ["DDD.SIM", "CCC.SIM", "BBB.SIM", "AAA.SIM"],
    )
    for strategy in (Momentum(), saying(ema(close, 3) > ema(close, 9))):
        one, two = evaluate_frame(strategy, frame), evaluate_frame(strategy, turned)
        back = turned.with_columns(t=pl.Series(two.target)).with_columns(
            pl.col("instrument").cast(pl.String)
        )
        assert same(back.sort("ts", "instrument")["t"].to_list(), one.target)


def test_missing_volume_is_null_and_says_nothing():
    frame = prices([1, 2]).with_columns(volume=pl.lit(None, dtype=pl.Float64))
    assert same(targets(saying(hold(volume > 0)), frame), [NAN, NAN])


def test_the_result_does_not_depend_on_the_number_of_threads():
    code = (
        "import hashlib, sys; from unit.strategy.frames import bars; "
        "from sluice.strategy.load import registered; "
        "from sluice.strategy.evaluate import evaluate_frame; "
        "frame = bars(3000, [f'{c}.SIM' for c in ('ALPHA', 'BRAVO', *'CDEFGH')]); "
        "said = [evaluate_frame(cls(), frame) for _, cls in sorted(registered().items())]; "
        "print(hashlib.sha256(b''.join(s.target.tobytes() for s in said)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "POLARS_MAX_THREADS": threads,
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(digests) == 1


def test_an_empty_frame_says_nothing():
    empty = bars(1).clear()
    for strategy in (saying(close > 1), saying(close, rebalance="1d"), Momentum()):
        assert len(evaluate_frame(strategy, empty).target) == 0


def bar_set(rows):
    frame = bars(rows).with_columns(ts_start=pl.col("ts") - timedelta(hours=1))
    tick = Decimal("0.01")
    instrument = Instrument("AAA", "SIM", "perpetual", "USD", tick_size=tick, lot_size=tick)
    return BarSet.build(
        frame, [instrument], every_ns=3_600 * 10**9, name="few bars", provenance="simulated"
    )


def test_too_little_history_for_the_warm_up_says_how_much_is_needed():
    strategy = saying(ema(close, 12) > ema(close, 48))
    with pytest.raises(WarmupError, match=r"needs 665 bars .* few bars has at most 600"):
        evaluate(strategy, bar_set(600))
    assert np.isfinite(evaluate(strategy, bar_set(700)).target).sum() == 36
