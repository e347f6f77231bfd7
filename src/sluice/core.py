"""The only door to the compiled core: every name that may be used from it.

`run` drives one simulated run: bars, quotes and trades in, columns out. `Bar`, `Quote`, `Trade`,
`Context`, `Fill`, `History`, `Order` and `Position` are what a strategy's callbacks see. All of it
is typed in `_core.pyi`.
"""

from pathlib import Path

from sluice import _core  # noqa: TID251 - this is the door
from sluice._core import (  # noqa: TID251 - this is the door
    Adjustments,
    Bar,
    BarColumns,
    Bracket,
    Context,
    CostRule,
    Currencies,
    Fill,
    Ground,
    History,
    Instrument,
    Order,
    Position,
    Quote,
    QuoteColumns,
    Run,
    RunSettings,
    Trade,
    TradeColumns,
    exact_means,
    run,
)

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
    "binary_path",
    "exact_means",
    "run",
]


def binary_path() -> Path:
    """The file of the compiled core that is loaded; its digest goes into every manifest."""
    assert _core.__file__ is not None, "the core is always loaded from a file"
    return Path(_core.__file__)
