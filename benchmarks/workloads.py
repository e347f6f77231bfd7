"""The workloads: who runs beside whom, how much is done, and what we set out to reach."""

from dataclasses import dataclass, field

from benchmarks.market import BARS, PAIRS, QUOTES


@dataclass(frozen=True)
class Peer:
    """A peer of a workload: its module under benchmarks/peers, and the ratio we want."""

    name: str
    target: float | None = None
    rounds: int | None = None
    """At most so many; the slow ones take fewer."""


@dataclass(frozen=True)
class Workload:
    """One thing that is measured: `events` of `unit` in the timed call."""

    name: str
    what: str
    module: str
    ours: str
    events: int
    unit: str
    peers: tuple[Peer, ...]
    limit: str | None = None
    limit_venv: str | None = None
    """The limit runs in a peer's environment where it wants that peer's compiler."""
    peak_mb: float | None = None
    peak_share: float | None = None
    """Our memory at most this share of the smallest peer's."""
    notes: tuple[str, ...] = field(default=())


WORKLOADS = {
    one.name: one
    for one in (
        Workload(
            "bars_event",
            "500,000 one-minute bars through a Python `on_bar`: SMA 10/50 computed before the "
            "loop, order, check, fill, ledger, figures and the record in the registry",
            "benchmarks.bars_event",
            "signals",
            BARS,
            "bars/s",
            (Peer("raptorbt", 7), Peer("backtesting", 14), Peer("nautilus_trader", 60, 3)),
            limit="compare",
        ),
        Workload(
            "bars_event_native",
            "the same with `ctx.sma`, computed by the core bar by bar",
            "benchmarks.bars_event",
            "native",
            BARS,
            "bars/s",
            (Peer("raptorbt", 15),),
            limit="compare",
        ),
        Workload(
            "bars_bare",
            "the same bars through an `on_bar` that does nothing",
            "benchmarks.bars_event",
            "bare",
            BARS,
            "bars/s",
            (Peer("raptorbt"), Peer("nautilus_trader", None, 3)),
            limit="empty",
        ),
        Workload(
            "vector",
            "SMA 10/50 on 500,000 bars from `signals` alone: one run with its figures and record",
            "benchmarks.vector",
            "ours",
            BARS,
            "bars/s",
            (Peer("vectorbt", 10), Peer("raptorbt", 10)),
            limit="single",
            limit_venv="vectorbt",
        ),
        Workload(
            "sweep",
            "400 pairs of averages over 500,000 bars, every pair with its figures",
            "benchmarks.sweep",
            "ours",
            BARS * PAIRS,
            "cells/s",
            (Peer("vectorbt", 100, 2), Peer("raptorbt", 20, 3)),
            limit="sweep",
            limit_venv="vectorbt",
            peak_mb=300,
        ),
        Workload(
            "quotes",
            "2,000,000 quotes through a Python `on_quote`, an order every 1,000",
            "benchmarks.quotes",
            "ours",
            QUOTES,
            "quotes/s",
            (Peer("raptorbt", 10), Peer("nautilus_trader", 20, 3)),
            limit="count",
            peak_share=0.2,
        ),
        Workload(
            "import",
            "`import sluice`, beside polars alone",
            "benchmarks.import_time",
            "ours",
            1,
            "imports/s",
            (),
            limit=None,
            notes=("under 0.02 s is wanted",),
        ),
    )
}
