"""Every evaluation leaves a record in the registry and counts as a trial of its lineage."""

from dataclasses import dataclass, replace
from typing import Literal

from sluice.domain.evidence import Verdict, canonical_json
from sluice.domain.run import Kind, RunRecord
from sluice.research.manifest import identity_of
from sluice.research.plan import RunPlan
from sluice.research.result import Result
from sluice.runtime.build import clock, open_registry
from sluice.statistics.curve import packed
from sluice.strategy.lineage import lineage_keys, spoken_name


@dataclass(frozen=True)
class Judgement:
    """What a record says beside the run: its kind, and the verdict where a gate judged."""

    kind: Kind
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Recorded:
    """The result with its count of trials, and the id under which it stands in the registry."""

    result: Result
    run_id: int


def recorded(result: Result, run: RunPlan, started_ns: int, judgement: Judgement) -> Recorded:
    """Store the run and return it with the number of trials so far, this one included.

    Raises:
        StorageError: the registry cannot be written; nothing is stored.
    """
    verdict = judgement.verdict
    manifest, (start, end) = result.manifest, run.bars.window
    now = clock().now_ns()
    record = RunRecord(
        kind=judgement.kind,
        strategy=spoken_name(type(run.strategy)),
        created_ns=now,
        identity=identity_of(run).digest,
        lineage=manifest.lineage,
        dataset=run.bars.name,
        start_ns=start,
        end_ns=end,
        data_digest=run.bars.digest,
        params=canonical_json(manifest.params),
        seed=run.seed,
        manifest=canonical_json(manifest.to_json()),
        metrics=canonical_json(result.stats if verdict is None else verdict.metrics),
        checks=None if verdict is None else canonical_json([c.to_json() for c in verdict.checks]),
        passed=None if verdict is None else verdict.passed,
        exploratory=run.bars.narrowed,
        provenance=run.bars.provenance,
        result_digest=result.digest,
        report=None if verdict is None else verdict.report,
        wall_seconds=(now - started_ns) / 1e9,
        daily=packed(result.daily),
    )
    with open_registry() as store:
        run_id = store.record(record)
        trials = store.trials(manifest.lineage, run.bars.name, start, end)
    return Recorded(replace(result, trials=trials), run_id)


def trials_before(run: RunPlan) -> int:
    """How many trials of this lineage on this window the registry holds already."""
    start, end = run.bars.window
    with open_registry() as store:
        return store.trials(lineage_keys(type(run.strategy)), run.bars.name, start, end)


def passed_before(run: RunPlan, gate: Literal["gate1", "gate2"], not_before_ns: int) -> bool:
    """Whether this very identity passed `gate` at or after that time."""
    with open_registry() as store:
        found = store.latest_pass(identity_of(run).digest, gate, not_before_ns)
    return found is not None
