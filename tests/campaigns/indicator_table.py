"""The page of the indicators, docs/indicators.md: how far each is from TA-Lib.

python -m tests.campaigns.indicator_table [--data FOLDER] [--page docs/indicators.md]
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import talib

from sluice.runtime.build import clock
from sluice.strategy.warmup import derive
from unit.strategy.frames import bars
from unit.strategy.indicators.oracle import ROWS, TOLERANCE, deviations
from unit.strategy.indicators.test_against_talib import RECORDED, recorded

REPOSITORY = Path(__file__).resolve().parents[2]


def table(data: Path) -> str:
    """One line a comparison, with the largest deviation over all series."""
    series = [bars(3000, seed=seed) for seed in (0, 1)]
    series += [recorded(data, name) for name in RECORDED]
    lines = []
    for row in ROWS:
        largest = max(deviations(row, frame).max() for frame in series)
        rows = derive(row.expr)
        told = "unbounded" if rows is None else f"{rows:,}"
        lines.append(f"| `{row.ours}` | `{row.theirs}` | {told} | {largest:.0e} |")
    return "\n".join(lines)


def main() -> int:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description="the indicators beside TA-Lib")
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data")
    parser.add_argument("--page", type=Path, default=REPOSITORY / "docs" / "indicators.md")
    asked = parser.parse_args()
    template = Path(__file__).parent / "indicators.template.md"
    text = template.read_text(encoding="utf-8").format(
        rows=len(ROWS),
        day=datetime.fromtimestamp(clock().now_ns() / 1e9, UTC).date().isoformat(),
        version=talib.__version__,
        tolerance=TOLERANCE,
        table=table(asked.data),
    )
    asked.page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
