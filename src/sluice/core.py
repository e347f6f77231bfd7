"""The only door to the compiled core: every name that may be used from it.

`run` drives one simulated run: bars in, columns out. `Bar`, `Context`, `Fill`, `History`, `Order`
and `Position` are what a strategy's callbacks see. All of it is typed in `_core.pyi`.
"""

from sluice._core import (  # noqa: TID251 - this is the door
    Bar,
    BarColumns,
    Context,
    CostRule,
    Fill,
    History,
    Instrument,
    Order,
    Position,
    Run,
    RunSettings,
    run,
)

__all__ = [
    "Bar",
    "BarColumns",
    "Context",
    "CostRule",
    "Fill",
    "History",
    "Instrument",
    "Order",
    "Position",
    "Run",
    "RunSettings",
    "run",
]
