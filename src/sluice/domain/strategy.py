"""What a strategy declares about itself: its hypothesis, what it expects, and the bars it needs.

Plain frozen records. They are checked when they are written, so a wrong declaration stops at the
line that makes it; whether a hypothesis is *documented* is Gate 1's question, asked later.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass

from sluice.domain.duration import format_duration, parse_duration
from sluice.domain.errors import StrategyError

# A part of a hypothesis below either bound is a placeholder, not an argument.
MIN_CHARACTERS = 12
MIN_WORDS = 3


@dataclass(frozen=True, slots=True)
class Expect:
    """What the author expects, to be compared with what is measured; never taken as evidence.

    Args:
        sharpe: annualized Sharpe after costs.
        max_drawdown: largest fall from a peak of equity, as a fraction in (0, 1].
        turnover_per_year: traded notional over mean equity, one-way, a year; ≥ 0.

    Raises:
        StrategyError: a figure is not a finite number, or out of its range.
    """

    sharpe: float | None = None
    max_drawdown: float | None = None
    turnover_per_year: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be an expectation."""
        for name, value in asdict(self).items():
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise StrategyError(f"Expect({name}={value!r}): write a number")
            if not math.isfinite(value):
                raise StrategyError(f"Expect({name}={value!r}): write a finite number")
        if self.max_drawdown is not None and not 0 < self.max_drawdown <= 1:
            raise StrategyError(
                f"Expect(max_drawdown={self.max_drawdown!r}): it is a fraction, write 0.12 for 12 %"
            )
        if self.turnover_per_year is not None and self.turnover_per_year < 0:
            raise StrategyError(
                f"Expect(turnover_per_year={self.turnover_per_year!r}): it cannot be negative"
            )

    def to_json(self) -> dict[str, float | None]:
        """The figures by name; None where nothing is expected."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Why a strategy should earn money, and what would show that it does not.

    Args:
        claim: what is true of the market, in a sentence.
        mechanism: who pays, and why they go on paying.
        falsified_if: the observation that ends the strategy.
        expect: the figures the author expects.

    Raises:
        StrategyError: a part is not text, or `expect` is not an `Expect`.
    """

    claim: str
    mechanism: str
    falsified_if: str
    expect: Expect | None = None

    def __post_init__(self) -> None:
        """Refuse parts of the wrong type; short ones are Gate 1's business."""
        for name in ("claim", "mechanism", "falsified_if"):
            if not isinstance(getattr(self, name), str):
                raise StrategyError(f"Hypothesis({name}=…) must be text; write a sentence")
        if self.expect is not None and not isinstance(self.expect, Expect):
            raise StrategyError("Hypothesis(expect=…) must be an Expect(sharpe=…, …)")

    @property
    def undocumented(self) -> list[str]:
        """Names of the parts that are blank, too short or still "TODO"; [] when all are there."""
        parts = {
            "claim": self.claim,
            "mechanism": self.mechanism,
            "falsified_if": self.falsified_if,
        }
        return [name for name, text in parts.items() if not _says_something(text)]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the three parts, blind to case and spacing; `expect` is no part of it.

        Two strategies with one digest test one hypothesis, so their trials are counted together.
        """
        parts = [
            " ".join(text.lower().split())
            for text in (self.claim, self.mechanism, self.falsified_if)
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def to_json(self) -> dict[str, object]:
        """The parts by name."""
        return {
            "claim": self.claim,
            "mechanism": self.mechanism,
            "falsified_if": self.falsified_if,
            "expect": None if self.expect is None else self.expect.to_json(),
        }


def _says_something(text: str) -> bool:
    words = text.split()
    if words and words[0].upper().startswith("TODO"):
        return False
    return len(" ".join(words)) >= MIN_CHARACTERS and len(words) >= MIN_WORDS


@dataclass(frozen=True, slots=True, init=False)
class Bars:
    """The bars a strategy needs: `Bars("BTCUSDT", every="1h", history="180d", max_gap="3h")`.

    Args:
        symbols: instruments, as SYMBOL.VENUE or the symbol alone where it is unique.
        every: bar interval, such as "5m", "1h", "1d".
        history: span of bars that must be there, at least.
        max_gap: longest hole that is still data; three bars when absent.

    Raises:
        StrategyError: no symbol, one twice, or a duration that cannot be read.
    """

    symbols: tuple[str, ...]
    every_ns: int
    history_ns: int
    max_gap_ns: int

    def __init__(
        self, *symbols: str, every: str, history: str = "0d", max_gap: str | None = None
    ) -> None:
        every_ns = _duration("every", every)
        if every_ns == 0:
            raise StrategyError(f"Bars(every={every!r}): a bar cannot last no time; write '1h'")
        gap_ns = 3 * every_ns if max_gap is None else _duration("max_gap", max_gap)
        if gap_ns < every_ns:
            raise StrategyError(
                f"Bars(max_gap={max_gap!r}) is shorter than one bar of {format_duration(every_ns)}"
            )
        object.__setattr__(self, "symbols", _symbols(symbols))
        object.__setattr__(self, "every_ns", every_ns)
        object.__setattr__(self, "history_ns", _duration("history", history))
        object.__setattr__(self, "max_gap_ns", gap_ns)

    def __repr__(self) -> str:
        names = ", ".join(repr(symbol) for symbol in self.symbols)
        spans = ", ".join(f"{key}={value!r}" for key, value in self._durations().items())
        return f"Bars({names}, {spans})"

    def to_json(self) -> dict[str, object]:
        """The declaration with durations as text, as `Bars(*symbols, every=…, …)` takes them."""
        return {"symbols": list(self.symbols), **self._durations()}

    def _durations(self) -> dict[str, str]:
        return {
            "every": format_duration(self.every_ns),
            "history": format_duration(self.history_ns),
            "max_gap": format_duration(self.max_gap_ns),
        }


def _duration(name: str, text: str) -> int:
    if not isinstance(text, str):
        raise StrategyError(f"Bars({name}={text!r}): write a duration as text, such as '1h'")
    try:
        return parse_duration(text)
    except ValueError as error:
        raise StrategyError(f"Bars({name}=…): {error}") from error


def _symbols(symbols: tuple[str, ...]) -> tuple[str, ...]:
    if not symbols:
        raise StrategyError('Bars(): name at least one symbol, as in Bars("BTCUSDT", every="1h")')
    for symbol in symbols:
        if not isinstance(symbol, str) or not symbol.strip():
            raise StrategyError(f"Bars({symbol!r}, …): a symbol is text, such as 'BTCUSDT'")
    twice = sorted({symbol for symbol in symbols if symbols.count(symbol) > 1})
    if twice:
        raise StrategyError(f"Bars(): {', '.join(twice)} is named twice")
    return symbols
