"""`sluice sweep`: a strategy over a grid of parameters, resumed by running it again."""

import math
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sluice.cli import errors, output
from sluice.operations.sweep import SweepRequest

if TYPE_CHECKING:
    from sluice.research.sweep.result import Sweep

app = typer.Typer(add_completion=False)

EXAMPLES = """Examples:

sluice sweep ema_cross --param fast=5:45:5 --param slow=50,100,200

sluice sweep my_idea.py:MyIdea --param n=24:96:12 --data prices.csv --by total_return --out found

Ctrl-C keeps the finished points; the same command goes on from them.

Exit codes: 0 done, 2 usage, data or environment, 130 interrupted.
"""


@app.command(epilog=EXAMPLES)
def sweep(  # noqa: PLR0913 - one parameter for each option of the command line
    *,
    strategy: Annotated[
        str, typer.Argument(help="A registered name, or path/to/file.py:Class.", metavar="STRATEGY")
    ],
    param: Annotated[
        list[str] | None,
        typer.Option(
            help="name=first:last:step or name=value,value; again for each.", metavar="K=V"
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help="A data set, file or folder, instead of what the strategy declares."),
    ] = None,
    by: Annotated[str, typer.Option(help="The figure to rank by.", metavar="FIGURE")] = "sharpe",
    top: Annotated[int, typer.Option(help="How many points to print.", min=1)] = 10,
    out: Annotated[
        Path | None, typer.Option(help="A folder for points.csv and sweep.html.", metavar="DIR")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="See the whole window, its last 20 % too.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh/--resume", help="Run and count finished points again.")
    ] = False,
    fees: Annotated[
        str | None, typer.Option(help="Maker and taker fee: 0.001 or 10bp.", metavar="RATE")
    ] = None,
    slippage: Annotated[
        str | None, typer.Option(help="Half-spread: 0.0001 or 1bp.", metavar="RATE")
    ] = None,
    cash: Annotated[
        float | None, typer.Option(help="Capital in the base currency.", metavar="MONEY")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Run a strategy at every point of a grid of parameters; each point counts as a trial."""
    request = SweepRequest(
        strategy=strategy,
        params=tuple(param or ()),
        data=data,
        by=by,
        out=out,
        whole=whole,
        fresh=fresh,
        fees=fees,
        slippage=slippage,
        cash=cash,
    )
    found = _run(request, json_wanted=as_json)
    if as_json:
        output.show_json(_document(found, by, top))
    else:
        output.show(*_words(found, by, top, out))


def _run(request: SweepRequest, *, json_wanted: bool) -> "Sweep":
    with output.only_json(json_wanted=json_wanted):
        from sluice.operations import sweep as operation

        try:
            with output.progress_bar(json_wanted=json_wanted) as progress:
                return operation.run(request, progress)
        except KeyboardInterrupt:
            command = shlex.join(["sluice", *_resuming(sys.argv[1:])])
            words = f"the finished points are kept and counted; go on with: {command}"
            output.errors().print(words, soft_wrap=True)
            raise typer.Exit(errors.INTERRUPTED) from None


def _resuming(arguments: list[str]) -> list[str]:
    return [argument for argument in arguments if argument != "--fresh"]


def _words(found: "Sweep", by: str, top: int, out: Path | None) -> list[Any]:
    from rich.table import Table

    shown = found.ranked(by).head(top)
    named = dict.fromkeys([*found.axes, by, "total_return", "max_drawdown", "round_trips", "fees"])
    table = Table(*named)
    for row in shown.iter_rows(named=True):
        table.add_row(*(_cell(row[name]) for name in named))
    left = f", {found.skipped} skipped" if found.skipped else ""
    lines = [
        f"{len(found.table)} points{left}; {found.unseen}",
        f"{found.trials} trials of this lineage on this window so far: the best of many is luck "
        "until it holds on what was not seen",
        f"every point: {found.folder}",
    ]
    if out is not None:
        lines.append(f"written: {out / 'points.csv'}, {out / 'sweep.html'}")
    return [table, *lines]


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _document(found: "Sweep", by: str, top: int) -> dict[str, Any]:
    rows = found.ranked(by).head(top).to_dicts()
    return {
        "schema": "sluice.sweep/1",
        "id": found.ident,
        "strategy": found.strategy.__name__,
        "data": found.data,
        "points": len(found.table),
        "skipped": found.skipped,
        "trials": found.trials,
        "unseen": found.unseen,
        "by": by,
        "best": [{name: _json(value) for name, value in row.items()} for row in rows],
        "folder": str(found.folder),
    }


def _json(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
