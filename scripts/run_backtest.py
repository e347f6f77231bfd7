#!/usr/bin/env python3
"""Backtest a strategy and judge it: --mode research is Gate 1, --validate is Gate 2 (see --help).

The same as `sluice backtest`. From a fresh shell in the clone this runs itself under the clone's
.venv; nothing has to be activated.
"""

import importlib.util
import os
import sys
from pathlib import Path


def is_built() -> bool:
    """Whether this Python has sluice with its compiled core."""
    try:
        return importlib.util.find_spec("sluice._core") is not None
    except ModuleNotFoundError:
        return False


def ensure_sluice() -> None:
    """Go on under .venv/bin/python where this Python has no sluice, or say how to build it."""
    if is_built():
        return
    prefix = Path(__file__).resolve().parents[1] / ".venv"
    python = prefix / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.is_file() and Path(sys.prefix).resolve() != prefix.resolve():
        os.execv(python, [str(python), __file__, *sys.argv[1:]])  # noqa: S606 - our own interpreter
    sys.stderr.write("error: sluice is not built here; run `make build` in the clone first\n")
    sys.exit(2)


if __name__ == "__main__":
    ensure_sluice()
    from sluice.cli.backtest import main

    main()
