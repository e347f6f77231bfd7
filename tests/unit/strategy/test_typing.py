"""Parameters are typed for the checkers: mypy --strict on an example, line by line."""

import re
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).with_name("typed_example.py")
ROOT = Path(__file__).parents[3]


def test_mypy_knows_the_parameters_and_refuses_wrong_ones():
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(EXAMPLE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [re.sub(r"^.*?:\d+: ", "", line) for line in ran.stdout.splitlines()]
    assert said == [
        'note: Revealed type is "int"',
        'note: Revealed type is "float"',
        "note: Revealed type is \"Literal['long'] | Literal['short']\"",
        'note: Revealed type is "typed_example.Typed"',
        'error: Unexpected keyword argument "fats" for "Typed"  [call-arg]',
        'error: Argument "fast" to "Typed" has incompatible type "str"; expected "int"  [arg-type]',
        'error: Too many positional arguments for "Typed"  [call-arg]',
        'error: Property "fast" defined in "Typed" is read-only  [misc]',
    ]
