"""Every point of a sweep is a trial of its lineage: one record each, a batch in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sluice.domain.evidence import canonical_json, digest, jsonable
from sluice.domain.run import RunRecord
from sluice.research.manifest import identity_of, manifest_of
from sluice.research.plan import RunPlan
from sluice.research.sweep.points import Figures
from sluice.runtime.build import clock, open_registry
from sluice.strategy.base import Strategy
from sluice.strategy.lineage import spoken_name


@dataclass(frozen=True, slots=True)
class Tried:
    """A point that was run: its strategy and figures."""

    strategy: Strategy
    figures: Figures


def counted(plan: RunPlan, sweep: str, tried: Sequence[Tried], seconds: float) -> None:
    """Record a batch; `sweep` is the id of the sweep, `seconds` what the batch took.

    Raises:
        StorageError: nothing of the batch is recorded.
    """
    if not tried:
        return
    manifest, identity = manifest_of(plan), identity_of(plan)
    told, now = {**manifest.to_json(), "sweep": sweep}, clock().now_ns()
    first = RunRecord(
        kind="sweep",
        strategy=spoken_name(type(plan.strategy)),
        created_ns=now,
        identity="",
        lineage=manifest.lineage,
        dataset=plan.bars.name,
        start_ns=plan.bars.window[0],
        end_ns=plan.bars.window[1],
        data_digest=plan.bars.digest,
        params="",
        seed=plan.seed,
        manifest="",
        metrics="",
        checks=None,
        passed=None,
        exploratory=True,
        provenance=plan.bars.provenance,
        result_digest="",
        report=None,
        wall_seconds=seconds / len(tried),
    )
    records = []
    for one in tried:
        params = one.strategy.params
        metrics = canonical_json(one.figures)
        records.append(
            replace(
                first,
                identity=replace(identity, params=params).digest,
                params=canonical_json(params),
                manifest=canonical_json({**told, "params": jsonable(params)}),
                metrics=metrics,
                result_digest=digest({"sweep": sweep, "params": params, "metrics": metrics}),
            )
        )
    with open_registry() as store:
        store.record_many(records)


def trials_of(plan: RunPlan) -> int:
    """How many trials of the lineage on the window the registry holds."""
    start, end = plan.bars.window
    with open_registry() as store:
        return store.trials(manifest_of(plan).lineage, plan.bars.name, start, end)
