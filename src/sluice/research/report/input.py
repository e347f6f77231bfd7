"""What a tear sheet is made of: plain frames and dictionaries, no live object.

The report computes nothing that is judged. Figures come in `stats`, the verdict as its JSON; what
the page derives itself (months, drawdown episodes, attribution) is shown beside, never instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

Provenance = Literal["simulated", "recorded", "live"]


LEDGER: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "ts": pl.Datetime("ns", "UTC"),
    "instrument": pl.String,
    "kind": pl.String,
    "qty": pl.Float64,
    "rate": pl.Float64,
    "amount": pl.Float64,
}


@dataclass(frozen=True)
class ReportInput:
    """One run, ready to be shown. Money in `currency`, ratios as fractions, stamps in UTC.

    equity: ts, equity, cash, gross, net (money, at bar closes); fills: ts, instrument, side
    ("buy" or "sell"), qty, price, notional, fee, slippage (money, positive = cost), and `impact`
    where it is known apart; round_trips: instrument, entry_ts, exit_ts, side, qty, entry_px,
    exit_px, pnl, fees, slippage, open_at_end; bars: ts (end), ts_start, instrument, open, high,
    low, close. Extra columns are ignored. `cash` is the capital at the start.
    """

    title: str
    provenance: Provenance
    equity: pl.DataFrame
    fills: pl.DataFrame
    round_trips: pl.DataFrame
    bars: pl.DataFrame
    cash: float
    sessions_per_year: float
    """Annualizes daily figures; 365 is a market that never closes, weekends included."""
    stats: Mapping[str, float]
    manifest: Mapping[str, Any]
    counts: Mapping[str, int] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    """Metric → its definition, from the docstring of the function that computes it."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Metric → why it has no value, where it is NaN."""
    verdict: Mapping[str, Any] | None = None
    """The JSON of "sluice.verdict/1"; `warnings` and `exploratory` are optional."""
    warnings: Sequence[str] = ()
    trials: int | None = None
    """Evaluations of this lineage on this data window so far, this one included."""
    capacity: pl.DataFrame | None = None
    """capital (money) and sharpe (after costs and impact), one row a capital tried."""
    currency: str = "USD"
    ledger: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LEDGER))
    """Lines beside fills and fees: ts, instrument, kind, qty, rate, amount (received > 0)."""

    @property
    def weekends(self) -> bool:
        """Whether the market trades at weekends, so that each day is a session of its own."""
        return self.sessions_per_year > 300

    @property
    def free(self) -> bool:
        """Whether fills were charged nothing: the theoretical run of Gate 1."""
        if self.fills.is_empty():
            return False
        return bool((self.fills["fee"] == 0).all() and (self.fills["slippage"] == 0).all())
