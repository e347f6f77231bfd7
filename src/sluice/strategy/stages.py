"""The expressions of a strategy as its methods build them; an author's error becomes ours."""

from collections.abc import Callable

import polars as pl

from sluice.domain.errors import SignalError, SluiceError
from sluice.strategy.declaration import Declaration


def signals_of(strategy: Declaration) -> pl.Expr:
    """What `strategy.signals()` returns.

    Raises:
        SignalError: the method fails, or returns something else than an expression.
    """
    return _built(strategy.signals, f"{type(strategy).__name__}.signals")


def allocation_of(strategy: Declaration) -> pl.Expr:
    """What `strategy.allocate()` returns.

    Raises:
        SignalError: the method fails, or returns something else than an expression.
    """
    return _built(strategy.allocate, f"{type(strategy).__name__}.allocate")


def _built(say: Callable[[], object], what: str) -> pl.Expr:
    try:
        expr = say()
    except SluiceError:
        raise
    except Exception as error:
        raise SignalError(f"{what}() fails: {type(error).__name__}: {error}") from error
    if not isinstance(expr, pl.Expr):
        raise SignalError(f"{what}() must return a polars expression, not {type(expr).__name__}")
    return expr
