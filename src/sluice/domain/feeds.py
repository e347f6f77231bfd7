"""What a strategy declares beside bars: quotes and trades, alone or several kinds at once.

`data = Bars(…)`, `data = Quotes(…)`, or a tuple with at most one of each kind, as in
`data = (Bars("ES", every="1m"), Quotes("ES"))`.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from sluice.domain.duration import format_duration, parse_duration
from sluice.domain.errors import StrategyError
from sluice.domain.strategy import Bars

FeedKind = Literal["bars", "quotes", "trades"]
SAMPLE_NS = 60 * 10**9
"""Equity of a run without bars is recorded once a minute where nothing else is said."""


@dataclass(frozen=True, slots=True, init=False)
class Ticks:
    """Ticks a strategy needs; written as `Quotes(…)` or `Trades(…)`.

    Args:
        symbols: instruments, as SYMBOL.VENUE or the symbol alone where it is unique.
        history: span of ticks that must be there, at least.
        max_gap: longest hole that is still data; an hour when absent.
        every: how often equity is recorded, beside every fill; a minute when absent.

    Raises:
        StrategyError: no symbol, one twice, or a duration that cannot be read or lasts no time.
    """

    kind: ClassVar[FeedKind]

    symbols: tuple[str, ...]
    history_ns: int
    max_gap_ns: int
    every_ns: int

    def __init__(
        self, *symbols: str, history: str = "0d", max_gap: str = "1h", every: str = "1m"
    ) -> None:
        what = type(self).__name__
        object.__setattr__(self, "symbols", _symbols(what, symbols))
        object.__setattr__(self, "history_ns", _duration(what, "history", history))
        object.__setattr__(self, "max_gap_ns", _above_zero(what, "max_gap", max_gap))
        object.__setattr__(self, "every_ns", _above_zero(what, "every", every))

    def __repr__(self) -> str:
        names = ", ".join(repr(symbol) for symbol in self.symbols)
        spans = ", ".join(f"{key}={value!r}" for key, value in self._durations().items())
        return f"{type(self).__name__}({names}, {spans})"

    def to_json(self) -> dict[str, object]:
        """The declaration with durations as text, and its kind."""
        return {"kind": self.kind, "symbols": list(self.symbols), **self._durations()}

    def _durations(self) -> dict[str, str]:
        return {
            "history": format_duration(self.history_ns),
            "max_gap": format_duration(self.max_gap_ns),
            "every": format_duration(self.every_ns),
        }


class Quotes(Ticks):
    """Best bids and asks: `Quotes("BTCUSDT", history="5d", max_gap="10m")`."""

    kind = "quotes"


class Trades(Ticks):
    """Prints of the market: `Trades("BTCUSDT", history="5d")`."""

    kind = "trades"


Feed: TypeAlias = Bars | Quotes | Trades
Declared: TypeAlias = Feed | tuple[Feed, ...]


def feeds_of(declared: Declared | None) -> tuple[Feed, ...]:
    """Every declaration, one of a kind."""
    if declared is None:
        return ()
    return declared if isinstance(declared, tuple) else (declared,)


def bars_of(declared: Declared | None) -> Bars | None:
    """The bars of a declaration; None where it has none."""
    return next((one for one in feeds_of(declared) if isinstance(one, Bars)), None)


def ticks_of(declared: Declared | None) -> tuple[Quotes | Trades, ...]:
    """The quotes and trades of a declaration."""
    return tuple(one for one in feeds_of(declared) if isinstance(one, Quotes | Trades))


def declared_json(declared: Declared | None) -> object:
    """A declaration as plain values: one record, or a list where there are several."""
    if isinstance(declared, tuple):
        return [one.to_json() for one in declared]
    return None if declared is None else declared.to_json()


def check_declared(where: str, declared: object) -> None:
    """Refuse what cannot be a declaration.

    Raises:
        StrategyError: neither Bars, Quotes, Trades nor a tuple of them, or a kind twice.
    """
    parts = declared if isinstance(declared, tuple) else (declared,)
    for part in parts:
        if not isinstance(part, Bars | Quotes | Trades):
            raise StrategyError(
                f"{where}.data must be Bars(…), Quotes(…), Trades(…) or a tuple, not {part!r}"
            )
    kinds = [type(part).__name__ for part in parts]
    twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
    if not parts or twice:
        raise StrategyError(
            f"{where}.data declares {twice[0] if twice else 'nothing'}"
            f"{' twice; name all symbols in one' if twice else '; write Bars(…)'}"
        )


def _symbols(what: str, symbols: tuple[str, ...]) -> tuple[str, ...]:
    if not symbols:
        raise StrategyError(f'{what}(): name at least one symbol, as in {what}("BTCUSDT")')
    for symbol in symbols:
        if not isinstance(symbol, str) or not symbol.strip():
            raise StrategyError(f"{what}({symbol!r}, …): a symbol is text, such as 'BTCUSDT'")
    twice = sorted({symbol for symbol in symbols if symbols.count(symbol) > 1})
    if twice:
        raise StrategyError(f"{what}(): {', '.join(twice)} is named twice")
    return symbols


def _duration(what: str, name: str, text: str) -> int:
    if not isinstance(text, str):
        raise StrategyError(f"{what}({name}={text!r}): write a duration as text, such as '1h'")
    try:
        return parse_duration(text)
    except ValueError as error:
        raise StrategyError(f"{what}({name}=…): {error}") from error


def _above_zero(what: str, name: str, text: str) -> int:
    value = _duration(what, name, text)
    if value == 0:
        raise StrategyError(f"{what}({name}={text!r}): it cannot last no time; write '1m'")
    return value
