"""Write a starting file for a strategy: it runs as it stands, and says what to fill in."""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from sluice.domain.errors import DiskFull, UsageError, is_disk_full

TEMPLATE = '''"""{title}: say in one line what it buys and when."""

import polars as pl

from sluice import Bars, Expect, Hypothesis, Param, Strategy, close, hold, zscore


class {cls}(Strategy):
    """Starts as a mean reversion: put your idea here, and your reasons where it says TODO."""

    hypothesis = Hypothesis(
        claim="TODO: what is true of the market, in a sentence that could be wrong",
        mechanism="TODO: who pays for this, and why they go on paying",
        falsified_if="TODO: the observation that would make you give it up",
        expect=Expect(sharpe=1.0, max_drawdown=0.15),
    )
    data = Bars(
        *("ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL"),
        every="1h",
        history="730d",
    )
    capacity_usd = 250_000

    n: int = Param(72, ge=5, le=1000)
    entry: float = Param(2.0, gt=0, le=6)
    weight: float = Param(0.1, gt=0, le=1)

    def signals(self) -> pl.Expr:
        """The target of one instrument, as a fraction of equity; null keeps the position."""
        z = zscore(close, self.n)
        return hold(
            z < -self.entry,
            short=z > self.entry,
            exits=z * z.shift(1) <= 0,
            size=self.weight,
        )
'''


@dataclass(frozen=True, slots=True)
class NewStrategy:
    """The file written, the class in it, and the commands to go on with."""

    path: Path
    class_name: str

    @property
    def next_commands(self) -> tuple[str, ...]:
        """What to type next: a backtest, then Gate 1."""
        run = f"python scripts/run_backtest.py --strategy {self.path}:{self.class_name}"
        return (run, f"{run} --mode research")


def new_strategy(name: str, folder: Path) -> NewStrategy:
    """Write `folder/<name in snake case>.py` holding the class <Name>.

    Raises:
        UsageError: the name makes no Python name, the file exists, or the folder cannot be written.
        DiskFull: no space is left; nothing remains of the file.
    """
    words = _words(name)
    path = folder / f"{'_'.join(words)}.py"
    class_name = "".join(word.capitalize() for word in words)
    text = TEMPLATE.format(title=" ".join(words).capitalize(), cls=class_name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} exists and is left as it is; choose another name") from error
    except OSError as error:
        if is_disk_full(error):
            path.unlink(missing_ok=True)
            raise DiskFull(f"no space is left for {path}; nothing was written") from error
        raise UsageError(f"cannot write {path}: {error.strerror}; choose another folder") from error
    return NewStrategy(path, class_name)


def _words(name: str) -> list[str]:
    """The words of a name, however it is written: "my idea", "my-idea", "my_idea", "MyIdea"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    words = [word.lower() for word in re.split(r"[\s_\-]+", spaced) if word]
    joined = "_".join(words)
    if not joined.isidentifier() or not joined.isascii() or keyword.iskeyword(joined):
        raise UsageError(
            f"{name!r} makes no file and class name; use letters, digits and _, as in my_idea"
        )
    return words
