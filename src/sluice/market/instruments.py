"""Makes the instrument records of an import: from a file beside the data, flags, or guesses."""

import json
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain.errors import BadData, UsageError
from sluice.domain.instrument import Instrument
from sluice.market.calendars import check_calendar, default_calendar
from sluice.market.importers.names import guess_class, guess_currency
from sluice.market.importers.raw import ImportOptions, RawBars, RawTicks

PRICES = ("open", "high", "low", "close")
FILE_NAMES = ("instruments.toml", "instruments.json")
DEFAULT_VENUE = "LOCAL"
_MAX_DECIMALS = 9
_MIN_NOTIONAL = {"crypto_spot": Decimal(5), "perpetual": Decimal(5)}
# Classes whose exchanges keep holidays; currencies trade on weekdays.
_CLOSING = ("equity", "future")
# Where a source has no volume: whole units, but crypto, which is cut finer.
_DEFAULT_LOT = {"crypto_spot": "0.00001", "perpetual": "0.001"}


def make_instruments(
    raw: RawBars | RawTicks, options: ImportOptions
) -> tuple[dict[str, Instrument], tuple[str, ...]]:
    """Symbol → instrument for every symbol of `raw`, and notes on all that was guessed.

    What is not in the file of instruments nor in the options is guessed and named in `inferred`:
    class and currency by the symbol, tick and lot by the decimals seen (9 at most).

    Raises:
        BadData: the file of instruments cannot be read or is wrong.
        UsageError: a tick or lot that is no positive decimal.
    """
    stated, file = _stated(raw.folder, options)
    records: dict[str, Instrument] = {}
    for part in raw.rows.partition_by("symbol", maintain_order=True):
        symbol = str(part["symbol"][0])
        venue = part["venue"][0]
        fields = {"symbol": symbol} | dict(stated.get(f"{symbol}.{venue}", {}))
        fields = dict(stated.get(symbol, {})) | fields
        if venue is not None:
            fields.setdefault("venue", venue)
        if symbol in raw.classes and options.asset_class is None:
            fields.setdefault("asset_class", raw.classes[symbol])
        records[symbol] = _complete(fields, part, options, file)
    unknown = sorted(set(stated) - {i.id for i in records.values()} - set(records))
    notes = _notes(list(records.values()))
    if unknown:
        notes.append(f"{file} also names {', '.join(unknown[:5])}, which the data does not hold")
    return records, tuple(notes)


def decimals_seen(values: NDArray[np.float64]) -> int:
    """The fewest decimals (0 to 9) that write every finite value exactly, to float precision."""
    finite = np.abs(values[np.isfinite(values)])
    for decimals in range(_MAX_DECIMALS):
        scaled = finite * 10.0**decimals
        off = np.abs(scaled - np.rint(scaled)) > np.maximum(1e-6, scaled * 1e-15)
        if not off.any():
            return decimals
        finite = finite[off]  # what this many decimals write, more of them write too
    return _MAX_DECIMALS


def _complete(
    fields: dict[str, Any], part: pl.DataFrame, options: ImportOptions, file: str
) -> Instrument:
    symbol = str(fields["symbol"])
    guessed = []

    def settle(name: str, flag: object, guess: object) -> None:
        if name not in fields:
            fields[name] = guess if flag is None else flag
            if flag is None:
                guessed.append(name)

    settle("venue", options.venue, DEFAULT_VENUE)
    settle("asset_class", options.asset_class, guess_class(symbol))
    asset_class = str(fields["asset_class"])
    settle("currency", options.currency, guess_currency(symbol, asset_class))
    _settle_calendar(fields, options, guessed)
    settle("tick_size", _step(options.tick, "--tick"), _tick(part))
    settle("lot_size", _step(options.lot, "--lot"), _lot(part, asset_class))
    if "min_notional" not in fields and asset_class in _MIN_NOTIONAL:
        fields["min_notional"] = _MIN_NOTIONAL[asset_class]
        guessed.append("min_notional")
    try:
        return Instrument.from_json(fields | {"inferred": guessed})
    except ValueError as error:
        where = f"{file}: " if file else ""
        msg = f"{where}{symbol}: {error}"
        raise BadData(msg) from error


