"""The quality report of quotes and trades: every rule on every instrument, nothing repaired.

Errors name rows: out_of_order, future, not_a_number, non_positive, invalid_size. Warnings: crossed
(a bid above the ask), locked (equal), shared_stamps, silences (an hour or longer without a tick, in
the market's own time), outliers (prices far away that come straight back), missing_size, and those
of `tick_session_rules.py`: extended_hours, stray_ends, odd_lots. Policies are those of bars.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain.duration import format_duration
from sluice.domain.quality import Finding
from sluice.market.calendars import Calendar, is_closure, utc_text
from sluice.market.importers.raw import TickKind
from sluice.market.quality import Judged, QualityContext, apply_policy, calendar_in
from sluice.market.tick_session_rules import odd_lots, outside_sessions, stray_ends

SILENCE_NS = 3600 * 10**9
OUTLIER_MADS = 20.0
_MAD_TO_DEVIATION = 1.4826  # of a normal distribution
_PRICES: Mapping[TickKind, tuple[str, ...]] = {"quotes": ("bid", "ask"), "trades": ("price",)}
_SIZES: Mapping[TickKind, tuple[str, ...]] = {
    "quotes": ("bid_size", "ask_size"),
    "trades": ("size",),
}
Masks = NDArray[np.bool_]
Stamps = NDArray[np.int64]

_WORDS = {
    "out_of_order": "with a stamp before an earlier row's",
    "future": "with a stamp in the future",
    "not_a_number": "with a price that is missing, NaN or infinite",
    "non_positive": "with a price of zero or below",
    "invalid_size": "with a size that is negative or infinite",
}


def judge_ticks(rows: pl.DataFrame, kind: TickKind, context: QualityContext) -> Judged:
    """Judge `rows` (symbol, file, row, ts in UTC ns, values of the kind) and split them.

    A refusal does not raise here: `report.refused` is set and nothing is kept.
    """
    findings: list[Finding] = []
    rule_of_row = np.full(len(rows), "", dtype=object)
    for part in rows.with_row_index("position").partition_by("symbol", maintain_order=True):
        symbol = str(part["symbol"][0])
        masks = _row_masks(part, kind, context.now_ns)
        bad = np.zeros(len(part), dtype=np.bool_)
        for rule, mask in masks.items():
            bad |= mask
            if mask.any():
                at = part["position"].to_numpy()[mask]
                rule_of_row[at] = np.where(rule_of_row[at] == "", rule, rule_of_row[at])
                findings.append(_error(symbol, rule, part, mask))
        calendar = calendar_in(context, symbol, part["ts"])
        sound = part.filter(pl.Series(~bad))
        findings.extend(_warnings(symbol, sound, kind, calendar))
        if len(sound):
            shares = context.asset_classes.get(symbol, "equity") == "equity"
            findings.extend(_of_days(symbol, sound, calendar, lots=shares and kind == "trades"))
    return apply_policy(rows, rule_of_row, findings, context)


def _of_days(symbol: str, part: pl.DataFrame, calendar: Calendar, *, lots: bool) -> list[Finding]:
    """What sessions, days and, for trades of shares, round lots say."""
    stamps = part["ts"].to_numpy()
    found = [*outside_sessions(symbol, stamps, calendar), *stray_ends(symbol, stamps)]
    if lots:
        size = part["size"].cast(pl.Float64).fill_null(float("inf")).to_numpy()
        found += odd_lots(symbol, stamps, size)
    return found


def _row_masks(part: pl.DataFrame, kind: TickKind, now_ns: int | None) -> dict[str, Masks]:
    stamps = part["ts"].to_numpy()
    ahead = stamps > now_ns if now_ns is not None else np.zeros(len(stamps), dtype=np.bool_)
    seen = np.maximum.accumulate(np.where(ahead, stamps.min(), stamps))
    prices = [part[c].fill_null(float("nan")).to_numpy() for c in _PRICES[kind]]
    sizes = [part[c].fill_null(float("nan")).to_numpy() for c in _SIZES[kind]]
    return {
        "out_of_order": stamps < seen,
        "future": ahead,
        "not_a_number": _any(~np.isfinite(p) for p in prices),
        "non_positive": _any(p <= 0 for p in prices),
        "invalid_size": _any((s < 0) | np.isinf(s) for s in sizes),
    }


def _warnings(symbol: str, part: pl.DataFrame, kind: TickKind, calendar: Calendar) -> list[Finding]:
    if part.is_empty():
        return []
    stamps = part["ts"].to_numpy()
    found = [_silences(symbol, stamps, calendar)]

    def mark(rule: str, mask: Masks, words: str) -> None:
        found.append(_marked(symbol, rule, stamps[mask], words))

    same = np.concatenate(([False], np.diff(stamps) == 0))
    mark("shared_stamps", same, "ticks at the stamp of the one before; their order is the source's")
    if kind == "quotes":
        bid, ask = part["bid"].to_numpy(), part["ask"].to_numpy()
        mark("crossed", bid > ask, "quotes with the bid above the ask")
        mark("locked", bid == ask, "quotes with the bid at the ask")
        price = (bid + ask) / 2
    else:
        price = part["price"].to_numpy()
    mark("outliers", _spikes(price), f"prices beyond {OUTLIER_MADS:.0f} deviations that revert")
    sizes = [part[c].is_null().to_numpy() for c in _SIZES[kind]]
    mark("missing_size", _any(sizes), "ticks without a size")
    return [finding for finding in found if finding is not None]


def _silences(symbol: str, stamps: Stamps, calendar: Calendar) -> Finding | None:
    long = np.flatnonzero(np.diff(stamps) >= SILENCE_NS)
    before, after = stamps[long], stamps[long + 1]
    open_ = ~is_closure(before, after, calendar)
    if not open_.any():
        return None
    before, length = before[open_], (after - before)[open_]
    longest = int(length.argmax())
    return Finding(
        symbol,
        "silences",
        "warning",
        len(before),
        int(before[0]),
        int(before[-1]),
        f"{len(before)} stretches of an hour or longer without a tick, the longest "
        f"{format_duration(int(length[longest]) // 10**9 * 10**9)} from "
        f"{utc_text(int(before[longest]))}",
        int(length[longest]),
    )


def _spikes(price: NDArray[np.float64]) -> Masks:
    """Prices whose return is far outside the rest and half taken back on the next tick."""
    returns = np.diff(np.log(price))
    moving = returns[returns != 0]
    if len(moving) < 30:
        return np.zeros(len(price), dtype=np.bool_)
    scale = _MAD_TO_DEVIATION * float(np.median(np.abs(moving)))
    far = np.abs(returns[:-1]) > OUTLIER_MADS * scale
    back = (returns[1:] * returns[:-1] < 0) & (np.abs(returns[1:]) > 0.5 * np.abs(returns[:-1]))
    return np.concatenate(([False], far & back, [False]))


def _marked(symbol: str, rule: str, stamps: Stamps, words: str) -> Finding | None:
    if not len(stamps):
        return None
    first = int(stamps[0])
    text = f"{len(stamps):,} {words}, first at {utc_text(first)}"
    return Finding(symbol, rule, "warning", len(stamps), first, int(stamps[-1]), text)


def _error(symbol: str, rule: str, part: pl.DataFrame, mask: Masks) -> Finding:
    hit = part.filter(pl.Series(mask))
    stamps = hit["ts"].to_numpy()
    row = hit.row(0, named=True)
    count = len(hit)
    return Finding(
        symbol,
        rule,
        "error",
        count,
        int(stamps.min()),
        int(stamps.max()),
        f"{count:,} {'row' if count == 1 else 'rows'} {_WORDS[rule]}, first in row {row['row']} of "
        f"{row['file']}",
    )


def _any(masks: Iterable[Masks]) -> Masks:
    """Where any of the masks is set; there is at least one."""
    out: Masks = np.logical_or.reduce(list(masks))
    return out
