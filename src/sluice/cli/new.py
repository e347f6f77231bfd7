"""`sluice new strategy NAME`: a starting file that runs, and the command to run it with."""

from pathlib import Path
from typing import Annotated

import typer

from sluice.operations.new_strategy import new_strategy

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def new() -> None:
    """Write a starting file."""


@app.command(epilog="Example: sluice new strategy my_idea")
def strategy(
    name: Annotated[str, typer.Argument(help="Its name, such as my_idea or MyIdea.")],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
) -> None:
    """Write a strategy that runs as it stands; an existing file is never overwritten."""
    made = new_strategy(name, folder)
    typer.echo(f"wrote {made.path} with the class {made.class_name}; next:")
    for command in made.next_commands:
        typer.echo(f"  {command}")
