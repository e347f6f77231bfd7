"""Sluice: a quant trading platform in which nothing reaches a market without passing its gates.

The public names are loaded when they are first used, so that `import sluice` costs a millisecond.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from sluice.core import Bar, Context, Fill, Order, Position
    from sluice.domain.errors import SluiceError
    from sluice.domain.strategy import Bars, Expect, Hypothesis
    from sluice.market.features import (
        beta,
        close,
        ema,
        high,
        low,
        of,
        open_,
        score,
        sma,
        std,
        volume,
        zscore,
    )
    from sluice.research.backtest import backtest
    from sluice.research.check import check
    from sluice.research.comparison import compared as compare
    from sluice.research.result import Result
    from sluice.strategy.base import Strategy
    from sluice.strategy.expressions import hold, long_short
    from sluice.strategy.params import Param

__all__ = [
    "Bar",
    "Bars",
    "Context",
    "Expect",
    "Fill",
    "Hypothesis",
    "Order",
    "Param",
    "Position",
    "Result",
    "SluiceError",
    "Strategy",
    "backtest",
    "beta",
    "check",
    "close",
    "compare",
    "ema",
    "high",
    "hold",
    "long_short",
    "low",
    "of",
    "open_",
    "score",
    "sma",
    "std",
    "volume",
    "zscore",
]

# Guarded, so that the checkers see the imports above and still catch a misspelt name.
if not TYPE_CHECKING:
    _HOMES = {
        **dict.fromkeys(("Bar", "Context", "Fill", "Order", "Position"), "sluice.core"),
        **dict.fromkeys(("Bars", "Expect", "Hypothesis"), "sluice.domain.strategy"),
        **dict.fromkeys(
            ("beta", "close", "ema", "high", "low", "of", "open_", "score", "sma", "std"),
            "sluice.market.features",
        ),
        **dict.fromkeys(("volume", "zscore"), "sluice.market.features"),
        **dict.fromkeys(("hold", "long_short"), "sluice.strategy.expressions"),
        "Param": "sluice.strategy.params",
        "Result": "sluice.research.result",
        "SluiceError": "sluice.domain.errors",
        "Strategy": "sluice.strategy.base",
        "backtest": "sluice.research.backtest",
        "check": "sluice.research.check",
        "compare": "sluice.research.comparison:compared",
    }

    def __getattr__(name):
        """A public name, loaded at its first use."""
        if name not in _HOMES:
            raise AttributeError(f"module 'sluice' has no attribute {name!r}")
        import importlib

        module, _, other = _HOMES[name].partition(":")
        value = getattr(importlib.import_module(module), other or name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *__all__})
