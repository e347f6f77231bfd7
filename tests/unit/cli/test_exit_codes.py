"""How a door ends: every outcome has its code, and its words go to standard error."""

import pytest
import typer

from sluice.cli import errors
from sluice.domain.errors import BadData, ConfigError, RegistryBusy


class Ends:
    """A command that ends as it is told to."""

    def __init__(self, how):
        self.how = how

    def main(self, args=None, prog_name=None):
        if self.how is not None:
            raise self.how


def code_of(how):
    with pytest.raises(SystemExit) as ended:
        errors.run(lambda: Ends(how), "sluice", [])
    return ended.value.code


def test_done_is_zero():
    assert code_of(None) == 0
    assert code_of(SystemExit(None)) == 0
    assert code_of(SystemExit(0)) == 0


def test_judged_and_failed_is_one():
    app = typer.Typer()

    @app.command()
    def judge():
        raise typer.Exit(errors.JUDGED_AND_FAILED)

    with pytest.raises(SystemExit) as ended:
        errors.run(lambda: typer.main.get_command(app), "judge", [])
    assert ended.value.code == 1


@pytest.mark.parametrize("error", [BadData, ConfigError, RegistryBusy])
def test_an_operating_error_is_two_with_its_message_on_standard_error(error, capsys):
    assert code_of(error("the column [open] is missing; rename it")) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: the column [open] is missing; rename it\n"


@pytest.mark.parametrize("ended", [KeyboardInterrupt(), SystemExit(130)])
def test_an_interruption_is_130_and_says_that_nothing_of_it_was_recorded(ended, capsys):
    assert code_of(ended) == 130
    assert "interrupted: the work under way was not recorded" in capsys.readouterr().err


def test_a_fault_of_the_program_is_never_taken_for_a_verdict(capsys):
    assert code_of(ZeroDivisionError("oh")) == 70
    captured = capsys.readouterr()
    assert "ZeroDivisionError: oh" in captured.err
    assert "report it" in captured.err
    assert captured.out == ""
