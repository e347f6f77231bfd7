"""How a door ends: the exit code of every outcome, and the words on standard error.

0    passed, or done
1    judged, and failed
2    usage, data or environment: the message says what is wrong and what to do next
70   a fault of the program itself; the traceback is for its maintainers
130  interrupted
"""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol

from sluice.domain.errors import SluiceError, is_disk_full

DONE = 0
JUDGED_AND_FAILED = 1
WRONG_INPUT = 2
FAULT = 70
INTERRUPTED = 130


class Command(Protocol):
    """What typer builds of an app: something that parses arguments and runs."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None) -> Any:
        """Parse, run, and leave by SystemExit."""
        ...


def run(build: Callable[[], Command], name: str, args: Sequence[str] | None = None) -> NoReturn:
    """Build the command, run it on `args` (None = the process's), and exit with its code."""
    try:
        build().main(args=args, prog_name=name)
        code = DONE
    except SystemExit as ended:
        code = _code(ended)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SluiceError as error:
        _say("error", str(error))
        code = error.exit_code
    except OSError as error:
        code = _full_or_fault(error)
    except Exception:  # noqa: BLE001 - not swallowed: shown whole, and told from a verdict by its code
        code = _fault()
    if code == INTERRUPTED:
        _say("interrupted", "the work under way was not recorded")
    sys.exit(code)


def _full_or_fault(error: OSError) -> int:
    """A disk that is full where the words go is nobody's mistake; another OSError is ours."""
    if not is_disk_full(error):
        return _fault()
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the end
    _say("error", f"the output cannot be written: {error.strerror}; free some space, or print less")
    return WRONG_INPUT


def _fault() -> int:
    traceback.print_exc()
    _say("fault", "this is a mistake in the program, not in what you asked; please report it")
    return FAULT


def _code(ended: SystemExit) -> int:
    """The exit code that was asked for; a reader that went away is no verdict."""
    if isinstance(ended.__context__, BrokenPipeError):
        return WRONG_INPUT
    if isinstance(ended.code, int):
        return ended.code
    return DONE if ended.code is None else WRONG_INPUT


def _say(word: str, message: str) -> None:
    """One message on standard error, its first word in red where there are colors."""
    from rich.text import Text

    from sluice.cli.output import errors

    errors().print(Text.assemble((f"{word}: ", "bold red"), message), soft_wrap=True)
