"""The quality report of bars: every rule runs on every instrument, and nothing is repaired.

Rules of severity "error" name rows: duplicates, out_of_order, future, not_a_number, non_positive,
invalid_volume, inconsistent. Warnings: gaps, uneven, frozen, outliers, large_moves, zero_volume,
missing_volume (`quality_rules.py`), missing_sessions, closed_days, extended_hours, short_sessions,
clock_change (`session_rules.py`), ragged_ends, crossed_sides (`set_rules.py`),
late_publication, revisions (`publications.py`), missing_split, adjusted_close, large_dividends
(`quality_actions.py`). What happens to bad
rows is the policy's business:

* refuse: any error, and nothing is kept (QualityRefused);
* quarantine: rows with an error are set aside, the first of duplicates is kept;
* accept: rows are kept as they are, but for errors that would break the engine (BREAKING): those
  are refused under this policy too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sluice.domain.duration import DAY_NS
from sluice.domain.errors import QualityRefused
from sluice.domain.quality import Finding, Policy, QualityReport
from sluice.market.calendars import Calendar, calendar_named, calendar_of
from sluice.market.publications import publication_rules
from sluice.market.quality_actions import Shares, action_findings
from sluice.market.quality_rules import (
    ROW_RULES,
    SERIES_RULES,
    Floats,
    Masks,
    Series,
)
from sluice.market.session_rules import SESSION_RULES
from sluice.market.set_rules import crossed_sides, ragged_ends

BREAKING = (
    *("duplicates", "out_of_order", "not_a_number", "non_positive", "invalid_volume"),
    "invalid_size",
)


@dataclass(frozen=True, eq=False)
class Judged:
    """The report, the rows that a policy keeps and those it sets aside (with a `rule` column)."""

    report: QualityReport
    kept: pl.DataFrame
    quarantined: pl.DataFrame


@dataclass(frozen=True, slots=True)
class QualityContext:
    """What the rules need beside the rows.

    `asset_classes` maps symbol to class, `calendars` to the name of its calendar where it has one;
    `now_ns` null leaves the rule on future stamps out, and the report says so. `revisions` are the
    later versions of bars, where the source has them.
    """

    dataset: str
    every_ns: int
    asset_classes: dict[str, str]
    now_ns: int | None
    policy: Policy = "refuse"
    notes: tuple[str, ...] = ()
    calendars: Mapping[str, str | None] = field(default_factory=dict)
    shares: Shares = field(default_factory=Shares)
    revisions: pl.DataFrame | None = None


def judge(rows: pl.DataFrame, context: QualityContext) -> Judged:
    """Judge `rows` and split them by the policy.

    `rows` are in source order with the columns `symbol` (text), `file`, `row` (number in its
    source, from 1), `ts_start` and `ts` (UTC ns integers), prices and volume (Float64, nullable).

    A refusal does not raise here: `report.refused` is set and nothing is kept. See `require`.
    """
    findings: list[Finding] = []
    rule_of_row = np.full(len(rows), "", dtype=object)
    ends: dict[str, tuple[int, int]] = {}
    position = rows.with_row_index("position")
    for part in position.partition_by("symbol", maintain_order=True):
        symbol = str(part["symbol"][0])
        series = _series(part, context, symbol)
        masks = {name: rule(series) for name, (rule, _) in ROW_RULES.items()}
        for name, mask in masks.items():
            if mask.any():
                at = part["position"].to_numpy()[mask]
                rule_of_row[at] = np.where(rule_of_row[at] == "", name, rule_of_row[at])
                findings.append(_row_finding(symbol, name, ROW_RULES[name][1], part, mask))
        sound = series.where(~_any(masks, len(part)))
        for series_rule in (*SERIES_RULES, *SESSION_RULES):
            findings.extend(series_rule(sound))
        if len(sound.start):
            ends[symbol] = (int(sound.start[0]), int(sound.end[-1]))
    findings.extend(ragged_ends(ends))
    findings.extend(crossed_sides(rows))
    findings.extend(action_findings(rows, context.shares, context.asset_classes))
    findings.extend(publication_rules(rows, context.revisions))
    return apply_policy(rows, rule_of_row, findings, context)


def require(report: QualityReport) -> None:
    """Stop where the report was refused.

    Raises:
        QualityRefused: with the errors found and the ways out.
    """
    if not report.refused:
        return
    lines = [f"  {f.instrument}: {f.text}" for f in report.errors[:20]]
    if len(report.errors) > 20:
        lines.append(f"  … and {len(report.errors) - 20} findings more")
    breaking = sorted({f.rule for f in report.errors if f.rule in BREAKING})
    if report.policy == "accept" and breaking:
        way_out = (
            f"The policy 'accept' cannot take {', '.join(breaking)}: such rows would break a run. "
            "Mend the source, or set the rows aside with --policy quarantine."
        )
    elif report.policy == "quarantine":
        way_out = "No sound row was left to keep. Mend the source."
    else:
        way_out = (
            "Nothing was stored. Mend the source, or use `sluice data import` with --policy "
            "quarantine (set the bad rows aside) or --policy accept (keep what a run can bear)."
        )
    found = "\n".join(lines)
    msg = f"{report.dataset}: the quality report found errors\n{found}\n{way_out}"
    raise QualityRefused(msg)


def apply_policy(
    rows: pl.DataFrame,
    rule_of_row: np.ndarray,
    findings: list[Finding],
    context: QualityContext,
) -> Judged:
    """Split `rows` by the rule that each broke ("" = none), and write the report."""
    bad = rule_of_row != ""
    breaking = {f.rule for f in findings if f.severity == "error"} & set(BREAKING)
    refused = (
        (context.policy == "refuse" and bool(bad.any()))
        or (context.policy == "accept" and bool(breaking))
        or (context.policy == "quarantine" and bool(bad.all()))
    )
    aside = bad if context.policy == "quarantine" else np.zeros(len(rows), dtype=np.bool_)
    if refused:
        kept, quarantined = rows.clear(), rows.clear()
    else:
        kept, quarantined = rows.filter(pl.Series(~aside)), rows.filter(pl.Series(aside))
    rules = pl.Series("rule", rule_of_row[aside].tolist() if not refused else [], dtype=pl.String)
    notes = context.notes
    if context.now_ns is None:
        notes = (*notes, "stamps in the future were not looked for: no clock was given")
    report = QualityReport(
        dataset=context.dataset,
        policy=context.policy,
        rows_in=len(rows),
        rows_kept=len(kept),
        rows_quarantined=len(quarantined),
        findings=tuple(findings),
        notes=notes,
        refused=refused,
    )
    return Judged(report, kept, quarantined.with_columns(rules))


def _series(part: pl.DataFrame, context: QualityContext, symbol: str) -> Series:
    def column(name: str) -> Floats:
        return part[name].fill_null(float("nan")).to_numpy()

    return Series(
        symbol=symbol,
        start=part["ts_start"].to_numpy(),
        end=part["ts"].to_numpy(),
        open=column("open"),
        high=column("high"),
        low=column("low"),
        close=column("close"),
        volume=column("volume"),
        every_ns=context.every_ns,
        now_ns=context.now_ns,
        calendar=calendar_in(context, symbol, part["ts_start"]),
    )


def calendar_in(context: QualityContext, symbol: str, stamps: pl.Series) -> Calendar:
    """The calendar of a symbol, knowing the years of its stamps (UTC ns) up to now."""
    name = context.calendars.get(symbol)
    if name is None:
        return calendar_of(context.asset_classes.get(symbol, "equity"))
    first, last = int(stamps.min()), int(stamps.max())  # type: ignore[arg-type]
    window = (first, last if context.now_ns is None else max(first, min(last, context.now_ns)))
    return calendar_named(name, window, whole_days=context.every_ns % DAY_NS == 0)


def _any(masks: dict[str, Masks], length: int) -> Masks:
    out = np.zeros(length, dtype=np.bool_)
    for mask in masks.values():
        out |= mask
    return out


def _row_finding(symbol: str, name: str, words: str, part: pl.DataFrame, mask: Masks) -> Finding:
    hit = part.filter(pl.Series(mask))
    stamps = hit["ts_start"].to_numpy()
    first = hit.row(0, named=True)
    count = len(hit)
    where = f"first in row {first['row']}" + (f" of {first['file']}" if first["file"] else "")
    fields = ("file", "row", "ts_start", "open", "high", "low", "close", "volume")
    return Finding(
        instrument=symbol,
        rule=name,
        severity="error",
        count=count,
        first_ns=int(stamps.min()),
        last_ns=int(stamps.max()),
        text=f"{count} {'row' if count == 1 else 'rows'} {words}, {where}",
        examples=tuple(
            {k: _plain(row[k]) for k in fields} for row in hit.head(3).iter_rows(named=True)
        ),
    )


def _plain(value: object) -> str | int | float | None:
    """A value that JSON can hold: NaN and infinities as text."""
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float) else None
