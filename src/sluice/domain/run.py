"""The record that every run leaves: what was run, on what, with which result, which verdict."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["backtest", "sweep", "gate1", "gate2"]
Provenance = Literal["simulated", "recorded", "live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One evaluation of one strategy; immutable once recorded.

    Attributes:
        run_id: given by the registry; None before the record is stored.
        kind: a plain backtest, a point of a sweep, or an evaluation judged at Gate 1 or Gate 2.
        strategy: its registered name, or "path/to/file.py:Class".
        created_ns: UTC nanoseconds at which the run ended.
        identity: digest of code, parameters, data declaration and builds (`lifecycle/identity.py`).
        lineage: the keys by which trials are counted, such as "name:ema_cross", "file:…",
            "hypothesis:<digest>", "source:<digest>", "base:<name>". Strategies that share one key
            are one lineage, for ever. Bases that belong to the platform itself are not keys.
        dataset, data_digest: name and content digest of the market data.
        start_ns, end_ns: the window evaluated, UTC nanoseconds, both ends included.
        params, manifest, metrics, checks: JSON texts; checks None where nothing was judged.
        seed: of everything drawn by chance.
        passed: the verdict; None where nothing was judged.
        exploratory: narrowed by symbols or dates: counts as a trial, passes nothing.
        provenance: where the data came from.
        result_digest: byte-identical for a rerun of the same.
        report: path of the tear sheet, if one was written.
        daily: equity at session ends (`statistics/curve.py`); None for a point of a sweep, or where
            the run was recorded before this was kept.
        hidden: left out of lists; still counted, still evidence.
        wall_seconds: how long it took; outside the digest.
    """

    kind: Kind
    strategy: str
    created_ns: int
    identity: str
    lineage: tuple[str, ...]
    dataset: str
    start_ns: int
    end_ns: int
    data_digest: str
    params: str
    seed: int
    manifest: str
    metrics: str
    checks: str | None
    passed: bool | None
    exploratory: bool
    provenance: Provenance
    result_digest: str
    report: str | None
    wall_seconds: float
    daily: bytes | None = field(default=None, repr=False)
    hidden: bool = False
    run_id: int | None = None

    def __post_init__(self) -> None:
        """Hold the relations between the fields; a violation is a programmer's error."""
        assert self.lineage, "a run without lineage would not be counted"
        assert self.start_ns <= self.end_ns, "the window ends before it starts"
        assert (self.passed is None) == (self.checks is None), (
            "a verdict and its checks go together"
        )
        assert (self.kind in ("backtest", "sweep")) == (self.passed is None), (
            "gates judge, backtests and sweeps do not"
        )
        assert not (self.exploratory and self.passed), "an exploratory run passes nothing"
