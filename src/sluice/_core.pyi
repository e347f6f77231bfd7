"""Types of the compiled core; read it through `sluice.core`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Adjustments",
    "Bar",
    "BarColumns",
    "Bracket",
    "Context",
    "CostRule",
    "Currencies",
    "Fill",
    "Ground",
    "History",
    "Instrument",
    "Order",
    "Position",
    "Quote",
    "QuoteColumns",
    "Run",
    "RunSettings",
    "Trade",
    "TradeColumns",
    "exact_means",
    "run",
]

@final
class Instrument:
    """What is traded.

    `tick` and `lot` are counts of 10^-price_scale and 10^-quantity_scale; `multiplier` (money per
    1.0 of price per unit) and `min_notional` are in 1e-9.

    Raises:
        ValueError: a figure out of its range.
    """

    def __new__(
        cls,
        id: str,  # noqa: A002
        *,
        currency: str,
        price_scale: int,
        quantity_scale: int,
        tick: int,
        lot: int,
        multiplier: int,
        min_notional: int,
        shortable: bool,
    ) -> Instrument: ...
    @property
    def id(self) -> str: ...

@final
class CostRule:
    """Costs of one instrument; `maker`, `taker` and `half_spread` are fractions in 1e-9.

    A taking fill is moved against us by half_spread + volume_slippage · (qty / volume of the last
    known bar)² + impact · σ · √(qty / ADV).

    Raises:
        ValueError: a figure out of its range.
    """

    def __new__(
        cls,
        *,
        maker: int,
        taker: int,
        half_spread: int,
        volume_slippage: float = 0.0,
        impact: float = 0.0,
    ) -> CostRule: ...

@final
class Adjustments:
    """What befalls positions, by stamp (ns UTC): one row each, `instrument` its number.

    | kind | value | over |
    |---|---|---|
    | 0 funding, 1 assumed funding | rate in 1e-9, longs pay it | unused |
    | 2 borrow | annual rate in 1e-9, shorts pay it | calendar days |
    | 3 dividend | money per unit in 1e-9 | unused |
    | 4 split | units after | units before |

    Raises:
        ValueError: a figure out of its range, columns of different lengths.
    """

    def __new__(
        cls,
        ts: NDArray[np.int64],
        instrument: NDArray[np.uint32],
        kind: NDArray[np.uint8],
        value: NDArray[np.int64],
        over: NDArray[np.int64],
    ) -> Adjustments: ...
    def __len__(self) -> int: ...

@final
class Currencies:
    """The purse of each instrument (0 is the base currency), and of purse 1, 2 … its rate.

    A rate is (number of the instrument whose mark it is, whether that quotes the base currency in
    the foreign one), or None where there is none: orders in it are denied.
    """

    def __new__(
        cls, purses: Sequence[int], rates: Sequence[tuple[int, bool] | None]
    ) -> Currencies: ...

@final
class BarColumns:
    """Bars sorted by (ts_end, instrument); instruments sorted by id.

    Stamps are ns UTC, prices quote currency, `volume` and `adv` units (NaN = unknown), `sigma` the
    standard deviation of daily returns as known at the row.

    Raises:
        ValueError: names the row and what is wrong with it.
    """

    def __new__(
        cls,
        instruments: Sequence[Instrument],
        ts_start: NDArray[np.int64],
        ts_end: NDArray[np.int64],
        instrument: NDArray[np.uint32],
        open: NDArray[np.float64],  # noqa: A002
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        adv: NDArray[np.float64] | None = None,
        sigma: NDArray[np.float64] | None = None,
    ) -> BarColumns: ...
    @staticmethod
    def counted(
        instruments: Sequence[Instrument], columns: dict[str, NDArray[Any]], off_price: int
    ) -> BarColumns: ...
    @property
    def off_price(self) -> int: ...
    def counts(self, field: str) -> NDArray[np.int64]: ...
    def __len__(self) -> int: ...
    def digest(self) -> str: ...

@final
class Ground:
    """What runs on the same bars share; `ends` holds the last row of each session, ascending.

    Its methods return one row per run: known (False where only `run` can tell), final_cash,
    final_equity, fills, orders, denials, round_trips, wins, won, lost, fees, slippage, notional,
    equity_sum, held, max_drawdown, impact_unknown, and sessions [runs, ends] (equity at each end).

    Raises:
        ValueError: lengths that differ, rows that are none.
    """

    def __new__(
        cls,
        bars: BarColumns,
        costs: Sequence[CostRule],
        settings: RunSettings,
        ends: NDArray[np.uint32],
    ) -> Ground: ...
    @property
    def covered(self) -> bool: ...
    def crossings(
        self,
        averages: NDArray[np.int64],
        targets: NDArray[np.float64],
        first: NDArray[np.int64],
        columns: Sequence[NDArray[np.float64]],
        threads: int,
    ) -> dict[str, NDArray[Any]]: ...
    def follow(
        self,
        targets: NDArray[np.float64],
        rebalance: Literal["on_change"] | NDArray[np.bool_] | None = None,
    ) -> dict[str, NDArray[Any]]: ...

@final
class QuoteColumns:
    """Best bids and asks of the instruments of `bars`, sorted by (ts, instrument); all borrowed.

    `ts` ns UTC, prices quote currency, sizes units (NaN = unknown, 0 = no offer on that side).
    `instrument` None: every row is of the first instrument. The arrays must not change meanwhile.

    Raises:
        ValueError: names the row and what is wrong with it.
    """

    def __new__(
        cls,
        bars: BarColumns,
        ts: NDArray[np.int64],
        instrument: NDArray[np.uint32] | None,
        bid: NDArray[np.float64],
        ask: NDArray[np.float64],
        bid_size: NDArray[np.float64],
        ask_size: NDArray[np.float64],
    ) -> QuoteColumns: ...
    def __len__(self) -> int: ...

@final
class TradeColumns:
    """Prints of the market, as `QuoteColumns`; `side` is +1 (a buyer crossed), -1 or 0 (unknown).

    Raises:
        ValueError: names the row and what is wrong with it.
    """

    def __new__(
        cls,
        bars: BarColumns,
        ts: NDArray[np.int64],
        instrument: NDArray[np.uint32] | None,
        price: NDArray[np.float64],
        size: NDArray[np.float64],
        side: NDArray[np.int8],
    ) -> TradeColumns: ...
    def __len__(self) -> int: ...

@final
class Quote:
    """The best bid and ask, known at `ts_ns`; sizes are NaN where the source has none."""

    @property
    def instrument(self) -> str: ...
    @property
    def ts_ns(self) -> int: ...
    @property
    def bid(self) -> float: ...
    @property
    def ask(self) -> float: ...
    @property
    def mid(self) -> float: ...
    @property
    def bid_size(self) -> float: ...
    @property
    def ask_size(self) -> float: ...
    @property
    def bid_ticks(self) -> int: ...
    @property
    def ask_ticks(self) -> int: ...

@final
class Trade:
    """A print of the market, known at `ts_ns`; `side` is +1 where a buyer crossed the spread."""

    @property
    def instrument(self) -> str: ...
    @property
    def ts_ns(self) -> int: ...
    @property
    def price(self) -> float: ...
    @property
    def price_ticks(self) -> int: ...
    @property
    def size(self) -> float: ...
    @property
    def side(self) -> int: ...

@final
class RunSettings:
    """Settings of a run; `cash` in 1e-9 of the base currency, `min_trade` a fraction of equity;
    `sample_ns` the grid on which equity is recorded where ticks pass; `session_ends` (UTC ns,
    ascending) are when day orders expire, at UTC midnight where there are none.

    Raises:
        ValueError: a word or figure out of its range.
    """

    def __new__(
        cls,
        *,
        cash: int,
        bar_ns: int,
        leverage: float = 1.0,
        latency_ns: int = 0,
        fill: Literal["next_open", "close"] = "next_open",
        touch_fills: bool = False,
        sizing: Literal["weight", "units", "notional"] = "weight",
        min_trade: float = 0.0,
        sample_ns: int = 60_000_000_000,
        latency_samples: Sequence[int] = ...,
        participation: float | None = None,
        seed: int = 0,
        session_ends: Sequence[int] = ...,
    ) -> RunSettings: ...

@final
class Run:
    """What a run left: tables of NumPy columns. Money in whole units, stamps in ns UTC."""

    @property
    def marks(self) -> dict[str, NDArray[Any]]: ...
    @property
    def equity(self) -> dict[str, NDArray[Any]]: ...
    @property
    def fills(self) -> dict[str, Any]: ...
    @property
    def orders(self) -> dict[str, Any]: ...
    @property
    def denials(self) -> dict[str, Any]: ...
    @property
    def round_trips(self) -> dict[str, NDArray[Any]]: ...
    @property
    def order_count(self) -> int: ...
    @property
    def denial_count(self) -> int: ...
    @property
    def ledger(self) -> dict[str, Any]: ...
    @property
    def rebalances(self) -> NDArray[np.int64]: ...
    @property
    def counts(self) -> dict[str, int]: ...
    @property
    def positions(self) -> dict[str, dict[str, float]]: ...
    @property
    def final_equity_nanos(self) -> int: ...
    def digest(self) -> str: ...

@final
class Bar:
    """One closed bar; `ts_ns` is its end, when it became known."""

    @property
    def instrument(self) -> str: ...
    @property
    def ts_ns(self) -> int: ...
    @property
    def ts_start_ns(self) -> int: ...
    @property
    def open(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def close(self) -> float: ...
    @property
    def volume(self) -> float: ...
    @property
    def close_ticks(self) -> int: ...

@final
class Position:
    """The position of one instrument, always as it is now; `qty` is signed."""

    @property
    def qty(self) -> float: ...
    @property
    def avg_price(self) -> float: ...
    @property
    def unrealized(self) -> float: ...

@final
class History:
    """The last known bars of an instrument, oldest first; each field is a copy."""

    def __len__(self) -> int: ...
    def __getitem__(self, field: str, /) -> NDArray[Any]: ...

@final
class Fill:
    """One fill of ours; `fee` below zero is a rebate."""

    @property
    def instrument(self) -> str: ...
    @property
    def ts_ns(self) -> int: ...
    @property
    def order_id(self) -> int: ...
    @property
    def side(self) -> str: ...
    @property
    def qty(self) -> float: ...
    @property
    def price(self) -> float: ...
    @property
    def fee(self) -> float: ...
    @property
    def liquidity(self) -> str: ...
    @property
    def tag(self) -> str: ...

@final
class Order:
    """One order of ours as it stood; `status` as in FIX, "DENIED" with its `reason` where by us."""

    @property
    def instrument(self) -> str: ...
    @property
    def ts_ns(self) -> int: ...
    @property
    def order_id(self) -> int: ...
    @property
    def side(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def tif(self) -> str: ...
    @property
    def qty(self) -> float: ...
    @property
    def limit(self) -> float | None: ...
    @property
    def stop(self) -> float | None: ...
    @property
    def status(self) -> str: ...
    @property
    def cum_qty(self) -> float: ...
    @property
    def reason(self) -> str: ...
    @property
    def tag(self) -> str: ...

@final
class Bracket:
    """The ids of a bracket's orders, as (entry, stop, take); None where there is no such order."""

    @property
    def entry(self) -> int | None: ...
    @property
    def stop(self) -> int | None: ...
    @property
    def take(self) -> int | None: ...
    def __iter__(self) -> Iterator[int | None]: ...

