"""An error in a strategy's callback becomes ours: which callback, where, and the author's lines."""

import inspect
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

from sluice.domain.errors import CallbackError, SluiceError
from sluice.strategy.callbacks import Callbacks, callbacks

_LINES_SHOWN = 8


@contextmanager
def blamed(strategy: Callbacks) -> Iterator[None]:
    """Whatever a callback of `strategy` raises while this holds is named as its own.

    The original error is chained, so that a notebook shows all of it. An interruption passes
    through, and so does every error that did not come out of a callback.

    Raises:
        CallbackError: names the callback, the error, and the author's lines down to it.
    """
    try:
        yield
    except SluiceError:
        raise
    except (Exception, SystemExit) as error:
        found = _callback_in(error.__traceback__, strategy)
        if found is None and isinstance(error, TypeError):
            _refuse_signatures(strategy, error)
        if found is None:
            raise
        name, rest = found
        what = f"{type(strategy).__name__}.{name}"
        said = "it ends the program" if isinstance(error, SystemExit) else _words(error)
        lines = traceback.extract_tb(rest)[-_LINES_SHOWN:]
        where = "".join(
            f"\n  {line.filename}, line {line.lineno}, in {line.name}: {line.line}"
            for line in lines
        )
        msg = f"{what} fails: {type(error).__name__}: {said}; correct it and run again{where}"
        raise CallbackError(msg) from error


def _words(error: BaseException) -> str:
    """The error's words with its notes (the core names the argument there), on one line."""
    return ", ".join(text.strip() for text in (str(error), *getattr(error, "__notes__", ())))


def _callback_in(
    trace: TracebackType | None, strategy: Callbacks
) -> tuple[str, TracebackType] | None:
    """The callback of `strategy` through which the error came, and the trace from there on."""
    names = callbacks(type(strategy))
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_name in names and _self_of(frame) is strategy:
            return frame.f_code.co_name, trace
        trace = trace.tb_next
    return None


def _self_of(frame: FrameType) -> object:
    return frame.f_locals.get(frame.f_code.co_varnames[0]) if frame.f_code.co_varnames else None


def _refuse_signatures(strategy: Callbacks, error: TypeError) -> None:
    """Say which callback cannot be called as the platform calls it, if one cannot."""
    for name in sorted(callbacks(type(strategy))):
        wanted = inspect.signature(getattr(Callbacks, name))
        try:
            inspect.signature(getattr(type(strategy), name)).bind(*wanted.parameters)
        except TypeError:
            msg = (
                f"{type(strategy).__name__}.{name} cannot be called: {error}; "
                f"write def {name}({', '.join(wanted.parameters)})"
            )
            raise CallbackError(msg) from error
