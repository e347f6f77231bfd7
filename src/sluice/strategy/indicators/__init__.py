"""Indicators as polars expressions: causal, null until their window is full, never NaN.

An indicator of one series takes the series first, `rsi(of("ETHUSDT").close, 14)`; one of whole bars
takes them by name, `atr(14, bars=of("ETHUSDT"))`. The comparison with TA-Lib is in
docs/indicators.md.
"""

from sluice.strategy.indicators.averages import (
    dema,
    ema,
    hma,
    midpoint,
    midprice,
    rma,
    sma,
    t3,
    tema,
    trima,
    vwma,
    wma,
)
from sluice.strategy.indicators.bands import bbands, donchian, keltner
from sluice.strategy.indicators.momentum import (
    bop,
    cci,
    cmo,
    macd,
    mom,
    ppo,
    roc,
    rsi,
    stochastic,
    stochrsi,
    trix,
    ultosc,
    willr,
)
from sluice.strategy.indicators.price import avgprice, medprice, typprice, wclprice
from sluice.strategy.indicators.regression import (
    beta,
    correl,
    hedge_ratio,
    linreg,
    linreg_intercept,
    linreg_slope,
    tsf,
)
from sluice.strategy.indicators.trend import adx, aroon, dx, minus_di, plus_di
from sluice.strategy.indicators.volatility import atr, natr, std, trange, var, zscore
from sluice.strategy.indicators.volume import ad, adosc, mfi, obv, vwap

__all__ = [
    "ad",
    "adosc",
    "adx",
    "aroon",
    "atr",
    "avgprice",
    "bbands",
    "beta",
    "bop",
    "cci",
    "cmo",
    "correl",
    "dema",
    "donchian",
    "dx",
    "ema",
    "hedge_ratio",
    "hma",
    "keltner",
    "linreg",
    "linreg_intercept",
    "linreg_slope",
    "macd",
    "medprice",
    "mfi",
    "midpoint",
    "midprice",
    "minus_di",
    "mom",
    "natr",
    "obv",
    "plus_di",
    "ppo",
    "rma",
    "roc",
    "rsi",
    "sma",
    "std",
    "stochastic",
    "stochrsi",
    "t3",
    "tema",
    "trange",
    "trima",
    "trix",
    "tsf",
    "typprice",
    "ultosc",
    "var",
    "vwap",
    "vwma",
    "wclprice",
    "willr",
    "wma",
    "zscore",
]
