"""The `sluice` command: names its subcommands, and imports one only when it is called.

`sluice --help` is quick because nothing but this table is loaded for it.
"""

import importlib
from dataclasses import dataclass
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from sluice.cli import errors


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A subcommand: the module whose `app` it is, and its line of help.

    `is_group`: it has commands of its own (`sluice data import`), even if only one so far.
    """

    module: str
    help: str
    is_group: bool = False


SUBCOMMANDS = {
    "backtest": Subcommand("sluice.cli.backtest", "Backtest a strategy; judge it at Gate 1 or 2."),
    "sweep": Subcommand("sluice.cli.sweep", "Run a strategy over a grid of parameters."),
    "data": Subcommand("sluice.cli.data", "Import, simulate and inspect market data.", True),  # noqa: FBT003
    "new": Subcommand("sluice.cli.new", "Write a starting file, such as a strategy.", True),  # noqa: FBT003
    "runs": Subcommand("sluice.cli.runs", "List, show and hide recorded runs.", True),  # noqa: FBT003
    "compare": Subcommand("sluice.cli.compare", "Recorded runs side by side, with one page."),
    "doctor": Subcommand("sluice.cli.doctor", "What is here, what is missing, what to do."),
    "demo": Subcommand("sluice.cli.demo", "The whole way from market data to two verdicts."),
}


class LazyGroup(TyperGroup):
    """A group that knows its subcommands by name, and loads the one that is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, sub in SUBCOMMANDS.items():
            self.add_command(TyperCommand(name=name, help=sub.help), name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first argument names, loaded if need be."""
        if args and args[0] in SUBCOMMANDS:
            self.add_command(_loaded(args[0]), args[0])
        return super().resolve_command(ctx, args)


def _loaded(name: str) -> Any:
    sub = SUBCOMMANDS[name]
    app: typer.Typer = importlib.import_module(sub.module).app
    command = typer.main.get_group(app) if sub.is_group else typer.main.get_command(app)
    command.name = name
    return command


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=True)


@app.callback()
def sluice() -> None:
    """A quant trading platform in which nothing reaches a market without passing its gates."""


@app.command()
def version() -> None:
    """Print the version."""
    from importlib import metadata

    typer.echo(f"sluice {metadata.version('sluice')}")


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command and exit with its code (see `cli/errors.py`)."""
    errors.run(lambda: typer.main.get_command(app), "sluice", args)
