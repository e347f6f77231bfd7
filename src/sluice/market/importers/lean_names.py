"""What the names of LEAN's data tell: symbol, day, resolution, trades or quotes, market, scale.

`equity/usa/minute/spy/20131007_trade.zip` holds `20131007_spy_minute_trade.csv`; a daily or hourly
zip, `equity/usa/daily/spy.zip`, all days. Shares are written in dollars × 10,000 and New York time,
crypto and currencies in plain decimals and UTC; https://github.com/QuantConnect/Lean, Data/readme.
"""

import re
from dataclasses import dataclass
from typing import Literal

from sluice.domain.instrument import AssetClass
from sluice.market.importers.layout import Head
from sluice.market.importers.names import guess_class
from sluice.market.importers.raw import ImportOptions

NEW_YORK = "America/New_York"
SHARE_SCALE = 10_000.0
Resolution = Literal["tick", "second", "minute", "hour", "daily"]
_DAY = re.compile(r"(?P<date>\d{8})_(?P<what>trade|quote)\.zip")
_INSIDE = re.compile(r"\d{8}_(?P<symbol>.+?)_(?P<rest>[a-z]+_[a-z]+(?:_[a-z]+)*)\.csv")
_WHOLE = re.compile(r"(?P<symbol>[a-z0-9.]+?)(?:_(?P<what>trade|quote))?\.zip", re.IGNORECASE)
_CLASSES: dict[str, AssetClass] = {
    "equity": "equity",
    "crypto": "crypto_spot",
    "cryptofuture": "perpetual",
    "forex": "fx",
}


@dataclass(frozen=True, slots=True)
class LeanName:
    """The parts of a LEAN file's place; `date` is YYYYMMDD, null where a file holds all days."""

    symbol: str
    what: Literal["trade", "quote"]
    resolution: Resolution
    date: str | None
    asset_class: AssetClass
    venue: str | None

    @property
    def is_share(self) -> bool:
        """Whether prices are dollars × 10,000 in New York time."""
        return self.asset_class == "equity"

    def zone(self, options: ImportOptions) -> str:
        """The zone of the stamps."""
        return options.timezone or (NEW_YORK if self.is_share else "UTC")


def lean_name(head: Head, options: ImportOptions | None = None) -> LeanName | None:
    """What the name of a file, of its one member and of its folders tell; null: none of LEAN's."""
    if not head.name.endswith(".zip") or not head.member.endswith(".csv"):
        return None
    options = options or ImportOptions()
    folders = [p.lower() for p in head.path.resolve().parts[:-1]]
    top = next((i for i, p in enumerate(folders) if p in _CLASSES and i + 1 < len(folders)), None)
    day, whole = _DAY.fullmatch(head.name), _WHOLE.fullmatch(head.name)
    inside = _INSIDE.fullmatch(head.member.lower())
    if day is not None and inside is not None:
        symbol, what, date = inside["symbol"].upper(), day["what"], day["date"]
        words = inside["rest"].split("_")
        found = next((r for r in ("tick", "second", "minute") if r in words), None)
    elif whole is not None and head.member.lower() == f"{whole['symbol'].lower()}.csv":
        symbol, what, date = whole["symbol"].upper(), whole["what"] or "trade", None
        stamp = head.cells[0] if head.cells else ""
        found = "hour" if "hour" in folders else "daily" if _is_day(stamp) else None
    else:
        return None
    if found is None:
        return None
    asset_class = options.asset_class or (_CLASSES[folders[top]] if top is not None else None)
    venue = options.venue or (folders[top + 1].upper() if top is not None else None)
    guessed = asset_class or guess_class(symbol)
    resolution: Resolution = found  # type: ignore[assignment]  # one of the words above
    return LeanName(
        symbol,
        "quote" if what == "quote" else "trade",
        resolution,
        date,
        guessed,
        None if venue == "USA" else venue,
    )


def _is_day(stamp: str) -> bool:
    return bool(re.fullmatch(r"\d{8} \d{2}:\d{2}", stamp))
