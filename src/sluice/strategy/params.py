"""Parameters of a strategy: typed for the checkers, bounded and checked at run time.

`fast: int = Param(12, ge=2, le=100)` declares one. They are the only thing a search may vary, so
everything about them is explicit: an annotation of int, float, bool, str or Literal[...], a
default that satisfies its own bounds, and no conversion from text in Python (`parse_param` does
that for the command line).
"""

import difflib
import inspect
import math
import numbers
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

from sluice.domain.errors import ParamError, StrategyError

Value: TypeAlias = int | float | bool | str
T = TypeVar("T", bound=int | float | bool | str)

_BOUNDS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "ge": ("at least", operator.ge),
    "gt": ("above", operator.gt),
    "le": ("at most", operator.le),
    "lt": ("below", operator.lt),
}
_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_TYPES: tuple[type, ...] = (int, float, bool, str)


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """One declared parameter: its name, type, default and bounds."""

    name: str
    kind: type
    default: Value
    bounds: Mapping[str, float]
    choices: tuple[Value, ...] | None

    def __get__(self, instance: object, owner: type | None = None) -> Value:
        # Reached only through the class: an instance holds its value in its own dictionary.
        return self.default

    @property
    def range_text(self) -> str:
        """The bounds as people read them: "2 ≤ fast ≤ 100"; "" where there are none."""
        if self.choices is not None:
            return f"{self.name} in {{{', '.join(map(repr, self.choices))}}}"
        low = [f"{v} {'<' if k == 'gt' else '≤'} " for k, v in self.bounds.items() if k[0] == "g"]
        high = [f" {_SIGNS[k]} {v}" for k, v in self.bounds.items() if k[0] == "l"]
        return "".join([*low, self.name, *high]) if self.bounds else ""

    def accept(self, value: object) -> Value:
        """`value` as the declared type, if it may be.

        Raises:
            ParamError: it has the wrong type, is NaN or infinite, or is out of bounds.
        """
        typed = self._typed(value)
        for key, bound in self.bounds.items():
            word, holds = _BOUNDS[key]
            if not holds(typed, bound):
                raise ParamError(f"parameter {self.name}={typed!r} must be {word} {bound}")
        if self.choices is not None and typed not in self.choices:
            options = ", ".join(map(repr, self.choices))
            raise ParamError(f"parameter {self.name}={typed!r} must be one of {options}")
        return typed

    def parse(self, text: str) -> Value:
        """`text` of a command line, converted by the annotation and checked.

        Raises:
            ParamError: the text does not read as the declared type, or is out of bounds.
        """
        if self.kind is str:
            return self.accept(text)
        if self.kind is bool:
            words = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
            if text.strip().lower() not in words:
                raise ParamError(f"parameter {self.name}={text!r} must be true or false")
            return self.accept(words[text.strip().lower()])
        try:
            return self.accept(self.kind(text))
        except ValueError as error:
            wanted = "a whole number" if self.kind is int else "a number"
            raise ParamError(f"parameter {self.name}={text!r} must be {wanted}") from error

    def _typed(self, value: object) -> Value:
        wanted = {int: "a whole number", float: "a number", bool: "True or False", str: "text"}
        refusal = ParamError(
            f"parameter {self.name}={value!r} must be {wanted[self.kind]}, "
            f"not {type(value).__name__}"
        )
        if self.kind is str or self.kind is bool:
            if not isinstance(value, self.kind):
                raise refusal
            return cast("Value", value)
        if isinstance(value, bool):
            raise refusal
        if self.kind is int:
            if not isinstance(value, numbers.Integral):
                raise refusal
            return int(value)
        if not isinstance(value, numbers.Real):
            raise refusal
        if not math.isfinite(value):
            raise ParamError(f"parameter {self.name}={value!r} must be a finite number")
        return float(value)


