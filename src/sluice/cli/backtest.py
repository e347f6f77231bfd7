"""`sluice backtest` and scripts/run_backtest.py: a strategy on data, judged at a gate or not.

--mode research   Gate 1: hypothesis, theoretical Sharpe, capacity, data, look-ahead
--validate        Gate 2: after costs, for a strategy and code that passed Gate 1
neither           a backtest with its figures and tear sheet; nothing is judged
"""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from sluice.cli import errors, output
from sluice.domain.errors import StrategyError, UsageError
from sluice.domain.rate import parse_rate
from sluice.operations.request import SEED_MAX, Gate, JudgeRequest

if TYPE_CHECKING:
    from sluice.operations.judge import Outcome

app = typer.Typer(add_completion=False)

Seed = Annotated[
    int | None, typer.Option(help="Seed of all chance.", metavar="N", min=0, max=SEED_MAX)
]
Latency = Annotated[
    str | None,
    typer.Option(help="Decision to venue: 250ms; or samples 3ms,40ms or a file.", metavar="T"),
]
Participation = Annotated[
    float | None,
    typer.Option(help="Share of a bar's volume for our fills.", metavar="F", min=0, max=1),
]
Base = Annotated[str | None, typer.Option(help="Currency of the account: USD.", metavar="CURRENCY")]
Cash = Annotated[str | None, typer.Option(help="Capital in the base currency.", metavar="MONEY")]
Stream = Annotated[
    bool, typer.Option("--stream", help="Leave the bars of a data set on the disk (no gate).")
]

EXAMPLES = """Examples:

sluice backtest --strategy ema_cross --data prices.csv

sluice backtest --strategy my_idea.py:MyIdea --data mine --param n=48 --mode research

sluice backtest --strategy my_idea.py:MyIdea --data mine --param n=48 --validate --json

Exit codes: 0 passed or done, 1 judged and failed, 2 usage, data or environment, 130 interrupted.
"""


@app.command(epilog=EXAMPLES)
def backtest(  # noqa: PLR0913 - one parameter for each option of the command line
    *,
    strategy: Annotated[
        str, typer.Option(help="A registered name, or path/to/file.py:Class.", metavar="NAME")
    ],
    mode: Annotated[Literal["research"] | None, typer.Option(help="Judge Gate 1.")] = None,
    validate: Annotated[bool, typer.Option("--validate", help="Judge Gate 2.")] = False,
    data: Annotated[
        str | None,
        typer.Option(help="A data set, file or folder, instead of what the strategy declares."),
    ] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Only these, comma-separated (exploratory).")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="From this UTC day on (exploratory).")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="Up to this UTC day (exploratory).")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option(help="name=value; may be given again.", metavar="K=V")
    ] = None,
    fees: Annotated[
        str | None, typer.Option(help="Maker and taker fee: 0.001 or 10bp.", metavar="RATE")
    ] = None,
    slippage: Annotated[
        str | None, typer.Option(help="Half-spread: 0.0001 or 1bp.", metavar="RATE")
    ] = None,
    cash: Cash = None,
    seed: Seed = None,
    latency: Latency = None,
    participation: Participation = None,
    base: Base = None,
    stream: Stream = False,
    report: Annotated[Path | None, typer.Option(help="Where the tear sheet goes.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Backtest a strategy; judge it at Gate 1 (--mode research) or Gate 2 (--validate)."""
    constant, samples = _latency(latency)
    request = JudgeRequest(
        strategy=strategy,
        data=data,
        symbols=_symbols(symbols),
        start=start,
        end=end,
        params=tuple(param or ()),
        fees=None if fees is None else parse_rate(fees, "--fees"),
        slippage=None if slippage is None else parse_rate(slippage, "--slippage"),
        cash=None if cash is None else _money(cash),
        seed=seed,
        latency_ns=constant,
        latency_samples=samples,
        participation=participation,
        base=base,
        stream=stream,
        report=report,
        gate=_gate(mode, validate=validate),
    )
    came = _run(request, json_wanted=as_json)
    if as_json:
        output.show_json(_document(came))
    else:
        from sluice.cli import verdict

        output.show(*verdict.outcome(came))
    if came.verdict is not None and not came.verdict.passed:
        raise typer.Exit(errors.JUDGED_AND_FAILED)


def main(args: list[str] | None = None) -> NoReturn:
    """Run this command alone, as scripts/run_backtest.py does, and exit with its code."""
    errors.run(lambda: typer.main.get_command(app), "run_backtest.py", args)


def _run(request: JudgeRequest, *, json_wanted: bool) -> "Outcome":
    with output.only_json(json_wanted=json_wanted):
        from sluice.operations import judge

        try:
            with output.progress_bar(json_wanted=json_wanted) as progress:
                return judge.run(request, progress)
        except SystemExit as error:  # else its code would be taken for the verdict's
            msg = f"{request.strategy} ends the program (SystemExit {error.code}); take that out"
            raise StrategyError(msg) from error


def _gate(mode: Literal["research"] | None, *, validate: bool) -> Gate | None:
    if mode is not None and validate:
        msg = "--mode research judges Gate 1 and --validate Gate 2; run one after the other"
        raise UsageError(msg)
    return "validate" if validate else mode


def _symbols(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        msg = f"--symbols {text!r} names no symbol; write them as in BTCUSDT,ETHUSDT"
        raise UsageError(msg)
    return names


def _money(text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        msg = f"--cash {text!r} is not an amount; write it as in 100000"
        raise UsageError(msg) from error
    if not amount.is_finite() or amount <= 0:
        msg = f"--cash {text!r} must be above 0 and finite"
        raise UsageError(msg)
    return amount


def _latency(text: str | None) -> tuple[int | None, tuple[int, ...] | None]:
    """One latency, or samples of it; neither where nothing was said."""
    if text is None:
        return None, None
    from sluice.research.latency import read_latency

    try:
        delays = read_latency(text)
    except UsageError as error:
        msg = f"--{error}"
        raise UsageError(msg) from error
    return (delays[0], None) if len(delays) == 1 else (None, delays)


def _document(came: "Outcome") -> dict[str, Any]:
    """The one object of `--json`: the verdict, or the figures where nothing was judged."""
    if came.verdict is not None:
        return came.verdict.to_json()
    from sluice.domain.evidence import jsonable

    manifest = came.result.manifest
    return {
        "schema": "sluice.backtest/1",
        "strategy": manifest.strategy,
        "metrics": jsonable(came.result.stats),
        "provenance": manifest.data.provenance,
        "result_digest": came.result.digest,
        "manifest": manifest.to_json(),
        "report": str(came.report),
    }
