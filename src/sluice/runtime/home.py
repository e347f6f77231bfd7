"""The home: the one folder in which all that a run leaves lies.

    data/         the catalog of market data
    downloads/    what was fetched from the archive, as it came; may be deleted
    registry.db   the record of every run (with its -wal and -shm neighbours while it is open)
    reports/      tear sheets
    stream/       columns of streamed runs while they last
    keys/         private keys, readable by the owner alone
    config/       the house's own settings, laid over the shipped ones (optional, made by hand)

Nothing is created until it is asked for; reading a home leaves no trace.
"""

from dataclasses import dataclass
from pathlib import Path

from sluice.domain.errors import StorageError

_OWNER_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class Home:
    """The folder named by SLUICE_HOME, and the names of what lies in it."""

    root: Path

    @property
    def data(self) -> Path:
        """The catalog of market data."""
        return self.root / "data"

    @property
    def downloads(self) -> Path:
        """Files fetched from the archive, under the archive's own paths."""
        return self.root / "downloads"

    @property
    def registry(self) -> Path:
        """The registry's SQLite file, used where no other registry is configured."""
        return self.root / "registry.db"

    @property
    def reports(self) -> Path:
        """Tear sheets that were given no path of their own."""
        return self.root / "reports"

    @property
    def keys(self) -> Path:
        """Private keys."""
        return self.root / "keys"

    @property
    def config(self) -> Path:
        """Settings of this house, laid over the shipped ones."""
        return self.root / "config"

    def ensure(self, folder: Path) -> Path:
        """Create a folder of this home (with its parents) and return it; keys/ is 0700.

        Raises:
            StorageError: the folder cannot be created; the message says what to do.
        """
        assert folder == self.root or self.root in folder.parents, (
            f"{folder} is outside {self.root}"
        )
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            folder.mkdir(parents=True, exist_ok=True)
            if folder == self.keys:
                folder.chmod(_OWNER_ONLY)
        except OSError as error:
            msg = (
                f"the folder {folder} cannot be created ({error.strerror}); "
                "make it writable, or point SLUICE_HOME at a folder that is"
            )
            raise StorageError(msg) from error
        return folder