def _settle_calendar(fields: dict[str, Any], options: ImportOptions, guessed: list[str]) -> None:
    """The calendar as stated, as --calendar says, or that of the venue where one is known."""
    named = fields.get("calendar") or options.calendar
    if named is not None:
        fields["calendar"] = check_calendar(str(named))
        return
    by_venue = default_calendar(str(fields["asset_class"]), str(fields["venue"]))
    if by_venue is not None:
        fields["calendar"] = by_venue
        guessed.append("calendar")


def _tick(part: pl.DataFrame) -> Decimal:
    priced = (*PRICES, "bid", "ask", "price")
    prices = np.concatenate([part[c].to_numpy() for c in priced if c in part.columns])
    return Decimal(1).scaleb(-decimals_seen(prices))


def _lot(part: pl.DataFrame, asset_class: str) -> Decimal:
    sized = ("volume", "bid_size", "ask_size", "size")
    volume = np.concatenate([part[c].drop_nulls().to_numpy() for c in sized if c in part.columns])
    if not len(volume):
        return Decimal(_DEFAULT_LOT.get(asset_class, "1"))
    return Decimal(1).scaleb(-decimals_seen(volume))


def _step(text: str | None, flag: str) -> Decimal | None:
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        msg = f"{flag} {text}: write a positive decimal such as 0.01"
        raise UsageError(msg)
    return value


def _stated(folder: Path | None, options: ImportOptions) -> tuple[dict[str, dict[str, Any]], str]:
    """What a file of instruments says, by symbol or id; the file's name."""
    path = options.instruments_file
    if path is None:
        beside = [folder / name for name in FILE_NAMES if folder and (folder / name).is_file()]
        if len(beside) > 1:
            msg = f"{folder} holds both {' and '.join(FILE_NAMES)}; keep one"
            raise BadData(msg)
        if not beside:
            return {}, ""
        path = beside[0]
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            table = json.loads(text, parse_float=str)
        else:
            table = tomllib.loads(text, parse_float=str)
    except (OSError, ValueError) as error:
        msg = f"the file of instruments {path.name} cannot be read: {error}"
        raise BadData(msg) from error
    if not isinstance(table, dict) or not all(isinstance(v, dict) for v in table.values()):
        msg = f'{path.name} must hold one table per symbol, as [BTCUSDT] tick_size = "0.01"'
        raise BadData(msg)
    return table, path.name


def _notes(instruments: list[Instrument]) -> list[str]:
    notes = []
    for name in ("venue", "asset_class", "currency", "min_notional", "calendar"):
        values: dict[str, list[str]] = {}
        for i in instruments:
            if name in i.inferred:
                values.setdefault(str(getattr(i, name)), []).append(i.symbol)
        for value, symbols in values.items():
            notes.append(f"{name} guessed: {value} for {_some(symbols)}")
    shut = [i.symbol for i in instruments if i.calendar is None and i.asset_class in _CLOSING]
    if shut:
        notes.append(
            f"calendar: weekdays, without holidays, for {_some(shut)}; "
            "--calendar XNYS (or another exchange's code) knows them"
        )
    for name, seen in (("tick_size", "prices"), ("lot_size", "volumes")):
        guessed = [i for i in instruments if name in i.inferred]
        if guessed:
            said = [f"{i.symbol} {getattr(i, name).normalize():f}" for i in guessed]
            notes.append(f"{name} inferred from the decimals of {seen}: {_some(said)}")
    return notes


def _some(items: list[str]) -> str:
    return ", ".join(items[:6]) + (f" and {len(items) - 6} more" if len(items) > 6 else "")
