"""`sluice doctor`: versions, home, disk, clock, core, and what each optional part lacks."""

from typing import Annotated

import typer

from sluice.cli import errors, output

app = typer.Typer(add_completion=False)

EXAMPLES = """Examples:

sluice doctor

sluice doctor --json

Exit codes: 0 all that is required is well, 2 something is not.
"""
_MARKS = {
    "ok": ("✔", "green"),
    "doubtful": ("?", "yellow"),
    "missing": ("–", "yellow"),
    "broken": ("✘", "bold red"),
}


@app.command(epilog=EXAMPLES)
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Examine this installation; say what is missing and what to do about it."""
    from dataclasses import asdict

    from sluice.operations.doctor import examine, is_well

    findings = examine()
    well = is_well(findings)
    if json:
        shown = [asdict(finding) for finding in findings]
        output.show_json({"schema": "sluice.doctor/1", "well": well, "findings": shown})
    else:
        from rich.table import Table
        from rich.text import Text

        table = Table(show_edge=False, pad_edge=False, box=None, show_header=False)
        for finding in findings:
            mark, style = _MARKS[finding.state]
            said = finding.seen + (f"\n→ {finding.remedy}" if finding.state != "ok" else "")
            table.add_row(Text(mark, style), Text(finding.name), Text(said))
        output.show(table, "", "well" if well else "not well: see ✘ above")
    if not well:
        raise typer.Exit(errors.WRONG_INPUT)
