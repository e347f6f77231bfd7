"""Evidence and verdict: what a run showed, what a gate said of it, and the JSON both become.

Evidence is what the gates read (`ResearchEvidence` for Gate 1, `BacktestEvidence` for Gate 2); a
`Verdict` is a gate's checks together with the manifest of the run. All of them are frozen. A number
that is not one (NaN, infinite) is `null` in JSON; the reason of its check says why in words.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Provenance = Literal["simulated", "recorded", "live"]
Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Value: TypeAlias = float | int | bool | str | None

VERDICT_SCHEMA = "sluice.verdict/1"


def jsonable(value: object) -> Json:
    """`value` as JSON holds it: tuples become lists, NaN and infinities null.

    Raises:
        TypeError: something that JSON has no word for; convert it where it is known what it means.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): jsonable(entry) for key, entry in value.items()}
    if isinstance(value, Sequence | frozenset | set):
        entries = sorted(value) if isinstance(value, frozenset | set) else value
        return [jsonable(entry) for entry in entries]
    msg = f"{type(value).__name__} has no place in JSON: {value!r}"
    raise TypeError(msg)


def canonical_json(value: object) -> str:
    """The one text of `value`: keys sorted, no blanks, shortest floats, ASCII."""
    return json.dumps(jsonable(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: object) -> str:
    """SHA-256 (hex) of the canonical JSON of `value`."""
    return hashlib.sha256(canonical_json(value).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a verdict: `value op threshold`, whether it holds, and why in words."""

    id: str
    value: Value
    op: str
    threshold: Value
    passed: bool
    reason: str

    def to_json(self) -> dict[str, Json]:
        """The check as the verdict's JSON holds it."""
        return {
            "id": self.id,
            "value": jsonable(self.value),
            "op": self.op,
            "threshold": jsonable(self.threshold),
            "passed": self.passed,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class DataUsed:
    """The data of a run: which, how much, and from when to when (UTC nanoseconds)."""

    name: str
    digest: str
    every: str
    symbols: tuple[str, ...]
    start_ns: int
    end_ns: int
    provenance: Provenance

    def to_json(self) -> dict[str, Json]:
        """The data as the manifest's JSON holds it."""
        return {
            "name": self.name,
            "digest": self.digest,
            "every": self.every,
            "symbols": list(self.symbols),
            "start_ns": self.start_ns,
            "end_ns": self.end_ns,
            "provenance": self.provenance,
        }


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a result depends on, by digest: the same manifest gives the same result.

    `lineage` holds the keys under which trials are counted; `params` the resolved parameters;
    `costs` the schedule of each instrument as text; `versions` of the libraries that computed;
    `base` the currency of the account, null where the data has one only.
    """

    strategy: str
    lineage: tuple[str, ...]
    source_digest: str
    params: Mapping[str, Value]
    data: DataUsed
    config_digest: str
    costs: Mapping[str, Json]
    cash: float
    seed: int
    latency_ns: int
    touch_fills: bool
    core_digest: str
    sluice_digest: str
    versions: Mapping[str, str]
    latency_samples: tuple[int, ...] = ()
    participation: float | None = None
    base: str | None = None

    @property
    def params_digest(self) -> str:
        """Digest of the resolved parameters."""
        return digest(self.params)

    def inputs(self) -> dict[str, Json]:
        """What was asked of the code: it goes into the result digest, the builds do not.

        So a result digest that survives a change of code proves that the change changed nothing.
        """
        return {
            "strategy": self.strategy,
            "params": jsonable(self.params),
            "data": self.data.to_json(),
            "costs": jsonable(self.costs),
            "cash": jsonable(self.cash),
            "seed": self.seed,
            "latency_ns": self.latency_ns,
            "touch_fills": self.touch_fills,
            "latency_samples": digest(list(self.latency_samples)) if self.latency_samples else None,
            "participation": self.participation,
            **({} if self.base is None else {"base": self.base}),
        }

    def to_json(self) -> dict[str, Json]:
        """The manifest as verdict, registry and report hold it."""
        return {
            "strategy": self.strategy,
            "lineage": list(self.lineage),
            "source_digest": self.source_digest,
            "params": jsonable(self.params),
            "params_digest": self.params_digest,
            "data": self.data.to_json(),
            "config_digest": self.config_digest,
            "costs": jsonable(self.costs),
            "cash": jsonable(self.cash),
            "seed": self.seed,
            "latency_ns": self.latency_ns,
            "touch_fills": self.touch_fills,
            "latency_samples": digest(list(self.latency_samples)) if self.latency_samples else None,
            "participation": self.participation,
            "core_digest": self.core_digest,
            "sluice_digest": self.sluice_digest,
            "versions": jsonable(self.versions),
            **({} if self.base is None else {"base": self.base}),
        }

    @property
    def digest(self) -> str:
        """Digest of the whole manifest."""
        return digest(self.to_json())


@dataclass(frozen=True, slots=True)
class LookaheadEvidence:
    """What the look-ahead check did: its findings in words, and at how many rows it looked.

    `callbacks_only`: no expression speaks, only callbacks, which are given no accessor for a later
    row; then there is no row to test.
    """

    findings: tuple[str, ...]
    rows_tested: int
    callbacks_only: bool = False


@dataclass(frozen=True, slots=True)
class CapacityEvidence:
    """The largest capital (base currency; NaN where unknown) and what stops it there.

    `reason`: "sharpe" (impact eats the Sharpe ratio down to the floor), "participation" (a day's
    parent order would exceed its share of volume), "no_volume", "no_trades".
    """

    capital: float
    reason: str
    instrument: str | None = None


@dataclass(frozen=True, slots=True)
class ResearchEvidence:
    """What Gate 1 reads. Sharpe ratios are annual; problems are sentences, none is good.

    `theoretical_sharpe`: next-open fills, no costs. `net_sharpe`: after costs, shown beside it.
    `hypothesis_missing`: parts of the hypothesis that are absent, blank or too short.
    `exploratory`: narrowed by the user; shown, and passes nothing.
    """

    hypothesis_missing: tuple[str, ...]
    theoretical_sharpe: float
    net_sharpe: float
    capacity: CapacityEvidence
    capacity_claimed: float | None
    data_unidentified: tuple[str, ...]
    data_unmet: tuple[str, ...]
    lookahead: LookaheadEvidence
    provenance: Provenance
    exploratory: bool = False


@dataclass(frozen=True, slots=True)
class BacktestEvidence:
    """What Gate 2 reads, all after costs. `span_days`: calendar days of returns.

    `gate1_missing` says why Gate 1 counts as not passed by this identity; None where it has been.
    `costs_below_floor` names each instrument whose costs were set below its schedule.
    """

    gate1_missing: str | None
    sharpe: float
    max_drawdown: float
    win_rate: float
    profit_factor: float
    round_trips: int
    span_days: int
    lookahead: LookaheadEvidence
    costs_below_floor: tuple[str, ...]
    provenance: Provenance
    exploratory: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate's word on one run. `passed` is derived: every check holds and nothing was narrowed.

    Ratios are fractions and money is in the base currency. Wall time and run id are not here.
    """

    strategy: str
    gate: int
    checks: tuple[Check, ...]
    metrics: Mapping[str, float]
    provenance: Provenance
    result_digest: str
    manifest: Manifest
    exploratory: bool = False
    warnings: tuple[str, ...] = field(default=())
    report: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the gate is passed: all checks hold, there are some, and nothing was narrowed."""
        return bool(self.checks) and not self.exploratory and all(c.passed for c in self.checks)

    def to_json(self) -> dict[str, Json]:
        """The verdict as `--json` prints it: schema "sluice.verdict/1"."""
        return {
            "schema": VERDICT_SCHEMA,
            "strategy": self.strategy,
            "gate": self.gate,
            "passed": self.passed,
            "exploratory": self.exploratory,
            "checks": [check.to_json() for check in self.checks],
            "warnings": list(self.warnings),
            "metrics": jsonable(self.metrics),
            "provenance": self.provenance,
            "result_digest": self.result_digest,
            "manifest": self.manifest.to_json(),
            "report": self.report,
        }
