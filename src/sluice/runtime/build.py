"""Wires the house together: whoever needs a clock, the catalog, the registry or a cost asks here.

Nothing is opened, created or imported before it is asked for.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sluice.adapters.clocks import SystemClock
from sluice.ports.clock import Clock
from sluice.runtime import config as _config
from sluice.runtime.home import Home

if TYPE_CHECKING:
    from sluice.domain.instrument import CostSchedule, Instrument
    from sluice.market.catalog import Catalog
    from sluice.ports.archive import Archive
    from sluice.ports.stores import RunStore

__all__ = [
    "CostOverrides",
    "InstrumentCosts",
    "clock",
    "config",
    "costs_for",
    "home",
    "open_archive",
    "open_catalog",
    "open_registry",
]


def home() -> Home:
    """The home of this process (SLUICE_HOME); nothing is created."""
    return _config.home()


def config() -> _config.Config:
    """The frozen configuration of this process."""
    return _config.load()


def clock() -> Clock:
    """The host's clock."""
    return SystemClock()


def open_catalog() -> "Catalog":
    """The catalog of market data under the home."""
    from sluice.market.catalog import Catalog

    return Catalog(home().data)


def open_archive(url: str | None = None) -> "Archive":
    """The public archive at `url`, or at data.archive_url of base.toml; nothing is asked yet."""
    from sluice.adapters.archive import HttpArchive

    said = config().settings.data
    return HttpArchive(
        url=url or said.archive_url,
        timeout_ns=said.archive_timeout,
        attempts=said.archive_attempts,
        pause_ns=said.archive_pause,
    )


def open_registry() -> "RunStore":
    """The registry of runs: SQLite under the home, or what registry.url in base.toml names.

    The schema is brought up to date first. Close it, or use it as a context manager.

    Raises:
        StorageError: it cannot be opened; the message says what to do.
    """
    from sluice.adapters.storage.registry import SqlRunStore, sqlite_url

    configured = config()
    registry = configured.settings.registry
    url = registry.url
    if not url:
        configured.home.ensure(configured.home.root)
        url = sqlite_url(configured.home.registry)
    return SqlRunStore.open(url, busy_timeout_ns=registry.busy_timeout)


@dataclass(frozen=True, slots=True)
class CostOverrides:
    """Rates asked for instead of the schedule: fractions of the notional, None = as scheduled."""

    fees: Decimal | None = None
    slippage: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InstrumentCosts:
    """The costs a run charges on an instrument, and the floor that a verdict holds them to."""

    schedule: "CostSchedule"
    floor: "CostSchedule"

    @property
    def below_floor(self) -> bool:
        """True where any part is cheaper than costs.toml has it: no verdict passes on that."""
        return self.schedule.is_below(self.floor)


def costs_for(instrument: "Instrument", overrides: CostOverrides | None = None) -> InstrumentCosts:
    """The costs of an instrument by asset class and venue, with what the command asks instead.

    `fees` replaces maker and taker, `slippage` replaces the half-spread.
    """
    from sluice.domain.instrument import CostSchedule

    figures = config().settings.costs.of(instrument.asset_class, instrument.venue)
    floor = CostSchedule(
        maker=figures.maker,
        taker=figures.taker,
        half_spread=figures.half_spread,
        source=figures.source,
        volume_slippage=figures.volume_slippage,
        impact=figures.impact,
        borrow=figures.borrow,
        funding=figures.funding,
    )
    asked = overrides or CostOverrides()
    return InstrumentCosts(floor.replaced(asked.fees, asked.slippage), floor)
