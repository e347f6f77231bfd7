"""The tables of the page, from months and drawdowns to round trips and definitions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from sluice.research.report.attribution import WindowFigures
from sluice.research.report.formats import NONE, PLAIN, held, metric, price, signed, written
from sluice.research.report.header import why_none
from sluice.research.report.input import ReportInput
from sluice.research.report.markup import Column, empty, esc, table
from sluice.research.report.series import Episode, monthly_returns, yearly_returns

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TRIPS = 500
HEAT_FULL = 0.08
"""The monthly return from which a cell has its full color."""


def months_table(daily: pl.DataFrame, held_daily: pl.DataFrame) -> str:
    """Years by months with the year's total and buy-and-hold's beside it, in percent."""
    cells, years, held_years = (
        monthly_returns(daily),
        yearly_returns(daily),
        yearly_returns(held_daily),
    )
    columns = [Column("Year", number=False)]
    columns += [Column(name) for name in (*MONTHS, "Year", "Buy & hold")]
    rows = [
        [
            f"<strong>{year}</strong>",
            *(_heat(cells.get((year, month))) for month in range(1, 13)),
            f"<strong>{signed(total, 'rate')}</strong>",
            signed(held_years.get(year), "rate"),
        ]
        for year, total in years.items()
    ]
    return table(columns, rows, css="months")


def _heat(value: float | None) -> str:
    if value is None:
        return f'<span class="heat none">{NONE}</span>'
    share = round(min(abs(value) / HEAT_FULL, 1.0) * 70)
    role = "blue" if value >= 0 else "orange"
    text = signed(value * 100)
    return f'<span class="heat" style="--tone:var(--{role});--share:{share}%">{text}</span>'


def drawdowns_table(episodes: Sequence[Episode]) -> str:
    """The deepest drawdowns with their dates."""
    columns = [Column(name, number=False) for name in ("Peak", "Trough", "Recovered")]
    columns += [Column("Depth"), Column("Peak to recovery")]
    rows = [
        [
            _day(e.peak),
            _day(e.trough),
            _day(e.recovered) if e.recovered else "not yet",
            written(e.depth, "rate"),
            held((e.recovered - e.peak).total_seconds()) if e.recovered else NONE,
        ]
        for e in episodes
    ]
    return table(columns, rows)


def _day(stamp: datetime) -> str:
    return f"{stamp:%Y-%m-%d}"


def attribution_table(rows: pl.DataFrame) -> str:
    """P&L, fees, fills, trips and win rate of each instrument; the sum below the best."""
    columns = [Column("Instrument", number=False)]
    columns += [Column(n) for n in ("P&L", "Fees", "Fills", "Trips", "Win rate")]
    body = [
        [
            esc(row["instrument"]),
            signed(row["pnl"], "cents"),
            written(row["fees"], "cents"),
            written(row["fills"], "count"),
            written(row["trips"], "count"),
            written(row["win_rate"], "rate"),
        ]
        for row in rows.sort("pnl", descending=True).iter_rows(named=True)
    ]
    return table(columns, body, sortable=True)


def stretches_table(stretches: Mapping[str, WindowFigures]) -> str:
    """The same figures for stretches of the window side by side."""
    columns = [Column("Figure", number=False), *(Column(name) for name in stretches)]
    figures = list(stretches.values())
    names = {
        "sessions": "count",
        "total_return": "rate",
        "sharpe": "ratio",
        "max_drawdown": "rate",
        "trips": "count",
        "win_rate": "rate",
        "profit_factor": "ratio",
    }
    labels = {"sessions": "Sessions", "trips": "Round trips ended"}
    rows = [
        [
            esc(labels.get(name) or metric(name).label),
            *(written(getattr(f, name), kind) for f in figures),  # type: ignore[arg-type]
        ]
        for name, kind in names.items()
    ]
    return table(columns, rows)


def trips_table(trips: pl.DataFrame) -> str:
    """Round trips in order; above TRIPS only the worst and the best halves, sortable by heading."""
    if trips.is_empty():
        return empty("No round trips: the strategy never came back to flat, or never traded.")
    shown, note = trips, f"All {trips.height:,} round trips, oldest first."
    if trips.height > TRIPS:
        ranked, half = trips.sort("pnl"), TRIPS // 2
        shown = pl.concat([ranked.head(half), ranked.tail(half)])
        note = f"The {half} worst and {half} best by P&L of {trips.height:,} round trips."
    names = ("Instrument", "Side", "Entry (UTC)", "Exit (UTC)", "Held")
    columns = [Column(name, number=False) for name in names]
    columns += [
        Column(n)
        for n in ("Quantity", "Entry price", "Exit price", "P&L", "Return", "Fees", "Slippage")
    ]
    rows = (_trip(row) for row in shown.sort("entry_ts").iter_rows(named=True))
    note += " Click a heading to sort. * open at the end, closed at the last mark."
    return f'<p class="note">{note}</p>' + table(columns, rows, css="tall", sortable=True)


def _trip(row: Mapping[str, Any]) -> list[str]:
    mark = "*" if row.get("open_at_end") else ""
    seconds = (row["exit_ts"] - row["entry_ts"]).total_seconds()
    return [
        esc(row["instrument"] or "portfolio"),
        esc(row["side"]),
        f"{row['entry_ts']:%Y-%m-%d %H:%M}",
        f"{row['exit_ts']:%Y-%m-%d %H:%M}{mark}",
        f'<span data-sort="{seconds:.0f}">{held(seconds)}</span>',
        price(row["qty"]),
        price(row["entry_px"]),
        price(row["exit_px"]),
        signed(row["pnl"], "cents"),
        signed(row.get("return_"), "rate"),
        written(row["fees"], "cents"),
        written(row["slippage"], "cents"),
    ]


def counts_table(counts: Mapping[str, int]) -> str:
    """Denials (by code) and sizing events, most frequent first."""
    if not counts:
        return empty("Nothing was denied, scaled or dropped.")
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [[_count_name(name), written(count, "count")] for name, count in ordered]
    return table([Column("Event", number=False), Column("Times")], rows)


def _count_name(name: str) -> str:
    if name.startswith("denied."):
        return f"Denied by the check: <code>{esc(name.removeprefix('denied.'))}</code>"
    return f"<code>{esc(name)}</code>"


def definitions_table(report: ReportInput) -> str:
    """Every figure of the run with its value and the definition that its function states."""
    names = [*report.stats, *(n for n in report.definitions if n not in report.stats)]
    rows = []
    for name in names:
        kind = metric(name)
        value = esc(written(report.stats.get(name), kind.kind))
        if value == NONE:
            value = f'{NONE}<span class="why"> {esc(why_none(report, name))}</span>'
        elif kind.kind == "money":
            value = f"{value} {esc(report.currency)}"
        text = _definition(str(report.definitions.get(name) or PLAIN.get(name, "")))
        rows.append([f"{esc(kind.label)} <code>{esc(name)}</code>", value, esc(text)])
    columns = [
        Column("Figure", number=False),
        Column("Value"),
        Column("Definition", number=False),
    ]
    return table(columns, rows, css="definitions")


def _definition(docstring: str) -> str:
    """The docstring up to its arguments, as one paragraph without markup."""
    text = docstring.partition("Args:")[0]
    return " ".join(text.replace("**", "").replace("`", "").split())
