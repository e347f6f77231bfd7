"""Runs side by side: figures, what differs in what was asked, and one page."""

from sluice.research.comparison.open import compare
from sluice.research.comparison.page import write_comparison
from sluice.research.comparison.side_by_side import Comparison, side_by_side
from sluice.research.comparison.sides import Side, side_of_record, side_of_result

__all__ = [
    "Comparison",
    "Side",
    "compare",
    "side_by_side",
    "side_of_record",
    "side_of_result",
    "write_comparison",
]
