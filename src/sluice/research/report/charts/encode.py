"""Charts as compact JSON for the page: stamps as steps from the first, numbers in nine digits.

Everything that could end a <script> element is escaped, so that no name can leave the data.
"""

import json
import math
from typing import Any

import numpy as np
import numpy.typing as npt

DIGITS = 9


def data_json(value: Any) -> str:
    """JSON that may stand inside a <script type="application/json"> element."""
    text = json.dumps(plain(value), separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def plain(value: Any) -> Any:
    """The value in JSON's own types: arrays as lists or steps, NaN and infinity as null."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case np.ndarray() if np.issubdtype(value.dtype, np.datetime64):
            return _steps(value)
        case np.ndarray():
            return plain(value.tolist())
        case float():
            return _short(value)
    return value


def _short(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def _steps(stamps: npt.NDArray[np.datetime64]) -> dict[str, Any]:
    """{"from": ms of the first, "unit": ms, "steps": [n, …]}: the script adds them up."""
    ms = stamps.astype("datetime64[ms]").astype(np.int64)
    if len(ms) == 0:
        return {"from": 0, "unit": 1, "steps": []}
    steps = np.diff(ms, prepend=ms[0])
    unit = int(np.gcd.reduce(steps)) or 1
    return {"from": int(ms[0]), "unit": unit, "steps": (steps // unit).tolist()}
