"""Quality rules of shares: splits that are missing, adjusted closes that disagree, large dividends.

An adjusted close moves by the return of a holder: between two days it changes by close / close
before × split, and × (1 + dividend / close) (or close before / (close before − dividend): sources
differ). What it changes beyond that is an action that the table does not hold. Without adjusted
closes a missing split shows as an open near a simple ratio of the close before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sluice.domain.quality import Finding
from sluice.market.actions import ratio

AGREES = 0.005
"""Adjusted closes are rounded: a change within half a per cent of what actions explain agrees."""
NEAR = {"adjusted": 0.01, "overnight": 0.025}
LARGE_DIVIDEND = 0.1
_SPLITS = tuple(x for n in (1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0) for x in (n, 1 / n))
_DAY_NS = 86_400 * 10**9


@dataclass(frozen=True, eq=False)
class Shares:
    """What is known of corporate actions: `told` as in Part, `actions` as ACTIONS, id → symbol."""

    told: pl.DataFrame | None = None
    actions: pl.DataFrame | None = None
    symbols: Mapping[str, str] | None = None


def action_findings(
    rows: pl.DataFrame, shares: Shares, asset_classes: Mapping[str, str]
) -> list[Finding]:
    """Findings on the shares among `rows` (symbol, ts_start in UTC ns, open, close)."""
    equities = [symbol for symbol, kind in asset_classes.items() if kind == "equity"]
    known = _known(shares)
    findings = _large_dividends(rows, known)
    told = shares.told
    adjusted = pl.Series([], dtype=pl.String)
    if told is not None and told["adjusted_close"].null_count() < len(told):
        told = told.filter(pl.col("symbol").is_in(equities), pl.col("adjusted_close") > 0)
        adjusted = told["symbol"].unique()
        findings += _disagreements(
            _leftover(told.join(known, on=["symbol", "ex_date"], how="left"))
        )
    rest = rows.filter(
        pl.col("symbol").is_in(equities) & ~pl.col("symbol").is_in(adjusted.implode())
    )
    return findings + _overnight(rest, known)


def _known(shares: Shares) -> pl.DataFrame:
    """symbol, ex_date, paid, ratio of every action."""
    empty = {"symbol": pl.String, "ex_date": pl.Date, "paid": pl.Float64, "ratio": pl.Float64}
    if shares.actions is None or not shares.symbols:
        return pl.DataFrame(schema=empty)
    return shares.actions.select(
        pl.col("instrument")
        .replace_strict(dict(shares.symbols), return_dtype=pl.String)
        .alias("symbol"),
        "ex_date",
        pl.col("dividend").alias("paid"),
        pl.col("split").alias("ratio"),
    )


def _leftover(told: pl.DataFrame) -> pl.DataFrame:
    """What adjusted closes say beyond the actions: symbol, ex_date, left (1 is nothing)."""
    before = pl.col("close").shift(1).over("symbol")
    change = pl.col("adjusted_close") / pl.col("adjusted_close").shift(1).over("symbol")
    split, paid = pl.col("ratio").fill_null(1.0), pl.col("paid").fill_null(0.0)
    said = change / (pl.col("close") / before) / split
    ways = (1 + paid / pl.col("close"), before / (before - split * paid))
    left = [said / way for way in ways]
    closer = pl.when((left[0] - 1).abs() < (left[1] - 1).abs()).then(left[0]).otherwise(left[1])
    # A way that makes no sense (a dividend above the price) is not the closer one.
    left_over = pl.when(ways[1] > 0).then(closer).otherwise(left[0])
    ordered = told.sort("symbol", "ex_date").with_columns(left_over.alias("left"))
    return ordered.filter((pl.col("left") - 1).abs() > AGREES)


def _disagreements(left: pl.DataFrame) -> list[Finding]:
    findings = []
    for part in left.partition_by("symbol", maintain_order=True):
        splits, others = [], []
        for row in part.iter_rows(named=True):
            near = _near(row["left"], NEAR["adjusted"])
            day = row["ex_date"]
            if near is None:
                others.append((day, f"{day} (a factor of {row['left']:.4f} beyond the actions)"))
            else:
                splits.append((day, f"{day} ({_words(near)})"))
        symbol = str(part["symbol"][0])
        if splits:
            words = "the adjusted close knows a split that is not in the table of actions"
            findings.append(_finding(symbol, "missing_split", words, splits))
        if others:
            words = "the adjusted close disagrees with dividends and splits"
            findings.append(_finding(symbol, "adjusted_close", words, others))
    return findings


def _overnight(rows: pl.DataFrame, known: pl.DataFrame) -> list[Finding]:
    if rows.is_empty():
        return []
    day = pl.from_epoch("ts_start", "ns").dt.date().alias("ex_date")
    before = pl.col("close").shift(1).over("symbol")
    nights = (
        rows.with_columns(day, (before / pl.col("open")).alias("left"))
        .filter((pl.col("left") > 1.4) | (pl.col("left") < 1 / 1.4))
        .join(known.filter(pl.col("ratio") != 1), on=["symbol", "ex_date"], how="anti")
    )
    findings = []
    for part in nights.partition_by("symbol", maintain_order=True):
        splits = [
            (row["ex_date"], f"{row['ex_date']} ({_words(near)})")
            for row in part.iter_rows(named=True)
            if (near := _near(row["left"], NEAR["overnight"])) is not None
        ]
        if splits:
            words = "opens like after a split that is not in the table of actions"
            findings.append(_finding(str(part["symbol"][0]), "missing_split", words, splits))
    return findings


def _large_dividends(rows: pl.DataFrame, known: pl.DataFrame) -> list[Finding]:
    day = pl.from_epoch("ts_start", "ns").dt.date().alias("ex_date")
    closes = rows.select("symbol", day, "close").unique(["symbol", "ex_date"], keep="last")
    part = pl.col("paid") / (pl.col("paid") + pl.col("close"))
    large = (
        known.join(closes, on=["symbol", "ex_date"], how="inner")
        .with_columns(part.alias("part"))
        .filter(pl.col("part") >= LARGE_DIVIDEND)
    )
    findings = []
    for own in large.sort("symbol", "ex_date").partition_by("symbol", maintain_order=True):
        days = [
            (row["ex_date"], f"{row['ex_date']} ({row['paid']:g}, {row['part']:.0%} of the value)")
            for row in own.iter_rows(named=True)
        ]
        words = "a dividend so large is a special one, or a spin-off entered as a dividend"
        findings.append(_finding(str(own["symbol"][0]), "large_dividends", words, days))
    return findings


def _near(value: float, tolerance: float) -> float | None:
    for split in _SPLITS:
        if abs(value / split - 1) <= tolerance:
            return split
    return None


def _words(split: float) -> str:
    new, old = ratio(split)
    return f"{new} for {old}"


def _finding(symbol: str, rule: str, words: str, days: list[tuple[object, str]]) -> Finding:
    stamps = [int(pl.Series([day]).cast(pl.Int32)[0]) * _DAY_NS for day, _ in days]
    shown = ", ".join(text for _, text in days[:5])
    more = f" and {len(days) - 5} more" if len(days) > 5 else ""
    return Finding(
        instrument=symbol,
        rule=rule,
        severity="warning",
        count=len(days),
        first_ns=min(stamps),
        last_ns=max(stamps),
        text=f"{words}: {shown}{more}",
    )