def Param(  # noqa: N802 — reads as the declaration it makes
    default: T,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    choices: Sequence[T] | None = None,
) -> T:
    """Declare a parameter of a strategy: `fast: int = Param(12, ge=2, le=100)`.

    Args:
        default: its value where none is given; must satisfy the bounds.
        ge: smallest value allowed.
        gt: bound that the value must exceed.
        le: largest value allowed.
        lt: bound that the value must stay below.
        choices: the only values allowed.

    The checkers see a value of the annotated type; at run time the class holds a `ParamSpec`.
    """
    bounds = {"ge": ge, "gt": gt, "le": le, "lt": lt}
    spec = ParamSpec(
        name="",
        kind=object,
        default=default,
        bounds={key: bound for key, bound in bounds.items() if bound is not None},
        choices=None if choices is None else tuple(choices),
    )
    return cast("T", spec)


def declared_params(cls: type, inherited: Mapping[str, ParamSpec]) -> dict[str, ParamSpec]:
    """The parameters of `cls`: those inherited, then those of its own body, in their order.

    Raises:
        StrategyError: a field is annotated but no Param, or a Param is not annotated, has a type
            that cannot be searched, or a default outside its own bounds.
    """
    specs = dict(inherited)
    annotations = inspect.get_annotations(cls)
    for name, hint in annotations.items():
        if name.startswith("_") or _is_classvar(hint):
            continue
        if not isinstance(cls.__dict__.get(name), ParamSpec):
            raise StrategyError(
                f"{cls.__name__}.{name} is annotated but no parameter; write "
                f"`{name}: … = Param(default)`, or annotate it ClassVar"
            )
    for name, value in list(cls.__dict__.items()):
        if name in inherited and not isinstance(value, ParamSpec):
            raise StrategyError(
                f"{cls.__name__}.{name} hides an inherited parameter; to change its default write "
                f"`{name}: {inherited[name].kind.__name__} = Param(…)`"
            )
        if isinstance(value, ParamSpec):
            if name not in inherited and any(hasattr(base, name) for base in cls.__bases__):
                raise StrategyError(f"{cls.__name__}.{name}: the name is taken; choose another one")
            if name not in annotations:
                raise StrategyError(f"{cls.__name__}.{name} needs a type: `{name}: int = Param(…)`")
            specs[name] = _bind(cls, name, value, annotations[name])
            setattr(cls, name, specs[name])
    return specs


def _is_classvar(hint: object) -> bool:
    return "ClassVar" in (hint if isinstance(hint, str) else str(hint))


def _bind(cls: type, name: str, spec: ParamSpec, hint: object) -> ParamSpec:
    """`spec` with its name and type, its default checked."""
    holder = SimpleNamespace(__annotations__={name: hint}, __module__=cls.__module__)
    kind = get_type_hints(holder, globalns=_namespace(cls))[name] if isinstance(hint, str) else hint
    choices = spec.choices
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        kind = type(choices[0])
    if kind not in _TYPES:
        raise StrategyError(
            f"{cls.__name__}.{name}: a parameter is an int, float, bool, str or Literal, not {hint}"
        )
    bound = replace(spec, name=name, kind=cast("type", kind), choices=choices)
    try:
        return replace(bound, default=bound.accept(spec.default))
    except ParamError as error:
        raise StrategyError(f"{cls.__name__}: the default of {error}") from error


def _namespace(cls: type) -> dict[str, Any]:
    import sys

    module = sys.modules.get(cls.__module__)
    return dict(vars(module)) if module is not None else {}


def resolve(
    owner: str, specs: Mapping[str, ParamSpec], given: Mapping[str, object]
) -> dict[str, Value]:
    """Every parameter's value: the given ones checked, the others at their default.

    Raises:
        ParamError: a name that is not declared (near names are said), or a value refused.
    """
    for name in given:
        spec_of(owner, specs, name)
    return {
        name: spec.accept(given[name]) if name in given else spec.default
        for name, spec in specs.items()
    }


def spec_of(owner: str, specs: Mapping[str, ParamSpec], name: str) -> ParamSpec:
    """The declared parameter called `name`.

    Raises:
        ParamError: there is none; near names are said.
    """
    if name in specs:
        return specs[name]
    raise ParamError(f"{owner} has no parameter {name!r}; {_suggest(name, specs)}")


def _suggest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"it has {', '.join(names)}" if names else "it has none"
