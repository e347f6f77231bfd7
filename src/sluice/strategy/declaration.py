"""What every strategy class declares and says: settings, parameters, identity, expressions.

A class is checked when it is created, an instance when it is built; both are immutable after.
Memory between bars lives in the nested `State` dataclass, never on the instance.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, FrozenInstanceError, fields, is_dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NoReturn, Self, dataclass_transform, get_args

import polars as pl

from sluice.domain.errors import ParamError, SluiceError, StrategyError
from sluice.domain.feeds import Declared, check_declared, declared_json
from sluice.domain.strategy import Hypothesis
from sluice.strategy.callbacks import Callbacks, callbacks, refuse_deferred
from sluice.strategy.params import ParamSpec, Value, declared_params, resolve, spec_of

Sizing = Literal["weight", "units", "notional"]
Fill = Literal["next_open", "close"]
REBALANCE = ("on_change", "every_bar", "1d", "1w", "1mo")


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Declaration(Callbacks):
    """The declared part of a strategy; users derive from `Strategy`."""

    hypothesis: ClassVar[Hypothesis | None] = None
    data: ClassVar[Declared | None] = None
    capacity_usd: ClassVar[float | None] = None
    sizing: ClassVar[Sizing] = "weight"
    rebalance: ClassVar[str] = "on_change"
    min_trade: ClassVar[float] = 0.0
    max_leverage: ClassVar[float] = 1.0
    warmup: ClassVar[int | None] = None
    fill: ClassVar[Fill] = "next_open"
    state_type: ClassVar[type | None] = None
    param_specs: ClassVar[Mapping[str, ParamSpec]] = MappingProxyType({})

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.param_specs = MappingProxyType(declared_params(cls, cls.param_specs))
        _check_settings(cls)
        cls.state_type = _state_type(cls)
        refuse_deferred(cls)
        if "on_bar" in callbacks(cls) and says(cls, "allocate"):
            raise StrategyError(
                f"{cls.__name__} overrides allocate and on_bar; on_bar replaces the default "
                "trading, so nothing would read allocate. Keep one of them"
            )

    def __init__(self, **given: Any) -> None:
        cls = type(self)
        self.__dict__.update(resolve(cls.__name__, cls.param_specs, given))
        try:
            self.check()
        except AssertionError as error:
            reason = str(error) or "its check() does not hold"
            values = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
            raise ParamError(f"{cls.__name__}({values}): {reason}") from error
        except SluiceError:
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise StrategyError(f"{cls.__name__}.check() fails: {what}; correct it") from error

    def check(self) -> None:
        """Cross-parameter rule, run at construction: assert what must hold, with a message."""

    def signals(self) -> pl.Expr:
        """The target (or the score, where `allocate` follows) of one instrument through time."""
        raise StrategyError(f"{type(self).__name__} says no signals; override signals()")

    def allocate(self) -> pl.Expr:
        """The weights of all instruments at one instant, from the column `score`."""
        raise StrategyError(f"{type(self).__name__} does not allocate; override allocate()")

    def signals_frame(self, bars: pl.LazyFrame) -> pl.LazyFrame:  # noqa: ARG002 — overridden
        """`signals` for what no expression says: a frame of ts, instrument, signal."""
        raise StrategyError(f"{type(self).__name__} has no signals_frame; override it")

    @property
    def params(self) -> dict[str, Value]:
        """Every parameter by name, in the order of declaration."""
        return {name: self.__dict__[name] for name in type(self).param_specs}

    def replace(self, **changes: Any) -> Self:
        """The same strategy with some parameters changed; checked anew."""
        return type(self)(**{**self.params, **changes})

    def to_json(self) -> dict[str, object]:
        """Everything declared, as plain values that `json.dumps` takes."""
        cls = type(self)
        return {
            "strategy": cls.__name__,
            "module": cls.__module__,
            "params": self.params,
            "hypothesis": None if cls.hypothesis is None else cls.hypothesis.to_json(),
            "data": declared_json(cls.data),
            "capacity_usd": cls.capacity_usd,
            "sizing": cls.sizing,
            "rebalance": cls.rebalance,
            "min_trade": cls.min_trade,
            "max_leverage": cls.max_leverage,
            "warmup": cls.warmup,
            "fill": cls.fill,
        }

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(
            f"{type(self).__name__}.{name} cannot be assigned: use replace({name}=…) for a "
            "parameter, and the nested State dataclass (ctx.state) for memory between bars"
        )

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.params == other.params

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.params.items())))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{type(self).__name__}({values})"


def says(cls: type[Declaration], name: str) -> bool:
    """Whether `cls` overrides one of `signals`, `allocate`, `signals_frame`."""
    return getattr(cls, name) is not getattr(Declaration, name)


def parse_param(cls: type[Declaration], text: str) -> tuple[str, Value]:
    """Name and value of a command line's "fast=10", converted by the annotation and checked.

    Raises:
        ParamError: no "=", an unknown name (near names are said), or a value refused.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise ParamError(f"{text!r} is no parameter setting; write name=value, as in fast=10")
    return name.strip(), spec_of(cls.__name__, cls.param_specs, name.strip()).parse(value)


def _check_settings(cls: type[Declaration]) -> None:
    _check_one(cls, "sizing", get_args(Sizing))
    _check_one(cls, "fill", get_args(Fill))
    _check_one(cls, "rebalance", REBALANCE)
    _check_number(cls, "min_trade", cls.min_trade, low=0.0)
    _check_number(cls, "max_leverage", cls.max_leverage, low=0.0, strict=True)
    if cls.capacity_usd is not None:
        _check_number(cls, "capacity_usd", cls.capacity_usd, low=0.0, strict=True)
    if cls.warmup is not None and (type(cls.warmup) is not int or cls.warmup < 1):
        raise StrategyError(f"{cls.__name__}.warmup = {cls.warmup!r}: write a number of bars ≥ 1")
    if cls.hypothesis is not None and not isinstance(cls.hypothesis, Hypothesis):
        raise StrategyError(
            f"{cls.__name__}.hypothesis must be Hypothesis(…), not {type(cls.hypothesis).__name__}"
        )
    if cls.data is not None:
        check_declared(cls.__name__, cls.data)


def _check_one(cls: type, name: str, allowed: tuple[str, ...]) -> None:
    value = getattr(cls, name)
    if value not in allowed:
        raise StrategyError(
            f"{cls.__name__}.{name} = {value!r}: write one of {', '.join(map(repr, allowed))}"
        )


def _check_number(cls: type, name: str, value: object, *, low: float, strict: bool = False) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < low or (strict and value == low):  # type: ignore[arg-type,operator]
        bound = f"{'above' if strict else 'at least'} {low:g}"
        raise StrategyError(f"{cls.__name__}.{name} = {value!r}: write a finite number {bound}")


def _state_type(cls: type) -> type | None:
    state = getattr(cls, "State", None)
    if state is None:
        return None
    if not isinstance(state, type) or not is_dataclass(state):
        raise StrategyError(f"{cls.__name__}.State must be a dataclass; write @dataclass above it")
    bare = [
        field.name
        for field in fields(state)
        if field.default is MISSING and field.default_factory is MISSING
    ]
    if bare:
        raise StrategyError(
            f"{cls.__name__}.State needs a default for {', '.join(bare)}: a run starts from State()"
        )
    return state
