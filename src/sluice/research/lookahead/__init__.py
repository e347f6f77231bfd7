"""Whether a strategy reads the future: the static findings, then the data cut and perturbed."""

from sluice.research.lookahead.report import (
    LookaheadFinding,
    LookaheadReport,
    decision_rows,
    lookahead_report,
    rows_of,
    sampled_rows,
    verify_warmup,
)

__all__ = [
    "LookaheadFinding",
    "LookaheadReport",
    "decision_rows",
    "lookahead_report",
    "rows_of",
    "sampled_rows",
    "verify_warmup",
]
