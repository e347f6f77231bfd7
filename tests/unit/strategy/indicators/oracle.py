"""The indicators beside TA-Lib: one row a comparison, written as both sides are typed.

TA-Lib starts a recursive mean at a simple mean of its first window, ours at the first value; they
are compared from the row on at which 1e-12 of any start is left, the derived warm-up (where that
is unbounded, from the first row at which both speak). A deviation is relative to the value, or to
the mean size of the series where the value is smaller. Left out are rows where ours is null because
nothing moved (TA-Lib says 0 there), and of `mfi` those whose window holds two bars of the same
typical price: TA-Lib lets the last bit of the sum decide whether the money went up or down.
"""

from dataclasses import dataclass
from itertools import starmap

import numpy as np
import polars as pl
import talib

from sluice import close, high, low, open_, volume
from sluice.strategy import indicators
from sluice.strategy.warmup import derive

TOLERANCE = 1e-9
TIED = "(typprice().diff(1).abs() <= 1e-12 * typprice()).cast(pl.Int8).rolling_max(14)"


@dataclass(frozen=True)
class Row:
    """`ours` and `theirs` as typed; rows on which `apart` holds are not compared."""

    ours: str
    theirs: str
    apart: str = "high.is_null()"

    @property
    def expr(self) -> pl.Expr:
        return eval(self.ours, {**_OURS})

    @property
    def left_out(self) -> pl.Expr:
        return eval(self.apart, {**_OURS}).cast(pl.Boolean).fill_null(value=False)