@final
class Context:
    """What a callback sees and may wish: the only source of time, chance, memory and data."""

    @property
    def now(self) -> datetime: ...
    @property
    def now_ns(self) -> int: ...
    @property
    def equity(self) -> float: ...
    @property
    def cash(self) -> float: ...
    @property
    def state(self) -> Any: ...
    @property
    def rng(self) -> Any: ...
    def position(self, i: str) -> Position: ...
    def history(self, i: str, n: int, every: str | None = None) -> History: ...
    def last_quote(self, i: str) -> Quote | None: ...
    def last_trade(self, i: str) -> Trade | None: ...
    def signal(self, i: str) -> float: ...
    def sma(self, i: str, n: int, field: str | None = None) -> float: ...
    def ema(self, i: str, n: int, field: str | None = None) -> float: ...
    def std(self, i: str, n: int, field: str | None = None) -> float: ...
    def max(self, i: str, n: int, field: str | None = None) -> float: ...
    def min(self, i: str, n: int, field: str | None = None) -> float: ...
    def target(self, i: str, weight: float) -> None: ...
    def buy(
        self,
        i: str,
        qty: float,
        limit: float | None = None,
        stop: float | None = None,
        tif: str = "GTC",
        tag: str = "",
        *,
        trail: float | None = None,
        trail_rate: float | None = None,
        until: datetime | int | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
        after: int | None = None,
        oco: int | None = None,
    ) -> int | None: ...
    def sell(
        self,
        i: str,
        qty: float,
        limit: float | None = None,
        stop: float | None = None,
        tif: str = "GTC",
        tag: str = "",
        *,
        trail: float | None = None,
        trail_rate: float | None = None,
        until: datetime | int | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
        after: int | None = None,
        oco: int | None = None,
    ) -> int | None: ...
    def bracket(
        self,
        i: str,
        qty: float,
        stop: float | None = None,
        take: float | None = None,
        limit: float | None = None,
        trail: float | None = None,
        trail_rate: float | None = None,
        tag: str = "",
    ) -> Bracket | None: ...
    def oco(
        self,
        i: str,
        qty: float | None = None,
        stop: float | None = None,
        take: float | None = None,
        trail: float | None = None,
        trail_rate: float | None = None,
    ) -> Bracket | None: ...
    def qty_for(
        self,
        i: str,
        *,
        units: float | None = None,
        notional: float | None = None,
        weight: float | None = None,
        risk: float | None = None,
        stop: float | None = None,
        price: float | None = None,
    ) -> float: ...
    def cancel(self, id: int) -> None: ...  # noqa: A002
    def cancel_all(self, i: str) -> None: ...

