"""A polars expression as a typed tree, read from its serialized form; every node can name itself.

The JSON of polars is not promised to be stable: the version range is pinned in pyproject.toml, and
the tests hold the shapes read here. What is not recognized becomes a node of kind "unknown:…",
never an error, so that the caller decides what doubt means.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from typing import Any, TypeAlias

import polars as pl
from polars.exceptions import PolarsError

from sluice.domain.duration import format_duration, parse_duration

Json: TypeAlias = Any

COMPARISONS = frozenset({"Gt", "GtEq", "Lt", "LtEq", "Eq", "NotEq", "EqValidity", "NotEqValidity"})
AT = "at@"  # column "at@1h@{…}": the value of an expression on coarser bars, see timeframes.py
PYTHON = "python"
SERIES = "series"

# Nodes that hold one input and options beside it: where the input stands, by name of the node.
_INPUT_KEYS = ("input", "expr", "function")
# Functions that come in families: the member is part of the kind, as in "Boolean.IsNull".
_FAMILIES = frozenset({"Boolean", "Pow", "Trigonometry", "TemporalExpr", "StringExpr"})
_OPERATORS = {
    "Gt": ">",
    "GtEq": ">=",
    "Lt": "<",
    "LtEq": "<=",
    "Eq": "==",
    "NotEq": "!=",
    "Plus": "+",
    "Minus": "-",
    "Multiply": "*",
    "Divide": "/",
    "TrueDivide": "/",
    "RustDivide": "/",
    "FloorDivide": "//",
    "Modulus": "%",
    "And": "&",
    "Or": "|",
    "LogicalAnd": "&",
    "LogicalOr": "|",
    "Xor": "^",
}
_METHODS = {
    "Agg.NUnique": "n_unique",
    "FillNullWithStrategy": "fill_null",
    "Negate": "neg",
    "Pow.Generic": "pow",
    "Random": "shuffle",
    "RLEID": "rle_id",
    "Rolling.CorrCov": "rolling_corr",
    "ShiftAndFill": "shift",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its kind ("Shift", "Agg.Mean", "Rolling.Mean", "column", …), inputs and options."""

    kind: str
    inputs: tuple["Node", ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    raw: Json = None

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, parents first."""
        yield self
        for child in self.inputs:
            yield from child.walk()

    def expr(self) -> pl.Expr | None:
        """The expression of this node alone; None where it cannot be rebuilt (Python functions)."""
        if any(node.raw is None for node in self.walk()):
            return None
        return pl.Expr.deserialize(StringIO(json.dumps(self.raw)), format="json")

    @property
    def text(self) -> str:
        """The node as an author would write it, such as `close.shift(-1)`."""
        return _text(self)


@dataclass(frozen=True, slots=True)
class Coarser:
    """What a column "at@…" holds: the interval in ns, and the inner expression as JSON text."""

    every_ns: int
    raw: str

    def inner(self) -> Node:
        """The tree of the inner expression, whose rows are coarser bars."""
        return _parse(json.loads(self.raw))


def coarser_of(column: str) -> Coarser:
    """What the column of that name holds; its name begins with AT."""
    every, _, raw = column.removeprefix(AT).partition("@")
    return Coarser(parse_duration(every), raw)


def read(expr: pl.Expr) -> Node:
    """The tree of an expression.

    A Python function cannot be serialized: its node, and each node above it, is of kind "python"
    with the readable parts below it as inputs.
    """
    try:
        return read_text(expr.meta.serialize(format="json"))
    except PolarsError:
        return Node(
            PYTHON, tuple(read(child) for child in expr.meta.pop()), {"text": _one_line(str(expr))}
        )


@lru_cache(maxsize=256)
def read_text(text: str) -> Node:
    """The tree of a serialized expression; kept, because look-ahead asks for it at every cut."""
    return _parse(json.loads(text))


def literal_value(node: Node) -> object:
    """The plain value of a literal node; None for anything else, or a literal null."""
    return node.options.get("value") if node.kind == "literal" else None


def _parse(raw: Json) -> Node:
    if isinstance(raw, str):
        return Node(raw, raw=raw)
    if not isinstance(raw, dict) or len(raw) != 1:
        return Node("unknown:shape", raw=raw)
    ((name, body),) = raw.items()
    try:
        return _named(name, body, raw)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return Node(f"unknown:{name}", raw=raw)


def _named(name: str, body: Json, raw: Json) -> Node:  # noqa: PLR0911 — one table of shapes
    match name:
        case "Column" if str(body).startswith(AT):
            return Node("At", options={"coarser": coarser_of(body)}, raw=raw)
        case "Column":
            return Node("column", options={"name": body}, raw=raw)
        case "Literal":
            return _literal(body, raw)
        case "Function":
            return _function(body, raw)
        case "BinaryExpr":
            sides = (_parse(body["left"]), _parse(body["right"]))
            return Node(f"Binary.{body['op']}", sides, raw=raw)
        case "Ternary":
            inputs = tuple(_parse(body[part]) for part in ("predicate", "truthy", "falsy"))
            return Node("Ternary", inputs, raw=raw)
        case "Alias":
            return Node("Alias", (_parse(body[0]),), {"name": body[1]}, raw)
        case "Agg":
            ((which, argument),) = body.items()
            return Node(f"Agg.{which}", _first_input(argument), raw=raw)
        case _:
            return _other(name, body, raw)


def _first_input(argument: Json) -> tuple[Node, ...]:
    if isinstance(argument, list):
        argument = argument[0]
    if isinstance(argument, dict) and "input" in argument:
        argument = argument["input"]
    return (_parse(argument),)


def _literal(body: Json, raw: Json) -> Node:
    if isinstance(body, dict) and "Series" in body:
        return Node(SERIES, raw=raw)
    value = body
    while isinstance(value, dict) and len(value) == 1:
        ((_, value),) = value.items()
    return Node("literal", options={"value": None if value == "Null" else value}, raw=raw)


def _function(body: Json, raw: Json) -> Node:
    inputs = tuple(_parse(argument) for argument in body["input"])
    function = body["function"]
    if isinstance(function, str):
        return Node(function, inputs, raw=raw)
    ((name, options),) = function.items()
    if name == "RollingExpr":
        which = options["function"]
        kind = which if isinstance(which, str) else next(iter(which))
        return Node(f"Rolling.{kind}", inputs, _rolling_options(which, options["options"]), raw)
    if name == "RollingExprBy":
        return Node(f"RollingBy.{options['function_by']}", inputs, options["options"], raw)
    if name.startswith("Ewm"):
        return Node(name, inputs, options.get("options", options), raw)
    if name in _FAMILIES:
        member, more = (options, {}) if isinstance(options, str) else next(iter(options.items()))
        return Node(f"{name}.{member}", inputs, more if isinstance(more, dict) else {}, raw)
    return Node(name, inputs, options if isinstance(options, dict) else {"argument": options}, raw)


def _rolling_options(which: Json, options: dict[str, Any]) -> dict[str, Any]:
    if isinstance(which, dict):  # correlation and covariance carry a window of their own
        inner = next(iter(which.values())).get("corr_cov_options", {})
        return {**options, **{k: v for k, v in inner.items() if k == "window_size"}}
    return options


def _other(name: str, body: Json, raw: Json) -> Node:
    """Cast, Over, Rolling, Sort, Filter, Slice, Gather …: one main input and named others."""
    if not isinstance(body, dict):
        return Node(f"unknown:{name}", raw=raw)
    inputs: list[Node] = []
    for key in _INPUT_KEYS:
        if key in body:
            inputs.append(_parse(body[key]))
            break
    for key in ("by", "idx", "offset", "length", "partition_by", "order_by", "index_column"):
        for argument in body[key] if isinstance(body.get(key), list) else [body.get(key)]:
            if isinstance(argument, dict) and len(argument) == 1 and name != "Rolling":
                inputs.append(_parse(argument))
    options = {key: value for key, value in body.items() if key not in _INPUT_KEYS}
    return Node(name, tuple(inputs), options, raw)


def _text(node: Node) -> str:  # noqa: PLR0911 — one table of shapes
    inputs = [_text(child) for child in node.inputs]
    match node.kind:
        case "column" | "At":
            return _column_text(node)
        case "literal":
            value = node.options["value"]
            return "[…]" if isinstance(value, list) else repr(value)
        case "series":
            return "Series(…)"
        case "python":
            return str(node.options["text"])
        case "Len":
            return "pl.len()"
        case "Ternary":
            return f"when({inputs[0]}).then({inputs[1]}).otherwise({inputs[2]})"
        case "Cast":
            return f"{_operand(node.inputs[0], inputs[0])}.cast({_dtype(node)})"
        case "Alias":
            return inputs[0]
        case "Over":
            return f"{_operand(node.inputs[0], inputs[0])}.over({', '.join(inputs[1:])})"
    if node.kind.startswith("Binary."):
        op = node.kind.removeprefix("Binary.")
        left, right = (_operand(n, t) for n, t in zip(node.inputs, inputs, strict=True))
        return f"{left} {_OPERATORS.get(op, op)} {right}"
    if not inputs:
        return node.kind
    arguments = ", ".join([*inputs[1:], *_option_text(node)])
    return f"{_operand(node.inputs[0], inputs[0])}.{_method(node.kind)}({arguments})"


def _operand(node: Node, text: str) -> str:
    return f"({text})" if node.kind.startswith("Binary.") else text


def _column_text(node: Node) -> str:
    if node.kind == "At":
        coarser: Coarser = node.options["coarser"]
        return f'at("{format_duration(coarser.every_ns)}", {_text(coarser.inner())})'
    name = str(node.options["name"])
    field_name, at, symbol = name.partition("@")
    field_name = "open_" if field_name == "open" else field_name
    return f'of("{symbol}").{field_name}' if at else field_name


def _method(kind: str) -> str:
    if kind in _METHODS:
        return _METHODS[kind]
    group, dot, name = kind.partition(".")
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name if dot else group).lower()
    if group == "Rolling" and dot:
        return f"rolling_{word}"
    if group == "RollingBy":
        return f"rolling_{word}"
    if group == "TemporalExpr":
        return f"dt.{word}"
    return word


def _option_text(node: Node) -> list[str]:
    options = node.options
    if node.kind.startswith("Rolling.") and "window_size" in options:
        center = ["center=True"] if options.get("center") else []
        return [str(options["window_size"]), *center]
    if node.kind.startswith("Ewm") and "alpha" in options:
        return [f"alpha={options['alpha']:.6g}"]
    if node.kind.startswith("FillNullWithStrategy"):
        return [f"strategy={_strategy(node)!r}"]
    return ["reverse=True"] if options.get("reverse") is True else []


def fill_strategy(node: Node) -> tuple[str, int | None]:
    """Strategy and limit of a `fill_null(strategy=…)` node, such as ("forward", None)."""
    body = node.raw["Function"]["function"]["FillNullWithStrategy"]
    if isinstance(body, str):
        return body.lower(), None
    ((name, limit),) = body.items()
    return name.lower(), limit


def _strategy(node: Node) -> str:
    return fill_strategy(node)[0]


def _dtype(node: Node) -> str:
    dtype = node.options.get("dtype", "")
    return str(dtype.get("Literal", "…")) if isinstance(dtype, dict) else str(dtype)


def _one_line(text: str) -> str:
    short = " ".join(text.split()).replace("python_udf()", "map_batches(…)")
    short = re.sub(r'col\("(\w+)"\)', r"\1", short)
    return short if len(short) <= 120 else short[:117] + "…"
