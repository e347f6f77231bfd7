"""`sluice compare`: recorded runs side by side, as a table and one HTML page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli import output

if TYPE_CHECKING:
    from sluice.research.comparison import Comparison

app = typer.Typer(add_completion=False)

EXAMPLES = """Examples:

sluice compare 12 15

sluice compare 12 15 18 --out compared.html --json

Exit codes: 0 done, 2 usage, data or environment, 130 interrupted.
"""


@app.command(epilog=EXAMPLES)
def compare(
    runs: Annotated[
        list[str],
        typer.Argument(help="Two runs or more: number, `latest`, or digits of a result digest."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The page (default: in the reports of the home).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Figures, what was asked differently, and how the runs move together."""
    from sluice.operations.runs import compare_runs
    from sluice.runtime.build import home, open_registry

    with open_registry() as store:
        found = compare_runs(store, runs)
    numbers = "-".join(str(side.run_id) for side in found.sides)
    page = found.report((out or home().reports / f"compare-{numbers}.html").absolute())
    if json:
        output.show_json({**found.to_json(), "report": str(page)})
        return
    _shown(found)
    output.show(f"page  {page}")


def _shown(found: "Comparison") -> None:
    from rich.table import Table

    from sluice.cli.verdict import figure

    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    table.add_column("figure", no_wrap=True)
    for side in found.sides:
        table.add_column(side.label, justify="right", overflow="fold")
    for name, *values in found.figures.iter_rows():
        table.add_row(name, *(figure(name, value) for value in values))
    output.show(table)
    if found.differences:
        asked = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
        asked.add_column("asked differently", no_wrap=True)
        for side in found.sides:
            asked.add_column(side.label, overflow="fold")
        for name, texts in found.differences.items():
            asked.add_row(name, *(_short(name, text) for text in texts))
        output.show("", asked)
    for warning in found.warnings:
        output.show(f"note  {warning}")


def _short(name: str, text: str) -> str:
    return text[:12] if "digest" in name else text