def run(
    bars: BarColumns,
    costs: Sequence[CostRule],
    settings: RunSettings,
    *,
    targets: NDArray[np.float64] | None = None,
    rebalance: Literal["on_change"] | NDArray[np.bool_] | None = None,
    strategy: object | None = None,
    callbacks: Sequence[str] | None = None,
    state: object | None = None,
    rng: object | None = None,
    signal: NDArray[np.float64] | None = None,
    quotes: QuoteColumns | None = None,
    trades: TradeColumns | None = None,
    progress: Callable[[int, int], object] | None = None,
    adjustments: Adjustments | None = None,
    currencies: Currencies | None = None,
    forwards: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    coarser: Callable[[int, str], Mapping[str, NDArray[Any]]] | None = None,
) -> Run:
    """Run targets (NaN = keep), or a strategy's callbacks, or both, over bars, quotes and trades.

    `rebalance`: "on_change" (as None) trades a target that moved, a mask retargets on its rows.
    `callbacks` names those the strategy overrides; no other is called. `progress` gets (rows done,
    rows in all) about every 16,384 rows. Without callbacks Python's lock is released. `forwards`:
    what `ctx.history` and indicators multiply prices with, divide volumes by; `coarser` makes the
    bars of `ctx.history(…, every=…)`.

    Raises:
        ValueError, OverflowError: figures that cannot be; KeyboardInterrupt; and whatever a
        callback raises, unchanged.
    """

def exact_means(
    prices: NDArray[np.float64],
    places: NDArray[np.uint32],
    instruments: int,
    windows: Sequence[int],
) -> list[NDArray[np.float64]] | None:
    """Means of prices by exact integer sums, one column for each window; NaN before it is full.

    `places`: whose price each row is, below `instruments`. None where the prices cannot be counted
    to 1e-10 of themselves, or a window is 0 or above 8192.
    """
