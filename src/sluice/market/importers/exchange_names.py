"""Names in the exchange's public archive: SYMBOL-KIND-YYYY-MM[-DD], under spot, um or cm.

Source of the layout: the exchange's page on its public data, https://github.com/binance/binance-public-data.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from sluice.domain.duration import parse_duration
from sluice.domain.instrument import AssetClass
from sluice.market.importers.names import guess_class

VENUE = "BINANCE"
Market = Literal["spot", "um", "cm"]
_NAME = re.compile(
    r"(?P<symbol>[A-Z0-9]+(?:_(?:PERP|\d{6}))?)-(?P<what>[A-Za-z0-9]+)"
    r"-(?P<date>\d{4}-\d{2}(?:-\d{2})?)\.(?:zip|csv|csv\.gz)"
)
_INTERVAL = re.compile(r"\d+(s|m|h|d|w|mo)")


@dataclass(frozen=True, slots=True)
class ArchiveName:
    """What a name in the archive's layout tells; `every_ns` is null where it names no interval."""

    symbol: str
    what: str
    every_ns: int | None


def archive_name(name: str) -> ArchiveName | None:
    """The parts of a file's name, null where it is none of the archive's."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    what = found["what"]
    every = None
    if _INTERVAL.fullmatch(what) and not what.endswith("mo"):
        every = parse_duration(what)
    return ArchiveName(found["symbol"], what, every)


def is_interval(what: str) -> bool:
    """Whether a name's middle is a bar interval (1m … 1mo)."""
    return bool(_INTERVAL.fullmatch(what))


def market_of(path: Path, symbol: str) -> tuple[Market, str]:
    """Spot, USDT-margined (um) or coin-margined (cm), and in words how that was told.

    The folders of the archive tell it; without them the symbol does, and a plain pair is spot.
    """
    parts = {p.lower() for p in path.resolve().parts[:-1]}
    for market in get_args(Market):
        if market in parts:
            return market, f"market {market}, told by the folder"
    if re.search(r"USD_(PERP|\d{6})$", symbol):
        return "cm", "market cm, told by the symbol"
    if re.search(r"_\d{6}$", symbol):
        return "um", "market um, told by the symbol"
    return "spot", "market spot: no folder says um or cm"


def symbol_in(market: Market, symbol: str) -> tuple[str, AssetClass]:
    """Our symbol and asset class: BTCUSDT is spot, BTCUSDT-PERP the perpetual on it."""
    if market == "spot":
        guessed = guess_class(symbol)
        return symbol, guessed if guessed != "equity" else "crypto_spot"
    if re.search(r"_\d{6}$", symbol):
        return symbol.replace("_", "-"), "future"
    return symbol.removesuffix("_PERP") + "-PERP", "perpetual"
