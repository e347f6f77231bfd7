"""What a door (script, command, notebook) asks of the judge: plain values, as they were typed."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

Gate = Literal["research", "validate"]
SEED_MAX = 2**63 - 1  # what the registry's 64-bit column holds


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """One backtest, judged at a gate or not.

    Attributes:
        strategy: a registered name, or "path/to/file.py:Class".
        data: a data set of the catalog, a file or a folder; None = what the strategy declares.
        symbols: narrows the universe (exploratory); empty = all.
        start, end: "YYYY-MM-DD" or an ISO stamp in UTC, narrowing the window [start, end)
            (exploratory); None = whole.
        params: raw "name=value" settings in the order given.
        fees: fraction of the notional replacing maker and taker; None = as scheduled.
        slippage: fraction of the price replacing the half-spread; None = as scheduled.
        cash: capital in the base currency; None = as configured.
        seed: of everything drawn by chance; None = as configured.
        latency_ns: decision to arrival at the venue; None = as configured.
        latency_samples: measured ones, of which one is drawn per order; None = as configured.
        participation: fraction of a bar's volume for our fills; None = as configured.
        base: currency of the account; None = as configured.
        stream: the bars of a data set stay on the disk; for a plain backtest, not for a gate.
        report: where the tear sheet goes; None = the reports folder of the home.
        gate: "research" = Gate 1, "validate" = Gate 2, None = a plain backtest, not judged.
    """

    strategy: str
    data: str | None = None
    symbols: tuple[str, ...] = ()
    start: str | None = None
    end: str | None = None
    params: tuple[str, ...] = ()
    fees: Decimal | None = None
    slippage: Decimal | None = None
    cash: Decimal | None = None
    seed: int | None = None
    latency_ns: int | None = None
    latency_samples: tuple[int, ...] | None = None
    participation: float | None = None
    base: str | None = None
    stream: bool = False
    report: Path | None = None
    gate: Gate | None = None
