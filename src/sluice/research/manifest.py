"""The manifest of a run: code, data, parameters, costs and versions, each by digest."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import sluice
from sluice import core
from sluice.domain.duration import format_duration
from sluice.domain.evidence import DataUsed, Json, Manifest, jsonable
from sluice.domain.feeds import declared_json
from sluice.lifecycle.identity import Identity
from sluice.research.plan import RunPlan
from sluice.runtime.build import config
from sluice.strategy.lineage import lineage_keys
from sluice.strategy.load import source_digest


def manifest_of(run: RunPlan) -> Manifest:
    """Everything the result of `run` depends on."""
    bars, cls = run.bars, type(run.strategy)
    start, end = bars.window
    return Manifest(
        strategy=cls.__name__,
        lineage=lineage_keys(cls),
        source_digest=source_digest(cls),
        params=run.strategy.params,
        data=DataUsed(
            name=bars.name,
            digest=bars.digest,
            every=format_duration(bars.every_ns),
            symbols=bars.ids,
            start_ns=start,
            end_ns=end,
            provenance=bars.provenance,
        ),
        config_digest=config().digest,
        costs={
            instrument.id: jsonable(cost.to_json())
            for instrument, cost in zip(bars.instruments, run.costs, strict=True)
        },
        cash=run.cash,
        seed=run.seed,
        latency_ns=run.latency_ns,
        touch_fills=run.touch_fills,
        base=run.currencies.base if run.currencies.foreign else None,
        core_digest=core_digest(),
        sluice_digest=sluice_digest(),
        versions=_versions(),
        latency_samples=run.latency_samples,
        participation=run.participation,
    )


def identity_of(run: RunPlan) -> Identity:
    """Who is judged: change the code, a parameter or the data declared and it is another."""
    cls = type(run.strategy)
    declared: Json = jsonable(declared_json(cls.data))
    replaced: Json = None
    if run.replaced:
        replaced = {"name": run.bars.name, "digest": run.bars.digest}
    return Identity(
        source_digest=source_digest(cls),
        params=run.strategy.params,
        data_declaration={"declared": declared, "replaced_by": replaced},
        core_digest=core_digest(),
        sluice_digest=sluice_digest(),
    )


@cache
def core_digest() -> str:
    """SHA-256 of the compiled core that is loaded."""
    return hashlib.sha256(core.binary_path().read_bytes()).hexdigest()


@cache
def sluice_digest() -> str:
    """SHA-256 over the library's own Python files, in the order of their paths."""
    root = Path(sluice.__file__).parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


@cache
def _versions() -> dict[str, str]:
    names = ("sluice", "polars", "numpy")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
