"""`sluice runs`: the registry's runs. They may be hidden, never deleted."""

import json as json_text
from typing import Annotated, Any, Literal

import typer

from sluice.cli import output
from sluice.domain.run import RunRecord

app = typer.Typer(
    help="List, show and hide recorded runs.", no_args_is_help=True, add_completion=False
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Run = Annotated[
    str, typer.Argument(help="Its number, `latest`, or the first digits of its result digest.")
]
_SHOWN = ("sharpe", "total_return", "max_drawdown", "round_trips")


@app.command(name="list", epilog="Example: sluice runs list --strategy ema_cross --limit 5")
def list_(
    limit: Annotated[int, typer.Option(help="At most so many, the newest.")] = 20,
    strategy: Annotated[str | None, typer.Option(help="Of this strategy only.")] = None,
    kind: Annotated[
        Literal["backtest", "gate1", "gate2"] | None, typer.Option(help="Of this kind only.")
    ] = None,
    hidden: Annotated[bool, typer.Option("--hidden", help="Hidden ones too.")] = False,
    json: Json = False,
) -> None:
    """The newest runs, one line each."""
    from sluice.operations.runs import Wanted, list_runs
    from sluice.runtime.build import open_registry

    with open_registry() as store:
        found = list_runs(store, Wanted(limit, strategy, kind, hidden))
    if json:
        output.show_json({"schema": "sluice.runs/1", "runs": [_brief(run) for run in found]})
        return
    if not found:
        output.show("No run is recorded here: `sluice backtest --strategy NAME` makes one.")
        return
    output.show(_table(found))


@app.command(epilog="Example: sluice runs show latest")
def show(run: Run, json: Json = False) -> None:
    """One run: its verdict, figures, what was asked, and where its tear sheet lies."""
    from sluice.operations.runs import find_run
    from sluice.runtime.build import open_registry

    with open_registry() as store:
        found = find_run(store, run)
    if json:
        output.show_json({"schema": "sluice.run/1", **_whole(found)})
        return
    _shown(found)


@app.command(epilog="Example: sluice runs hide 17")
def hide(run: Run, json: Json = False) -> None:
    """Leave a run out of lists. It still counts as a trial, and is still evidence."""
    from sluice.operations.runs import hide_run
    from sluice.runtime.build import open_registry

    with open_registry() as store:
        hidden = hide_run(store, run)
    if json:
        output.show_json({"schema": "sluice.run_hidden/1", "run_id": hidden.run_id})
        return
    output.show(f"run {hidden.run_id} is hidden; it still counts (`sluice runs list --hidden`)")


def _table(runs: tuple[RunRecord, ...]) -> Any:
    from rich.table import Table

    from sluice.cli.verdict import figure
    from sluice.market.calendars import utc_text

    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for head in ("run", "when (UTC)", "strategy", "kind", "verdict", "data"):
        table.add_column(head, overflow="fold", no_wrap=head == "when (UTC)")
    for head in ("Sharpe", "return", "drawdown", "trips"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("digest", no_wrap=True)
    for run in runs:
        metrics = json_text.loads(run.metrics)
        table.add_row(
            str(run.run_id) + (" (hidden)" if run.hidden else ""),
            utc_text(run.created_ns // 10**9 * 10**9),
            run.strategy,
            run.kind,
            _verdict(run),
            run.dataset,
            *(figure(name, metrics.get(name)) for name in _SHOWN),
            run.result_digest[:10],
        )
    return table


def _verdict(run: RunRecord) -> str:
    if run.passed is None:
        return "–"
    word = "✔ passed" if run.passed else "✘ failed"
    return f"{word} (exploratory)" if run.exploratory else word


def _shown(run: RunRecord) -> None:
    from rich.table import Table
    from rich.text import Text

    from sluice.cli.verdict import figure
    from sluice.market.calendars import utc_text

    window = f"{utc_text(run.start_ns)} to {utc_text(run.end_ns)}"
    made = utc_text(run.created_ns // 10**9 * 10**9)
    output.show(f"run {run.run_id}: {run.strategy}, {run.kind}, {_verdict(run)}, {made} UTC")
    output.show(f"data    {run.dataset} ({run.provenance}), {window}, digest {run.data_digest}")
    output.show(f"params  {run.params}  seed {run.seed}")
    for check in json_text.loads(run.checks or "[]"):
        mark = "✔" if check["passed"] else "✘"
        output.show(Text(f"  {mark} {check['id']}: {check['reason']}"))
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in json_text.loads(run.metrics).items():
        table.add_row(name, figure(name, value))
    output.show(table)
    output.show(f"report  {run.report or 'none'}", f"digest  {run.result_digest}")


def _brief(run: RunRecord) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "created_ns": run.created_ns,
        "kind": run.kind,
        "strategy": run.strategy,
        "dataset": run.dataset,
        "params": json_text.loads(run.params),
        "passed": run.passed,
        "exploratory": run.exploratory,
        "hidden": run.hidden,
        "metrics": json_text.loads(run.metrics),
        "result_digest": run.result_digest,
        "report": run.report,
    }


def _whole(run: RunRecord) -> dict[str, Any]:
    return _brief(run) | {
        "identity": run.identity,
        "lineage": list(run.lineage),
        "start_ns": run.start_ns,
        "end_ns": run.end_ns,
        "data_digest": run.data_digest,
        "seed": run.seed,
        "provenance": run.provenance,
        "checks": json_text.loads(run.checks or "[]"),
        "manifest": json_text.loads(run.manifest),
        "wall_seconds": run.wall_seconds,
    }
