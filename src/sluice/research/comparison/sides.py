"""One side of a comparison: a run just made, or one of the registry."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sluice.domain.errors import StorageError
from sluice.domain.run import RunRecord
from sluice.research.result import Result
from sluice.statistics.curve import unpacked
from sluice.statistics.returns import DailyReturns
from sluice.strategy.lineage import spoken_name


@dataclass(frozen=True, eq=False)
class Side:
    """One run. `label` tells it from the others; `daily` is None where no curve was kept.

    `stats` are figures by name (fractions, money; None where undefined), `manifest` what was asked.
    """

    label: str
    run_id: int | None
    strategy: str
    stats: Mapping[str, float | None]
    manifest: Mapping[str, Any]
    result_digest: str
    daily: DailyReturns | None

    def called(self, label: str) -> "Side":
        """The same run under another label."""
        return replace(self, label=label)


def side_of_result(result: Result) -> Side:
    """A run that is at hand."""
    name = spoken_name(type(result.strategy))
    return Side(
        label=name,
        run_id=None,
        strategy=name,
        stats=dict(result.stats),
        manifest=result.manifest.to_json(),
        result_digest=result.digest,
        daily=result.daily,
    )


def side_of_record(record: RunRecord) -> Side:
    """A run of the registry.

    Raises:
        StorageError: the record is damaged.
    """
    try:
        daily = None if record.daily is None else unpacked(record.daily)
        stats, manifest = json.loads(record.metrics), json.loads(record.manifest)
    except ValueError as error:
        msg = f"run {record.run_id} of the registry cannot be read: {error}; restore a backup"
        raise StorageError(msg) from error
    return Side(
        label=f"{record.strategy} #{record.run_id}",
        run_id=record.run_id,
        strategy=record.strategy,
        stats=stats,
        manifest=manifest,
        result_digest=record.result_digest,
        daily=daily,
    )
