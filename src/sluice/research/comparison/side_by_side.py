"""What two or more runs share and what not: figures, inputs, and how they move together."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sluice.domain.errors import UsageError
from sluice.domain.evidence import Json, jsonable
from sluice.market.calendars import utc_text
from sluice.research.comparison.compared import Compared
from sluice.research.comparison.page import summary, write_comparison
from sluice.research.comparison.sides import Side
from sluice.research.report.formats import METRICS
from sluice.statistics.returns import Floats

MIN_SHARED_SESSIONS = 20
"""Fewer shared daily returns say nothing of a correlation."""

# What is shown of a manifest, in this order; the rest follows from these or is of no interest.
_INPUTS = (
    "strategy",
    "source_digest",
    "cash",
    "seed",
    "latency_ns",
    "touch_fills",
    "config_digest",
    "core_digest",
    "sluice_digest",
)
_DATA = ("name", "digest", "every", "provenance", "symbols")


class Comparison(Compared):
    """Runs side by side, to be read, saved and shown."""

    def report(self, path: str | Path) -> Path:
        """Write one self-contained HTML page and return its path.

        Raises:
            DiskFull: no space is left; a file that stood there before is untouched.
        """
        return write_comparison(self, Path(path))

    def to_json(self) -> dict[str, Json]:
        """Everything but the curves, as plain values; what is undefined is null."""
        return {
            "schema": "sluice.comparison/1",
            "runs": [
                {
                    "label": side.label,
                    "run_id": side.run_id,
                    "strategy": side.strategy,
                    "result_digest": side.result_digest,
                    "params": jsonable(side.manifest.get("params")),
                    "metrics": jsonable(side.stats),
                }
                for side in self.sides
            ],
            "differences": {name: list(texts) for name, texts in self.differences.items()},
            "correlation": jsonable(self.correlation.tolist()),
            "warnings": list(self.warnings),
        }

    def _repr_html_(self) -> str:
        return summary(self)


def side_by_side(sides: Sequence[Side]) -> Comparison:
    """Set runs side by side.

    Raises:
        UsageError: fewer than two, or one of the registry's runs twice.
    """
    if len(sides) < 2:
        msg = "comparing needs two runs or more; `sluice runs list` names them"
        raise UsageError(msg)
    ids = [side.run_id for side in sides if side.run_id is not None]
    twice = sorted({number for number in ids if ids.count(number) > 1})
    if twice:
        msg = f"run {twice[0]} is named twice; name each run once"
        raise UsageError(msg)
    named = _told_apart(sides)
    return Comparison(
        sides=named,
        figures=_figures(named),
        differences=_differences(named),
        correlation=_correlation(named),
        warnings=tuple(_warnings(named)),
    )


def _told_apart(sides: Sequence[Side]) -> tuple[Side, ...]:
    """Sides whose labels differ: a label that occurs again gets its place behind it."""
    labels = [side.label for side in sides]
    return tuple(
        side.called(f"{side.label} ({place + 1})") if labels.count(side.label) > 1 else side
        for place, side in enumerate(sides)
    )


def _figures(sides: Sequence[Side]) -> pl.DataFrame:
    had = list(dict.fromkeys(name for side in sides for name in side.stats))
    names = [name for name in METRICS if name in had] + [n for n in had if n not in METRICS]
    columns: dict[str, pl.Series] = {"figure": pl.Series(names, dtype=pl.String)}
    for side in sides:
        values = [side.stats.get(name) for name in names]
        columns[side.label] = pl.Series(values, dtype=pl.Float64, strict=False).fill_nan(None)
    return pl.DataFrame(columns)


def _differences(sides: Sequence[Side]) -> dict[str, tuple[str, ...]]:
    asked = [_asked(side.manifest) for side in sides]
    names = list(dict.fromkeys(name for one in asked for name in one))
    rows = {name: tuple(one.get(name, "–") for one in asked) for name in names}
    return {name: texts for name, texts in rows.items() if len(set(texts)) > 1}


def _asked(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What a run depends on, flat and as text."""
    flat = {name: _text(manifest[name]) for name in _INPUTS if name in manifest}
    data = manifest.get("data") or {}
    flat |= {f"data.{name}": _text(data[name]) for name in _DATA if name in data}
    if "start_ns" in data and "end_ns" in data:
        flat["window"] = f"{utc_text(data['start_ns'])} to {utc_text(data['end_ns'])}"
    flat |= {
        f"param.{name}": _text(value) for name, value in (manifest.get("params") or {}).items()
    }
    costs = manifest.get("costs") or {}
    return flat | {f"costs.{name}": _text(schedule) for name, schedule in costs.items()}


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(entry)}" for key, entry in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(entry) for entry in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _correlation(sides: Sequence[Side]) -> Floats:
    """Pearson correlation of daily returns, pair by pair over the sessions that both have."""
    count = len(sides)
    result = np.full((count, count), np.nan)
    for row, first in enumerate(sides):
        for column, second in enumerate(sides):
            result[row, column] = _together(first, second)
    return result


def _together(first: Side, second: Side) -> float:
    if first.daily is None or second.daily is None:
        return float("nan")
    _, left, right = np.intersect1d(
        first.daily.session, second.daily.session, assume_unique=True, return_indices=True
    )
    a, b = first.daily.returns[left], second.daily.returns[right]
    known = np.isfinite(a) & np.isfinite(b)
    a, b = a[known] - a[known].mean() if known.any() else a[known], b[known]
    if a.size < MIN_SHARED_SESSIONS:
        return float("nan")
    b = b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else float("nan")


def _warnings(sides: Sequence[Side]) -> list[str]:
    """What makes figures side by side misleading."""
    data = [side.manifest.get("data") or {} for side in sides]
    said = []
    if len({(one.get("start_ns"), one.get("end_ns")) for one in data}) > 1:
        said.append("the windows differ: figures of different times are no contest")
    if len({one.get("provenance") for one in data}) > 1:
        said.append("simulated and recorded data are compared: only the latter says of a market")
    if len({one.get("digest") for one in data}) > 1:
        said.append("the data differ")
    if len({side.manifest.get("cash") for side in sides}) > 1:
        said.append("the capital differs: money figures do not compare, ratios do")
    without = [side.label for side in sides if side.daily is None]
    if without:
        said.append(f"no equity curve was kept of {', '.join(without)}; run it again to see one")
    return said
