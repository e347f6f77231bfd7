"""Repeated windows are computed once, and nothing changes by it, bit for bit."""

import polars as pl
import pytest

from sluice import close, hold, of, sma, zscore
from sluice.strategy.sharing import share, within
from sluice.strategy.tree import read
from sluice.strategy.warmup import compared
from unit.strategy.corpus import CLEAN
from unit.strategy.frames import bars

ETH = {f"{name}@ETH": pl.col(name) * 1.1 + pl.int_range(pl.len()) * 1e-3 for name in ("close",)}
FRAME = bars(900, ("AAA.SIM", "BBB.SIM"), seed=5).with_columns(**ETH)


def direct(parts, frame):
    return [frame.select(part.over("instrument").alias("x"))["x"] for part in parts]


def through_sharing(parts, frame):
    shared = share(parts)
    named = [part.alias(f"part {i}") for i, part in enumerate(shared.exprs)]
    for level in [*shared.levels, named]:
        frame = frame.with_columns([within(part, "instrument") for part in level])
    return [frame[f"part {i}"] for i in range(len(parts))]


@pytest.mark.parametrize("name", CLEAN)
def test_every_clean_expression_keeps_its_values(name):
    parts = [CLEAN[name], *compared(CLEAN[name])]
    for one, two in zip(direct(parts, FRAME), through_sharing(parts, FRAME), strict=True):
        assert one.dtype == two.dtype
        assert one.equals(two, null_equal=True)


def test_a_zscore_named_four_times_is_computed_once():
    z = zscore(close, 48)
    shared = share([hold(z < -2, short=z > 2, exits=z * z.shift(1) <= 0)])
    (rest,) = shared.exprs
    assert not any(node.kind.startswith("Rolling") for node in read(rest).walk())
    windows = [
        node.text
        for level in shared.levels
        for part in level
        for node in read(part).walk()
        if node.kind.startswith("Rolling")
    ]
    assert sorted(windows) == [
        "close.rolling_max(48)",
        "close.rolling_mean(48)",
        "close.rolling_min(48)",
        "close.rolling_std(48)",
    ]


def test_what_is_named_once_or_cannot_be_read_is_left_alone():
    alone = sma(close, 5) > sma(close, 6)
    assert share([alone]).levels == ()
    opaque = (sma(close, 5) > 1) & (sma(close, 5).map_batches(lambda s: s) < 2)
    assert share([opaque]).levels == ()


def test_only_windows_are_partitioned():
    assert "over" not in str(within(close * 2 > of("ETH").close, "instrument"))
    assert "over" in str(within(close.shift(1), "instrument"))
