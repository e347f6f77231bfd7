"""Results on standard output, everything else on standard error."""

import json
import os
import subprocess
import sys

from sluice.cli import output


def test_json_is_one_object_and_what_a_strategy_prints_goes_elsewhere(capsys):
    with output.only_json(json_wanted=True):
        print("hello from a strategy")
    output.show_json({"passed": True, "name": "ü"})
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"passed": True, "name": "ü"}
    assert captured.err == "hello from a strategy\n"


def test_without_json_a_strategy_prints_where_it_always_does(capsys):
    with output.only_json(json_wanted=False):
        print("hello")
    assert capsys.readouterr().out == "hello\n"


def test_square_brackets_are_text_and_not_markup(capsys):
    output.show("the column [red]open[/red] is missing")
    assert capsys.readouterr().out == "the column [red]open[/red] is missing\n"


def test_where_nobody_watches_there_is_no_progress_bar(capsys):
    with output.progress_bar(json_wanted=False) as progress:
        progress(1, 2, "trading")
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_leaves_early_ends_the_printing_not_the_command():
    program = (
        "from sluice.cli import errors, output\n"
        "import typer\n"
        "app = typer.Typer()\n"
        "@app.command()\n"
        "def judge() -> None:\n"
        "    for number in range(20000):\n"
        "        output.show(f'line {number}')\n"
        "    raise typer.Exit(1)\n"
        "errors.run(lambda: typer.main.get_command(app), 'judge', [])\n"
    )
    reading, writing = os.pipe()
    running = subprocess.Popen(
        [sys.executable, "-c", program], stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    os.close(reading)
    _, complaints = running.communicate(timeout=60)
    assert running.returncode == 1
    assert complaints == ""
