#!/usr/bin/env python3
"""Write the reference pages that come from the code: docs/figures.md. Run by `make docs`."""

import sys
from pathlib import Path

from sluice.research.figures import definitions

PAGE = Path(__file__).resolve().parents[1] / "docs" / "figures.md"


def figures_page() -> str:
    """Every figure with its definition, as markdown."""
    lines = [
        "# Figures",
        "",
        "Each figure of a run, as defined beside the code that computes it. `make docs` writes it.",
    ]
    for name, text in definitions().items():
        lines += ["", f"## `{name}`", "", text]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(figures_page(), encoding="utf-8")
    sys.stdout.write(f"written: docs/{PAGE.name}\n")
