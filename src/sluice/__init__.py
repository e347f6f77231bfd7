"""Sluice: a quant trading platform in which nothing reaches a market without passing its gates.

The public names are loaded when they are first used, so that `import sluice` costs a millisecond.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from sluice.core import Bar, Context, Fill, Order, Position, Quote, Trade
    from sluice.domain.errors import SluiceError
    from sluice.domain.feeds import Quotes, Trades
    from sluice.domain.strategy import Bars, Expect, Hypothesis
    from sluice.market.features import (
        beta,
        close,
        ema,
        high,
        low,
        of,
        open_,
        raw_close,
        raw_high,
        raw_low,
        raw_open,
        raw_volume,
        score,
        sma,
        std,
        volume,
        zscore,
    )
    from sluice.research.backtest import backtest
    from sluice.research.check import check
    from sluice.research.comparison import compare
    from sluice.research.result import Result
    from sluice.research.sweep.result import Sweep
    from sluice.research.sweep.run import sweep
    from sluice.strategy import indicators
    from sluice.strategy.base import Strategy
    from sluice.strategy.expressions import hold, long_short
    from sluice.strategy.indicators import (
        ad,
        adosc,
        adx,
        aroon,
        atr,
        avgprice,
        bbands,
        bop,
        cci,
        cmo,
        cointegration,
        correl,
        dema,
        donchian,
        dx,
        hedge_ratio,
        hma,
        keltner,
        linreg,
        linreg_intercept,
        linreg_slope,
        macd,
        medprice,
        mfi,
        midpoint,
        midprice,
        minus_di,
        mom,
        natr,
        obv,
        plus_di,
        ppo,
        rma,
        roc,
        rsi,
        stochastic,
        stochrsi,
        t3,
        tema,
        trange,
        trima,
        trix,
        tsf,
        typprice,
        ultosc,
        var,
        vwap,
        vwma,
        wclprice,
        willr,
        wma,
    )
    from sluice.strategy.params import Param
    from sluice.strategy.sizing import inverse_vol, vol_target
    from sluice.strategy.timeframes import at

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
    "Quote",
    "Quotes",
    "Result",
    "SluiceError",
    "Strategy",
    "Sweep",
    "Trade",
    "Trades",
    "ad",
    "adosc",
    "adx",
    "aroon",
    "at",
    "atr",
    "avgprice",
    "backtest",
    "bbands",
    "beta",
    "bop",
    "cci",
    "check",
    "close",
    "cmo",
    "cointegration",
    "compare",
    "correl",
    "dema",
    "donchian",
    "dx",
    "ema",
    "hedge_ratio",
    "high",
    "hma",
    "hold",
    "indicators",
    "inverse_vol",
    "keltner",
    "linreg",
    "linreg_intercept",
    "linreg_slope",
    "long_short",
    "low",
    "macd",
    "medprice",
    "mfi",
    "midpoint",
    "midprice",
    "minus_di",
    "mom",
    "natr",
    "obv",
    "of",
    "open_",
    "plus_di",
    "ppo",
    "raw_close",
    "raw_high",
    "raw_low",
    "raw_open",
    "raw_volume",
    "rma",
    "roc",
    "rsi",
    "score",
    "sma",
    "std",
    "stochastic",
    "stochrsi",
    "sweep",
    "t3",
    "tema",
    "trange",
    "trima",
    "trix",
    "tsf",
    "typprice",
    "ultosc",
    "var",
    "vol_target",
    "volume",
    "vwap",
    "vwma",
    "wclprice",
    "willr",
    "wma",
    "zscore",
]

# Guarded, so that the checkers see the imports above and still catch a misspelt name.
if not TYPE_CHECKING:
    _HOMES = {
        **dict.fromkeys(
            ("Bar", "Context", "Fill", "Order", "Position", "Quote", "Trade"), "sluice.core"
        ),
        **dict.fromkeys(("Quotes", "Trades"), "sluice.domain.feeds"),
        **dict.fromkeys(("Bars", "Expect", "Hypothesis"), "sluice.domain.strategy"),
        **dict.fromkeys(
            ("beta", "close", "ema", "high", "low", "of", "open_", "score", "sma", "std"),
            "sluice.market.features",
        ),
        **dict.fromkeys(("volume", "zscore"), "sluice.market.features"),
        **dict.fromkeys(
            ("raw_close", "raw_high", "raw_low", "raw_open", "raw_volume"), "sluice.market.features"
        ),
        **dict.fromkeys(("hold", "long_short"), "sluice.strategy.expressions"),
        "at": "sluice.strategy.timeframes",
        **dict.fromkeys(("inverse_vol", "vol_target"), "sluice.strategy.sizing"),
        "Param": "sluice.strategy.params",
        "Result": "sluice.research.result",
        "SluiceError": "sluice.domain.errors",
        "Strategy": "sluice.strategy.base",
        "backtest": "sluice.research.backtest",
        "indicators": "sluice.strategy.indicators",
        "check": "sluice.research.check",
        "Sweep": "sluice.research.sweep.result",
        "sweep": "sluice.research.sweep.run",
        "compare": "sluice.research.comparison",
    }

    def __getattr__(name):
        """A public name, loaded at its first use; without a home named above: an indicator."""
        if name not in __all__:
            raise AttributeError(f"module 'sluice' has no attribute {name!r}")
        import importlib

        home = importlib.import_module(_HOMES.get(name, "sluice.strategy.indicators"))
        value = home if name == "indicators" else getattr(home, name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *__all__})
