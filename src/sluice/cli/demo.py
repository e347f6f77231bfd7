"""`sluice demo`, which `make run` calls: the whole way from market data to two verdicts."""

from typing import Annotated

import typer

from sluice.cli import output

app = typer.Typer(add_completion=False)

_NEXT = """
What to try next:
  open a tear sheet named above in a browser; it works offline
  sluice new strategy my_idea                                  a starting file that runs
  sluice data import prices.csv --name mine                    your own bars: CSV, Parquet, feather
  sluice backtest --strategy my_idea.py:MyIdea --data mine     and a verdict with --mode research
  sluice --help                                                everything else
The commands stand in .venv/bin; `source .venv/bin/activate` puts them on your path."""


@app.command(epilog="Example: sluice demo --json > verdicts.json")
def demo(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Make a simulated market and take two strategies through Gates 1 and 2.

    One of them passes, because the simulated market holds the effect it looks for; the other
    fails. Exit code 0 when all four verdicts were reached, whatever they are.
    """
    with output.only_json(json_wanted=as_json):
        from sluice.operations import demo as operation

        with output.progress_bar(json_wanted=as_json) as progress:
            made = operation.run(progress)
    if as_json:
        verdicts = [came.verdict.to_json() for came in made.outcomes if came.verdict is not None]
        output.show_json({"schema": "sluice.demo/1", "dataset": made.dataset, "verdicts": verdicts})
        return
    from sluice.cli import verdict

    output.show(f"simulated market: {made.bars:,} bars in the data set {made.dataset}\n")
    for came in made.outcomes:
        output.show(*verdict.outcome(came), "")
    output.show(_NEXT)
