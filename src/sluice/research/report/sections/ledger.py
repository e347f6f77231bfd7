"""Received and paid beside fills and fees: one row for each instrument and kind of line."""

import polars as pl

from sluice.research.report.formats import signed, written
from sluice.research.report.input import ReportInput
from sluice.research.report.markup import Column, empty, esc, section, table


def ledger(report: ReportInput) -> str:
    """Funding, borrow, dividends, splits, revaluations; the whole adds up beside it."""
    lines = report.ledger
    title = "Funding, borrow, dividends, splits"
    if lines.is_empty():
        return section(
            "ledger", title, empty("Nothing was received or paid beside fills and fees.")
        )
    sums = (
        lines.group_by("instrument", "kind")
        .agg(pl.len().alias("count"), pl.col("amount").sum())
        .sort("instrument", "kind")
    )
    columns = [Column("Instrument", number=False), Column("Kind", number=False)]
    columns += [Column("Lines"), Column("Amount")]
    rows = [
        [
            esc(row["instrument"]),
            esc(row["kind"].replace("_", " ")),
            written(row["count"], "count"),
            signed(row["amount"], "cents"),
        ]
        for row in sums.iter_rows(named=True)
    ]
    note = f"Received above zero, paid below, in {esc(report.currency)}."
    if "assumed_funding" in lines["kind"]:
        note += (
            " The data holds no table of funding: longs paid the rate of the cost schedule, shorts "
            "received nothing."
        )
    return section("ledger", title, table(columns, rows, sortable=True), note)