ROWS = tuple(
    starmap(
        Row,
        [
            ("sma(close, 20)", "SMA(c, 20)"),
            ("ema(close, 20)", "EMA(c, 20)"),
            ("wma(close, 20)", "WMA(c, 20)"),
            ("dema(close, 20)", "DEMA(c, 20)"),
            ("tema(close, 20)", "TEMA(c, 20)"),
            ("t3(close, 5)", "T3(c, 5, 0.7)"),
            ("trima(close, 21)", "TRIMA(c, 21)"),
            ("trima(close, 20)", "TRIMA(c, 20)"),
            ("midpoint(close, 14)", "MIDPOINT(c, 14)"),
            ("midprice(14)", "MIDPRICE(h, l, 14)"),
            ("vwma(close, 20)", "SUM(c * v, 20) / SUM(v, 20)"),
            ("vwap(20)", "SUM(TYPPRICE(h, l, c) * v, 20) / SUM(v, 20)"),
            ("mom(close, 10)", "MOM(c, 10)"),
            ("roc(close, 10)", "ROC(c, 10)"),
            ("rsi(close, 14)", "RSI(c, 14)"),
            ("cmo(close, 14)", "CMO(c, 14)"),
            ("macd(close, 12, 26, 9).line", "MACD(c, 12, 26, 9)[0]"),
            ("macd(close, 12, 26, 9).signal", "MACD(c, 12, 26, 9)[1]"),
            ("macd(close, 12, 26, 9).hist", "MACD(c, 12, 26, 9)[2]"),
            ("ppo(close, 12, 26)", "PPO(c, 12, 26, 1)"),
            ("trix(close, 15)", "TRIX(c, 15)"),
            ("stochastic(14, 3, 3).k", "STOCH(h, l, c, 14, 3, 0, 3, 0)[0]"),
            ("stochastic(14, 3, 3).d", "STOCH(h, l, c, 14, 3, 0, 3, 0)[1]"),
            ("stochastic(5, 1, 3).k", "STOCHF(h, l, c, 5, 3, 0)[0]"),
            ("stochrsi(close, 14, 5, 3).k", "STOCHRSI(c, 14, 5, 3, 0)[0]"),
            ("stochrsi(close, 14, 5, 3).d", "STOCHRSI(c, 14, 5, 3, 0)[1]"),
            ("willr(14)", "WILLR(h, l, c, 14)"),
            ("cci(20)", "CCI(h, l, c, 20)"),
            ("ultosc(7, 14, 28)", "ULTOSC(h, l, c, 7, 14, 28)"),
            ("bop()", "BOP(o, h, l, c)"),
            ("aroon(14).up", "AROON(h, l, 14)[1]"),
            ("aroon(14).down", "AROON(h, l, 14)[0]"),
            ("aroon(14).osc", "AROONOSC(h, l, 14)"),
            ("plus_di(14)", "PLUS_DI(h, l, c, 14)"),
            ("minus_di(14)", "MINUS_DI(h, l, c, 14)"),
            ("dx(14)", "DX(h, l, c, 14)"),
            ("adx(14)", "ADX(h, l, c, 14)"),
            ("trange()", "TRANGE(h, l, c)"),
            ("atr(14)", "ATR(h, l, c, 14)"),
            ("natr(14)", "NATR(h, l, c, 14)"),
            ("std(close, 20, ddof=0)", "STDDEV(c, 20)"),
            ("var(close, 20, ddof=0)", "VAR(c, 20)"),
            ("zscore(close, 20, ddof=0)", "(c - SMA(c, 20)) / STDDEV(c, 20)"),
            ("bbands(close, 20, 2.0).upper", "BBANDS(c, 20, 2, 2)[0]"),
            ("bbands(close, 20, 2.0).middle", "BBANDS(c, 20, 2, 2)[1]"),
            ("bbands(close, 20, 2.0).lower", "BBANDS(c, 20, 2, 2)[2]"),
            ("donchian(20).upper", "MAX(h, 20)"),
            ("donchian(20).lower", "MIN(l, 20)"),
            ("keltner(20, 2.0, 10).upper", "EMA(c, 20) + 2 * ATR(h, l, c, 10)"),
            ("keltner(20, 2.0, 10).lower", "EMA(c, 20) - 2 * ATR(h, l, c, 10)"),
            ("linreg(close, 14)", "LINEARREG(c, 14)"),
            ("linreg_slope(close, 14)", "LINEARREG_SLOPE(c, 14)"),
            ("linreg_intercept(close, 14)", "LINEARREG_INTERCEPT(c, 14)"),
            ("tsf(close, 14)", "TSF(c, 14)"),
            ("beta(roc(low, 1), roc(high, 1), 20)", "BETA(h, l, 20)"),
            ("correl(high, low, 30)", "CORREL(h, l, 30)"),
            ("obv()", "OBV(c, v)"),
            ("ad()", "AD(h, l, c, v)"),
            ("adosc(3, 10)", "ADOSC(h, l, c, v, 3, 10)"),
            ("mfi(14)", "MFI(h, l, c, v, 14)", TIED),
            ("typprice()", "TYPPRICE(h, l, c)"),
            ("medprice()", "MEDPRICE(h, l)"),
            ("wclprice()", "WCLPRICE(h, l, c)"),
            ("avgprice()", "AVGPRICE(o, h, l, c)"),
        ],
    )
)

_OURS = {
    **{name: getattr(indicators, name) for name in indicators.__all__},
    "close": close,
    "high": high,
    "low": low,
    "open_": open_,
    "volume": volume,
    "pl": pl,
}


def deviations(row: Row, frame: pl.DataFrame) -> np.ndarray:
    """Relative deviation of ours from TA-Lib's at each row that both are asked for."""
    frame = frame.with_columns(pl.col("volume").cast(pl.Float64))  # shares are counted in integers
    ours = frame.select(row.expr.alias("x"))["x"].fill_null(np.nan).to_numpy()
    columns = {c: frame[name].to_numpy() for c, name in _COLUMNS.items()}
    with np.errstate(all="ignore"):
        theirs = eval(row.theirs, {name: getattr(talib, name) for name in _FUNCTIONS}, columns)
    asked = np.isfinite(ours) & np.isfinite(theirs)
    asked &= ~frame.select(row.left_out.alias("x"))["x"].to_numpy()
    asked[: (derive(row.expr) or 1) - 1] = False
    size = np.abs(theirs[asked]).mean()
    return np.abs(ours - theirs)[asked] / np.maximum(np.abs(theirs[asked]), size)


_COLUMNS = {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}
_FUNCTIONS = tuple(talib.get_functions())
