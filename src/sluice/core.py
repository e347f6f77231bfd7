"""The only door to the compiled core: every name that may be used from it.

`run` drives one simulated run: bars in, columns out. `Bar`, `Context`, `Fill`, `History`, `Order`
and `Position` are what a strategy's callbacks see. All of it is typed in `_core.pyi`.
"""

from pathlib import Path

from sluice import _core  # noqa: TID251 - this is the door
from sluice._core import (  # noqa: TID251 - this is the door
    Bar,
    BarColumns,
    Context,
    CostRule,
    Fill,
    Ground,
    History,
    Instrument,
    Order,
    Position,
    Run,
    RunSettings,
    exact_means,
    run,
)

__all__ = [
    "Bar",
    "BarColumns",
    "Context",
    "CostRule",
    "Fill",
    "Ground",
    "History",
    "Instrument",
    "Order",
    "Position",
    "Run",
    "RunSettings",
    "binary_path",
    "exact_means",
    "run",
]


def binary_path() -> Path:
    """The file of the compiled core that is loaded; its digest goes into every manifest."""
    assert _core.__file__ is not None, "the core is always loaded from a file"
    return Path(_core.__file__)
