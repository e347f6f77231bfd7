"""Runs side by side: figures, what differs in what was asked, and one page."""

from sluice.research.comparison.compare import Comparison, compare
from sluice.research.comparison.open import compared
from sluice.research.comparison.page import write_comparison
from sluice.research.comparison.sides import Side, side_of_record, side_of_result

__all__ = [
    "Comparison",
    "Side",
    "compare",
    "compared",
    "side_of_record",
    "side_of_result",
    "write_comparison",
]
