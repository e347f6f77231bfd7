"""The port of the registry: the append-only record of runs, and the count of trials over it."""

from collections.abc import Sequence
from types import TracebackType
from typing import Literal, Protocol, Self

from sluice.domain.run import RunRecord


class RunStore(Protocol):
    """Keeps run records for ever. `tests/contract/` holds every implementation to this.

    Every method may raise StorageError; RegistryBusy where others write for too long (a retry may
    do), DiskFull where there is no room. After an error nothing is stored, not even half.
    """

    def record(self, run: RunRecord) -> int:
        """Store a run whose run_id is None; returns the id it was given (1, 2, …, growing)."""
        ...

    def record_many(self, records: Sequence[RunRecord]) -> None:
        """Store runs of one lineage at once: all of them, or none."""
        ...

    def get(self, run_id: int) -> RunRecord | None:
        """The run of that id, hidden ones too; None where there is none."""
        ...

    def runs(self, limit: int = 20, *, hidden: bool = False) -> tuple[RunRecord, ...]:
        """The newest runs first, at most `limit`; hidden ones only where asked for."""
        ...

    def latest_pass(
        self, identity: str, gate: Literal["gate1", "gate2"], not_before_ns: int
    ) -> RunRecord | None:
        """The newest run of this identity that passed the gate at or after that time.

        Exploratory runs pass nothing; hidden runs are still evidence.
        """
        ...

    def trials(self, lineage: tuple[str, ...], dataset: str, start_ns: int, end_ns: int) -> int:
        """How many recorded runs are trials of this lineage on this data window.

        Lineages are connected components: two runs that share a key are one lineage, and so are
        all that either is connected to. A run counts where it has the data set's name and its
        window overlaps [start_ns, end_ns], ends included. Hidden and exploratory runs count.
        """
        ...

    def hide(self, run_id: int) -> bool:
        """Leave a run out of `runs`; it still counts. False where there is no such run."""
        ...

    def close(self) -> None:
        """Let go of files and connections; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
