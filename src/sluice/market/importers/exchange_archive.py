"""Which files of the exchange's public archive hold a stretch of days: months, else days.

`data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip` and the like; futures stand under
`data/futures/um` and `data/futures/cm` (https://github.com/binance/binance-public-data).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sluice.domain.errors import UsageError
from sluice.market.importers.exchange_names import Market, is_interval

ArchiveKind = Literal["klines", "trades", "aggTrades"]
_INTERVALS = (
    *("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w"),
)


@dataclass(frozen=True, slots=True)
class Series:
    """One series of the archive: what of which symbol, on which market; `every` for klines alone.

    Raises:
        UsageError: a symbol that is none, or an interval where there is none, or none where one is.
    """

    symbol: str
    kind: ArchiveKind
    market: Market = "spot"
    every: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z0-9]{2,30}(_[A-Z0-9]{1,10})?", self.symbol):
            msg = f"{self.symbol!r} is no symbol of the exchange; write it as BTCUSDT"
            raise UsageError(msg)
        if self.kind != "klines" and self.every is not None:
            msg = f"--every is for klines; {self.kind} have no interval"
            raise UsageError(msg)
        if self.kind == "klines" and (self.every is None or self.every not in _INTERVALS):
            said = f"--every {self.every}: " if self.every and is_interval(self.every) else ""
            msg = f"{said}say the interval of the klines: --every {', '.join(_INTERVALS)}"
            raise UsageError(msg)

    def path_of(self, when: str) -> str:
        """The path of the file of a month ("2024-01") or a day ("2024-01-02")."""
        place = "spot" if self.market == "spot" else f"futures/{self.market}"
        span = "monthly" if len(when) == 7 else "daily"
        what = self.every or self.kind
        inside = f"{self.symbol}/{self.every}" if self.every else self.symbol
        name = f"{self.symbol}-{what}-{when}.zip"
        return f"data/{place}/{span}/{self.kind}/{inside}/{name}"


@dataclass(frozen=True, slots=True)
class Span:
    """Days that one file may hold: a whole month, or one day; both ends included."""

    first: date
    last: date

    @property
    def is_month(self) -> bool:
        """Whether the span is a whole month, of which there may be one file."""
        return self.first.day == 1 and self.first != self.last

    @property
    def text(self) -> str:
        """As file names have it: 2024-01, or 2024-01-02."""
        return f"{self.first:%Y-%m}" if self.is_month else self.first.isoformat()

    def days(self) -> tuple["Span", ...]:
        """The span day by day."""
        count = (self.last - self.first).days + 1
        each = (self.first + timedelta(days=i) for i in range(count))
        return tuple(Span(day, day) for day in each)


def spans(first: date, last: date) -> tuple[Span, ...]:
    """Whole months within [first, last], days for the rest, in order."""
    found: list[Span] = []
    at = first
    while at <= last:
        end = at.replace(day=calendar.monthrange(at.year, at.month)[1])
        if at.day == 1 and end <= last:
            found.append(Span(at, end))
            at = end + timedelta(days=1)
        else:
            found.append(Span(at, at))
            at += timedelta(days=1)
    return tuple(found)
