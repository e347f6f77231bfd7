"""The grid of a sweep: named parameters, the values of each, and every combination in order."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sluice.domain.errors import ParamError, UsageError
from sluice.strategy.base import Strategy
from sluice.strategy.params import ParamSpec, Value, spec_of

POINTS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter and the values that it takes, each once."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Axes in the order given; the last one turns fastest."""

    axes: tuple[Axis, ...]

    @property
    def size(self) -> int:
        """How many points."""
        size = 1
        for axis in self.axes:
            size *= len(axis.values)
        return size

    def points(self) -> Iterator[dict[str, Value]]:
        """Every point, in the order of their numbers."""
        names = [axis.name for axis in self.axes]
        for values in itertools.product(*(axis.values for axis in self.axes)):
            yield dict(zip(names, values, strict=True))


def grid_of(cls: type[Strategy], given: Mapping[str, object]) -> Grid:
    """The grid of parameters given in Python: a range, a list, an array, or one value.

    Raises:
        ParamError: a name that is not declared (near names are said), a value refused.
        UsageError: no parameter, an axis without a value, more than POINTS_MAX points.
    """
    return _grid(
        Axis(name, _unique(name, [_spec(cls, name).accept(value) for value in _values(values)]))
        for name, values in given.items()
    )


def grid_of_text(cls: type[Strategy], texts: Sequence[str]) -> Grid:
    """The grid of a command line: "fast=5:50:5" (50 included), "slow=50,100,200", "size=0.1".

    Raises:
        UsageError, ParamError: as `grid_of`; a text that is none of these.
    """
    axes = []
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not name.strip() or not values.strip():
            msg = f"--param {text!r} must be name=first:last:step or name=value,value"
            raise UsageError(msg)
        spec = _spec(cls, name.strip())
        parts = _range(text, spec, values) if ":" in values else values.split(",")
        parsed = [spec.parse(part.strip()) for part in parts]
        axes.append(Axis(spec.name, _unique(spec.name, parsed)))
    return _grid(axes)


def _spec(cls: type[Strategy], name: str) -> ParamSpec:
    return spec_of(cls.__name__, cls.param_specs, name)


def _values(given: object) -> Iterable[object]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        return [given]
    return [value.item() if hasattr(value, "item") else value for value in given]


def _range(text: str, spec: ParamSpec, values: str) -> list[str]:
    """The decimals first, first + step, … up to last, included where it is met."""
    if spec.kind not in (int, float):
        msg = f"--param {text!r}: {spec.name} is no number, so it has no range; list its values"
        raise UsageError(msg)
    try:
        first, last, step = (Decimal(part.strip()) for part in values.split(":"))
    except (InvalidOperation, ValueError) as error:
        msg = f"--param {text!r}: a range is first:last:step in numbers, such as 5:50:5"
        raise UsageError(msg) from error
    if not all(part.is_finite() for part in (first, last, step)) or step <= 0:
        msg = f"--param {text!r}: the step must be above 0 and every number finite"
        raise UsageError(msg)
    count = int((last - first) / step) + 1 if last >= first else 0
    if count > POINTS_MAX:
        raise UsageError(_too_large(count))
    return [format((first + step * i).normalize(), "f") for i in range(count)]


def _unique(name: str, values: list[Value]) -> tuple[Value, ...]:
    if not values:
        raise UsageError(f"{name} has no value; the first must not be above the last")
    found = tuple(dict.fromkeys(values))
    if len(found) < len(values):
        raise ParamError(f"{name} has a value twice; give each once")
    return found


def _grid(axes: Iterable[Axis]) -> Grid:
    grid = Grid(tuple(axes))
    names = [axis.name for axis in grid.axes]
    if not names:
        raise UsageError("a sweep needs a parameter to vary; give one as fast=5:50:5")
    if len(set(names)) < len(names):
        raise UsageError(f"a parameter is given twice among {', '.join(names)}; give each once")
    if grid.size > POINTS_MAX:
        raise UsageError(_too_large(grid.size))
    return grid


def _too_large(size: int) -> str:
    return (
        f"the grid has {size:,} points and may have {POINTS_MAX:,}; every point is a trial that "
        "the result must beat by luck alone: take wider steps"
    )
