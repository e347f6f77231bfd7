"""What names tell: symbol and interval of a file, asset class and currency of a symbol."""

import re
from pathlib import Path

from sluice.domain.duration import parse_duration
from sluice.domain.instrument import AssetClass
from sluice.market.importers.files import without_suffix

_QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "TUSD")
_CRYPTO = ("BTC", "ETH", "SOL", "XRP", "LTC", "BCH", "ADA", "DOGE", "BNB", "AVAX", "DOT", "LINK")
_CURRENCIES = (
    *("USD", "EUR", "GBP", "JPY", "CHF", "AUD", "NZD", "CAD", "SEK", "NOK", "DKK", "PLN", "CZK"),
    *("HUF", "ZAR", "MXN", "TRY", "SGD", "HKD", "CNH", "CNY", "INR", "KRW", "BRL"),
)
_INTERVAL = re.compile(r"\d+(m|min|h|d|w)", re.IGNORECASE)


def from_file_name(path: Path) -> tuple[str, int | None]:
    """Symbol (upper case) and interval in ns, if the name holds one: BTCUSDT-5m.parquet.

    Parts that are intervals or dates are left out; BTC_USDT is BTCUSDT; other parts stay joined by
    a hyphen, so that GBPUSD-bid and GBPUSD-ask are two instruments.
    """
    stem = without_suffix(path.name.lower())
    parts = [p for p in re.split(r"[-_ ]", stem) if p]
    interval = None
    kept = []
    for part in parts:
        if _INTERVAL.fullmatch(part):
            interval = parse_duration(part.replace("min", "m"))
        elif not re.fullmatch(r"(19|20)\d{2}(\d{2}){0,2}|\d{1,2}", part):
            kept.append(part.upper())
    if len(kept) > 1 and kept[1] in (*_QUOTES, *_CURRENCIES, "BTC", "ETH"):
        kept[:2] = [kept[0] + kept[1]]
    return "-".join(kept) or path.stem.upper(), interval


def guess_class(symbol: str) -> AssetClass:
    """Asset class by the look of a symbol; equity where nothing else fits."""
    name = re.sub(r"[/_]", "", symbol.upper())
    if "PERP" in name:
        return "perpetual"
    pair = name.split("-")[0]
    if any(pair.endswith(q) and len(pair) >= len(q) + 2 for q in _QUOTES):
        return "crypto_spot"
    if any(pair == c + q for c in _CRYPTO for q in ("USD", "EUR", "GBP", "BTC", "ETH")):
        return "crypto_spot"
    if len(pair) == 6 and pair[:3] in _CURRENCIES and pair[3:] in _CURRENCIES:
        return "fx"
    return "equity"


def guess_currency(symbol: str, asset_class: str) -> str:
    """Quote currency by the end of a symbol; USD where that tells nothing."""
    pair = re.sub(r"[/_]", "", symbol.upper()).split("-")[0]
    if asset_class == "equity":
        return "USD"
    for quote in (*_QUOTES, *_CURRENCIES, "BTC", "ETH"):
        if pair.endswith(quote) and len(pair) > len(quote):
            return quote
    return "USD"
