"""`sluice.compare`: runs at hand, and runs of the registry by their numbers, side by side."""

from sluice.domain.errors import MissingData, UsageError
from sluice.research.comparison.side_by_side import Comparison, side_by_side
from sluice.research.comparison.sides import Side, side_of_record, side_of_result
from sluice.research.result import Result
from sluice.runtime.build import open_registry


def compare(*runs: Result | int, labels: tuple[str, ...] | None = None) -> Comparison:
    """Compare `runs`: results of `sluice.backtest`, or numbers of recorded runs.

    Args:
        runs: two or more.
        labels: a name for each, instead of the strategy's.

    Raises:
        UsageError: fewer than two runs, or something that is none.
        MissingData: there is no recorded run of that number.
    """
    sides = [_side(run) for run in runs]
    if labels is not None:
        if len(labels) != len(sides):
            msg = f"{len(labels)} labels for {len(sides)} runs; give each run its own"
            raise UsageError(msg)
        sides = [side.called(label) for side, label in zip(sides, labels, strict=True)]
    return side_by_side(sides)


def _side(run: Result | int) -> Side:
    if isinstance(run, Result):
        return side_of_result(run)
    if isinstance(run, bool) or not isinstance(run, int):
        msg = f"{run!r} is no run; give a result of sluice.backtest, or a run's number"
        raise UsageError(msg)
    with open_registry() as store:
        found = store.get(run)
    if found is None:
        msg = f"there is no run {run}; `sluice runs list` names those there are"
        raise MissingData(msg)
    return side_of_record(found)
