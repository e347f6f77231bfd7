"""What a run needs, fixed before it starts: strategy, data, costs and settings, all resolved."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from sluice.domain.duration import format_duration
from sluice.domain.errors import MissingData, StrategyError, UsageError
from sluice.domain.instrument import CostSchedule
from sluice.domain.strategy import Bars
from sluice.market.bars import BarSet
from sluice.market.calendars import utc_text
from sluice.market.currencies import Currencies, CurrencySettings, currencies_of
from sluice.market.source import MarketData, resolve_market
from sluice.market.stored_bars import StoredBars
from sluice.runtime.build import CostOverrides, clock, config, costs_for, open_catalog
from sluice.strategy.base import Strategy

if TYPE_CHECKING:
    from sluice.runtime.settings import BacktestSettings

Data: TypeAlias = "MarketData | None"

_FREE = CostSchedule(Decimal(0), Decimal(0), Decimal(0), "none: the theoretical run of Gate 1")
_YEAR_NS = 365 * 86_400 * 10**9


@dataclass(frozen=True)
class Asked:
    """What a user may ask of a run; None is what the configuration or the declaration says.

    `data`: a data set of the catalog, a file, a folder, a frame, a BarSet, QuoteSet or TradeSet, or
    a tuple of them. `symbols`, `start_ns` and `end_ns` narrow it (exploratory). `cash` in the base
    currency; `fees` and `slippage` as fractions; `latency_ns` ≥ 0, or `latency_samples`;
    `participation` a fraction of volume, 0 without limit; `base` is the currency of the account.
    `stream`: the bars stay on the disk (a data set of the catalog alone).
    """

    data: Data = None
    symbols: tuple[str, ...] | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    cash: float | None = None
    fees: Decimal | None = None
    slippage: Decimal | None = None
    seed: int | None = None
    latency_ns: int | None = None
    latency_samples: tuple[int, ...] | None = None
    participation: float | None = None
    base: str | None = None
    stream: bool = False


@dataclass(frozen=True, eq=False)
class RunPlan:
    """Everything a run depends on; `carry`: funding and borrow are charged."""

    strategy: Strategy
    bars: BarSet
    replaced: bool
    costs: tuple[CostSchedule, ...]
    below_floor: tuple[str, ...]
    cash: float
    seed: int
    latency_ns: int
    touch_fills: bool = False
    latency_samples: tuple[int, ...] = ()
    participation: float | None = None
    currencies: Currencies = field(default_factory=lambda: Currencies("USD"))
    carry: bool = True

    def frictionless(self) -> "RunPlan":
        """The same run without costs: what "theoretical" means at Gate 1."""
        return replace(self, costs=tuple(_FREE for _ in self.costs), carry=False)


def plan(strategy: Strategy, asked: Asked) -> RunPlan:
    """Resolve what was asked against the catalog and the configuration.

    Raises:
        StrategyError: not a strategy instance.
        MissingData: the data is not there; the message names the command that brings it.
        UsageError: a figure that cannot be.
    """
    if not isinstance(strategy, Strategy):
        # Notebooks are not type-checked, and forget the parentheses.
        hint = f"; write {strategy.__name__}()" if isinstance(strategy, type) else ""  # type: ignore[unreachable]
        msg = f"a strategy instance is needed, not {strategy!r}{hint}"
        raise StrategyError(msg)
    settings = config().settings
    cash = float(settings.account.cash) if asked.cash is None else asked.cash
    latency, samples = _latency(asked, settings.backtest)
    if not 0 < cash < 1e12:
        msg = f"cash is {cash}; it must be above 0 and below 1e12"
        raise UsageError(msg)
    _refuse_empty_window(asked)
    bars = _bars(strategy, asked)
    currencies = _currencies(bars, asked)
    overrides = CostOverrides(fees=asked.fees, slippage=asked.slippage)
    charged = [costs_for(instrument, overrides) for instrument in bars.instruments]
    return RunPlan(
        strategy=strategy,
        bars=bars,
        replaced=asked.data is not None,
        costs=tuple(cost.schedule for cost in charged),
        below_floor=tuple(
            instrument.id
            for instrument, cost in zip(bars.instruments, charged, strict=True)
            if cost.below_floor
        ),
        cash=cash,
        seed=settings.backtest.seed if asked.seed is None else asked.seed,
        latency_ns=latency,
        latency_samples=samples,
        participation=_participation(asked, settings.backtest),
        touch_fills=settings.backtest.touch_fills,
        currencies=currencies,
    )


def _latency(asked: Asked, configured: "BacktestSettings") -> tuple[int, tuple[int, ...]]:
    """The constant and the samples; a constant that was asked for leaves none of the configured."""
    samples = configured.latency_samples if asked.latency_ns is None else ()
    samples = samples if asked.latency_samples is None else asked.latency_samples
    latency = configured.latency_ns if asked.latency_ns is None else asked.latency_ns
    wrong = [ns for ns in (latency, *samples) if not 0 <= ns < _YEAR_NS]
    if wrong:
        msg = f"latency is {wrong[0]} ns; it must be 0 or more and below 365 days"
        raise UsageError(msg)
    return latency, samples


def _participation(asked: Asked, configured: "BacktestSettings") -> float | None:
    share = configured.participation if asked.participation is None else asked.participation
    if not 0 <= share <= 1:
        msg = f"participation is {share}; it is a fraction of volume up to 1, or 0 for no limit"
        raise UsageError(msg)
    return share or None


def _refuse_empty_window(asked: Asked) -> None:
    if asked.start_ns is None or asked.end_ns is None or asked.start_ns < asked.end_ns:
        return
    first, last = (utc_text(stamp) for stamp in (asked.start_ns, asked.end_ns))
    msg = f"the window is empty: --from {first} is not before --to {last}; swap or widen them"
    raise UsageError(msg)


def _currencies(bars: BarSet, asked: Asked) -> Currencies:
    account = config().settings.account
    base = account.currency if asked.base is None else asked.base
    if base and not (base.isascii() and base.isalnum() and base.isupper()):
        msg = f"the base currency is {base!r}; write it as USD, EUR or BTC"
        raise UsageError(msg)
    settings = CurrencySettings(base, account.same_as, account.rates)
    return currencies_of(bars.instruments, settings)


def _bars(strategy: Strategy, asked: Asked) -> BarSet:
    now_ns = clock().now_ns()
    if asked.stream:
        bars: BarSet = _stored(strategy, asked)
    else:
        bars = resolve_market(asked.data, type(strategy).data, open_catalog(), now_ns=now_ns)
    if asked.symbols is not None:
        bars = bars.only(asked.symbols)
    if asked.start_ns is not None or asked.end_ns is not None:
        bars = bars.between(asked.start_ns, asked.end_ns)
    if bars.window == (0, 0):
        msg = f"{bars.name} holds no bar; import data with `sluice data import PATH`"
        raise MissingData(msg)
    return bars


def _stored(strategy: Strategy, asked: Asked) -> StoredBars:
    """The bars of a streamed run: one data set of the catalog, at its own interval."""
    catalog, declared = open_catalog(), type(strategy).data
    if isinstance(asked.data, str) and catalog.has(asked.data):
        return StoredBars.open(catalog, asked.data)
    if asked.data is not None:
        msg = f"{asked.data!r} is no data set of the catalog; import it, then stream it by name"
        raise UsageError(msg)
    if not isinstance(declared, Bars):
        msg = "a streamed run takes bars of one interval; declare data = Bars(…) or name a data set"
        raise UsageError(msg)
    stored = StoredBars.open(catalog, catalog.find_name(declared))
    if stored.every_ns != declared.every_ns:
        have, want = (format_duration(ns) for ns in (stored.every_ns, declared.every_ns))
        msg = f"{stored.name} has bars of {have}, {want} is declared; store them at {want} first"
        raise UsageError(msg)
    return replace(stored.only(declared.symbols), narrowed=False)
