"""The registry's runs: list, show, hide and compare them. Hiding takes nothing from any count."""

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.domain.errors import MissingData, UsageError
from sluice.domain.run import RunRecord
from sluice.ports.stores import RunStore
from sluice.research.comparison import Comparison, side_by_side, side_of_record

MIN_PREFIX = 6
"""Fewer digits of a digest would name a run by accident."""
_SEARCHED = 100_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs to list: at most `limit` of the newest, of one strategy, one kind, or all."""

    limit: int = 20
    strategy: str | None = None
    kind: str | None = None
    hidden: bool = False


def list_runs(store: RunStore, wanted: Wanted) -> tuple[RunRecord, ...]:
    """The newest runs first.

    Raises:
        UsageError: a limit below one.
    """
    if wanted.limit < 1:
        msg = f"--limit {wanted.limit}: list one run at least"
        raise UsageError(msg)
    narrowed = wanted.strategy is not None or wanted.kind is not None
    found = store.runs(_SEARCHED if narrowed else wanted.limit, hidden=wanted.hidden)
    kept = [
        run
        for run in found
        if wanted.strategy in (None, run.strategy) and wanted.kind in (None, run.kind)
    ]
    return tuple(kept[: wanted.limit])


def find_run(store: RunStore, name: str) -> RunRecord:
    """The run that `name` says: its number, "latest", or the first digits of its result digest.

    Raises:
        UsageError: a name that is none of these, or that fits several runs.
        MissingData: there is no such run.
    """
    if name == "latest":
        newest = store.runs(1)
        if newest:
            return newest[0]
        msg = "there is no run yet; `sluice backtest --strategy NAME` makes one"
        raise MissingData(msg)
    number = name.removeprefix("#")
    # A digest may begin with digits only; a number is shorter than any prefix of use.
    if number.isascii() and number.isdigit() and len(number) <= len(str(_SEARCHED)) + 9:
        found = store.get(int(number)) if int(number) < 2**63 else None
        if found is not None:
            return found
        if len(number) < MIN_PREFIX:
            msg = f"there is no run {number}; `sluice runs list` names those there are"
            raise MissingData(msg)
    return _by_digest(store, name)


def _by_digest(store: RunStore, prefix: str) -> RunRecord:
    if len(prefix) < MIN_PREFIX or not set(prefix) <= set("0123456789abcdef"):
        msg = (
            f"{prefix!r} names no run: give its number, `latest`, or {MIN_PREFIX} digits or more "
            "of its result digest; `sluice runs list` shows them"
        )
        raise UsageError(msg)
    hits = [
        run for run in store.runs(_SEARCHED, hidden=True) if run.result_digest.startswith(prefix)
    ]
    if not hits:
        msg = f"no run has a result digest that begins with {prefix}; see `sluice runs list`"
        raise MissingData(msg)
    if len({run.result_digest for run in hits}) > 1:
        msg = f"{prefix} fits several results; give more digits, or the number of the run"
        raise UsageError(msg)
    return hits[0]


def hide_run(store: RunStore, name: str) -> RunRecord:
    """Leave a run out of lists; it still counts as a trial and as evidence.

    Raises:
        UsageError, MissingData: as `find_run`.
    """
    run = find_run(store, name)
    assert run.run_id is not None
    store.hide(run.run_id)
    return run


def compare_runs(store: RunStore, names: Sequence[str]) -> Comparison:
    """Runs of the registry side by side.

    Raises:
        UsageError: fewer than two, or one named twice; as `find_run` else.
        MissingData: there is no such run.
    """
    return side_by_side([side_of_record(find_run(store, name)) for name in names])
