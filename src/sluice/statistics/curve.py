"""An equity curve at session ends as a few bytes, so that a recorded run can be drawn later."""

import zlib

import numpy as np

from sluice.statistics.returns import DailyReturns, while_solvent

_HEAD = b"sluice.curve/1\n"


def packed(daily: DailyReturns) -> bytes:
    """Sessions and equity of `daily`, compressed; `unpacked` gives back the same numbers."""
    start = daily.start_equity[:1]
    body = np.asarray(daily.session, "<i8").tobytes() + np.asarray(daily.equity, "<f8").tobytes()
    return _HEAD + zlib.compress(np.asarray(start, "<f8").tobytes() + body, level=6)


def unpacked(content: bytes) -> DailyReturns:
    """The daily returns of `packed`.

    Raises:
        ValueError: bytes that `packed` did not write, or that were cut or changed.
    """
    if not content.startswith(_HEAD):
        msg = "these bytes are no equity curve of this version"
        raise ValueError(msg)
    try:
        raw = zlib.decompress(content[len(_HEAD) :])
    except zlib.error as error:
        msg = f"the equity curve is damaged: {error}"
        raise ValueError(msg) from error
    if not raw:
        none = np.empty(0)
        return DailyReturns(none.astype(np.int64), none, none, none)
    count, rest = divmod(len(raw) - 8, 16)
    if rest or count < 1:
        msg = f"the equity curve is damaged: {len(raw)} bytes are no whole sessions"
        raise ValueError(msg)
    start = np.frombuffer(raw, "<f8", 1)
    session = np.frombuffer(raw, "<i8", count, offset=8).astype(np.int64)
    equity = np.frombuffer(raw, "<f8", count, offset=8 + 8 * count).astype(np.float64)
    starts = np.concatenate((start, equity[:-1]))
    return DailyReturns(session, while_solvent(starts, equity), equity, starts)
