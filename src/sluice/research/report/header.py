"""The head of the page: the verdict, what it judged, and the tiles of the key figures."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from sluice.research.report.formats import NONE, metric, written
from sluice.research.report.input import ReportInput
from sluice.research.report.markup import esc
from sluice.research.report.series import session_day
from sluice.research.report.verdict import checks_table, gate_name, outcome

TILES = (
    "total_return",
    "cagr",
    "sharpe",
    "max_drawdown",
    "win_rate",
    "profit_factor",
    "round_trips",
    "turnover_per_year",
    "fees",
    "exposure",
)
MARKETS = {
    "simulated": "Simulated market",
    "recorded": "Recorded market data",
    "live": "Live market data",
}


def masthead(report: ReportInput) -> str:
    """Verdict, gate, strategy and the facts of the run; the table of checks below."""
    said = outcome(report.verdict)
    checks = (report.verdict or {}).get("checks", ())
    facts = "".join(f"<div><dt>{esc(k)}</dt><dd>{v}</dd></div>" for k, v in _facts(report))
    body = checks_table(checks) if checks else ""
    return f"""<header id="verdict">
<div class="verdict {said.css}"><p class="gate">{esc(gate_name(report.verdict))}</p>
<p class="word">{esc(said.word)}</p><p class="meaning">{esc(said.meaning)}</p></div>
<div class="about"><h1>{esc(report.title)}</h1>
<p><span class="tag {esc(report.provenance)}">{esc(MARKETS[report.provenance])}</span></p>
<dl class="facts">{facts}</dl></div></header>{body}"""


def _facts(report: ReportInput) -> list[tuple[str, str]]:
    manifest = report.manifest
    data = _mapping(manifest.get("data"))
    symbols = [str(s) for s in data.get("symbols") or report.bars["instrument"].unique().sort()]
    facts = [
        ("Parameters", _parameters(_mapping(manifest.get("params")))),
        ("Universe", _universe(symbols)),
        ("Data", esc(" · ".join(str(data[k]) for k in ("name", "every") if data.get(k)) or NONE)),
        ("Window", esc(window(report))),
        ("Capital", f"{esc(written(report.cash, 'money'))} {esc(report.currency)}"),
    ]
    if report.trials is not None:
        facts.append(("Trials of this lineage", esc(written(report.trials, "count"))))
    digest = (report.verdict or {}).get("result_digest")
    if digest:
        facts.append(
            ("Result digest", f'<code title="{esc(digest)}">{esc(str(digest)[:16])}…</code>')
        )
    return facts


def _universe(symbols: list[str]) -> str:
    """How many, on which venue where all share it, and the first ten by name."""
    noun = "instrument" if len(symbols) == 1 else "instruments"
    venues = {symbol.rpartition(".")[2] if "." in symbol else "" for symbol in symbols}
    venue = venues.pop() if len(venues) == 1 else ""
    named = [s.removesuffix(f".{venue}") for s in symbols] if venue else symbols
    shown = ", ".join(named[:10]) + (f" and {len(named) - 10} more" if len(named) > 10 else "")
    where = f" on {venue}" if venue else ""
    said = f"{len(symbols)} {noun}{where}: {shown}"
    return f'<span title="{esc(", ".join(symbols))}">{esc(said)}</span>'


def _parameters(params: Mapping[str, Any]) -> str:
    return ", ".join(f"<code>{esc(k)} = {esc(v)}</code>" for k, v in params.items()) or "none"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def window(report: ReportInput) -> str:
    """First and last session of the run and the days between its first open and last mark."""
    if report.equity.is_empty():
        return "no marks"
    end = report.equity["ts"][-1]
    start = report.bars["ts_start"].sort()[0] if report.bars.height else report.equity["ts"][0]
    last = report.equity.tail(1).select(session_day(pl.col("ts"))).item()
    return f"{start:%Y-%m-%d} to {last:%Y-%m-%d} ({(end - start).days:,} days)"


def tiles(report: ReportInput) -> str:
    """The key figures; one without a value shows an en dash and why."""
    return f'<div class="tiles">{"".join(_tile(report, name) for name in TILES)}</div>'


def _tile(report: ReportInput, name: str) -> str:
    kind = metric(name)
    text = written(report.stats.get(name), kind.kind)
    error = written(report.stats.get("sharpe_standard_error")) if name == "sharpe" else NONE
    note = ""
    if text == NONE:
        note = why_none(report, name)
    elif error != NONE:
        text = f'{text}<span class="error"> ± {error}</span>'
        note = "± standard error"
    elif kind.kind == "money":
        note = report.currency
    said = f'<p class="why">{esc(note)}</p>' if note else ""
    label = f'<p class="label">{esc(kind.label)}</p>'
    return f'<div class="tile">{label}<p class="value">{text}</p>{said}</div>'


def why_none(report: ReportInput, name: str) -> str:
    """Why a figure has no value: the reason given, else what its kind needs."""
    if name in report.reasons:
        return report.reasons[name]
    if name not in report.stats:
        return "not computed for this run"
    if name in {"win_rate", "profit_factor"}:
        return "no round trips" if report.round_trips.is_empty() else "not defined for these trips"
    return "too little history, or returns that do not vary"
