"""A run over more bars than memory holds: the core reads its columns from files, page by page.

Each instrument is read and evaluated alone and spilled to a file; the files are merged by stamp,
chunk by chunk, into columns in the core's counts; the core maps these, and pages behind it are
let go. The day itself is the same code over the same columns, so its record is the same.
"""

import mmap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from sluice import core
from sluice.domain.errors import BadData, UsageError, WarmupError
from sluice.engine.simulated_day import core_instrument
from sluice.engine.stream_folder import run_folder
from sluice.market.bars import PRICES, BarSet
from sluice.market.features import SEPARATOR
from sluice.market.stored_bars import StoredBars
from sluice.market.writing import told_apart
from sluice.strategy.callbacks import callbacks
from sluice.strategy.declaration import Declaration, says
from sluice.strategy.evaluate import Evaluated, evaluate_frame
from sluice.strategy.stages import signals_of

CHUNK_ROWS = 500_000
Liquidity = Callable[[BarSet], tuple[NDArray[np.float64], NDArray[np.float64]]]

_STAMPS = ("ts_start", "ts")
_FACTORS = ("by_price", "by_split")
_OTHERS = ("volume", "signal", "target", "adv", "sigma", *_FACTORS)
_FLOATS = (*PRICES, *_OTHERS)
_SPILLED = np.dtype([(n, "<i8") for n in _STAMPS] + [(n, "<f8") for n in _FLOATS])
_MERGED = {
    **dict.fromkeys(("ts_start", "ts_end", *PRICES), "<i8"),
    "instrument": "<u4",
    **dict.fromkeys(_OTHERS, "<f8"),
}


@dataclass(frozen=True, eq=False)
class Streamed:
    """The columns of a streamed run, and what the strategy says on them.

    `forwards` are the forward factors of its rows, null where there are no actions;
    `let_go(rows)` gives back the memory of the pages up to that row.
    """

    columns: core.BarColumns
    evaluated: Evaluated
    forwards: tuple[NDArray[np.float64], NDArray[np.float64]] | None
    let_go: Callable[[int], None]


@contextmanager
def streamed(
    strategy: Declaration,
    bars: StoredBars,
    folder: Path,
    *,
    liquidity: Liquidity | None = None,
    chunk_rows: int | None = None,
) -> Iterator[Streamed]:
    """Columns of `bars` under `folder`, gone at the end.

    Raises:
        UsageError: the strategy says what cannot be said of one instrument at a time.
        SignalError, WarmupError: as `evaluate`.
        BadData: a stored file is damaged, or its bars are not of one length.
        DiskFull, StorageError: the disk refused.
    """
    refuse_unstreamable(strategy)
    with (
        told_apart(f"writing the columns of a streamed run under {folder}"),
        run_folder(folder) as place,
    ):
        warmup = _spill(strategy, bars, place, liquidity)
        off_price = _merge(bars, place, chunk_rows or CHUNK_ROWS)
        yield _mapped(strategy, bars, place, (warmup, off_price, liquidity is not None))


def refuse_unstreamable(strategy: Declaration) -> None:
    """Refuse what needs several instruments at once.

    Raises:
        UsageError: names it.
    """
    cls = type(strategy)
    why = None
    if says(cls, "allocate"):
        why = "allocate() weighs all instruments of a stamp"
    elif says(cls, "signals_frame"):
        why = "signals_frame() is given the whole frame"
    elif cls.rebalance != "on_change":
        why = f'rebalance = "{cls.rebalance}" needs the stamps of all instruments'
    elif says(cls, "signals"):
        others = [c for c in signals_of(strategy).meta.root_names() if SEPARATOR in c]
        why = f"signals() reads {others[0]} of another instrument" if others else None
    if why is not None:
        msg = f"{strategy!r} cannot be streamed: {why}; run it without streaming, on less data"
        raise UsageError(msg)


def _spill(
    strategy: Declaration, bars: StoredBars, place: Path, liquidity: Liquidity | None
) -> int | None:
    """One file of records an instrument; the warm-up of the strategy."""
    warmup, longest = type(strategy).warmup, 0
    for number, instrument in enumerate(bars.instruments):
        part = bars.single(instrument.id)
        records = np.zeros(0 if part is None else len(part.frame), dtype=_SPILLED)
        if part is not None:
            said = evaluate_frame(strategy, part.signal_frame, bars.every_ns)
            warmup, longest = said.warmup, max(longest, len(records))
            _fill(records, part, said)
            if liquidity is not None:
                records["adv"], records["sigma"] = liquidity(part)
            _require_one_length(records, part, bars.every_ns)
        records.tofile(place / f"{number}.records")
    if warmup is not None and longest < warmup:
        raise WarmupError(
            f"{strategy!r} needs {warmup} bars before it can speak, and {bars.name} has at most "
            f"{longest} of an instrument; bring more history or shorten its windows"
        )
    return warmup


def _fill(records: NDArray[Any], part: BarSet, said: Evaluated) -> None:
    for name in _STAMPS:
        records[name] = part.frame[name].to_physical().to_numpy()
    for name in (*PRICES, "volume"):
        records[name] = part.frame[name].fill_null(float("nan")).to_numpy()
    for name, factors in zip(_FACTORS, part.forward_factors or (1.0, 1.0), strict=True):
        records[name] = factors
    records["signal"] = said.signal
    records["target"] = np.nan if said.target is None else said.target


def _require_one_length(records: NDArray[Any], part: BarSet, every_ns: int) -> None:
    if np.all(records["ts"] - records["ts_start"] == every_ns):
        return
    msg = f"{part.name} has bars of several lengths; only bars of one length can be streamed"
    raise BadData(msg)


def _merge(bars: StoredBars, place: Path, chunk_rows: int) -> int:
    """The records of all instruments by (ts, instrument) as columns; how many prices were finer."""
    instruments = [core_instrument(instrument) for instrument in bars.instruments]
    paths = [place / f"{number}.records" for number in range(len(instruments))]
    left = [path.stat().st_size // _SPILLED.itemsize for path in paths]
    read = [0] * len(paths)
    steps = max(1, chunk_rows // len(paths))
    off_price, until = 0, bars.window[0]
    files = {name: (place / name).open("wb") for name in _MERGED}
    try:
        while any(left):
            until += steps * bars.every_ns
            parts = []
            for number, path in enumerate(paths):
                block = _block(path, read[number], min(left[number], steps + 1), until)
                read[number] += len(block)
                left[number] -= len(block)
                parts.append(block)
            off_price += _append(files, parts, instruments, bars.name)
    finally:
        for file in files.values():
            file.close()
    for path in paths:
        path.unlink()
    return off_price


def _block(path: Path, first: int, count: int, until: int) -> NDArray[Any]:
    if not count:
        return np.zeros(0, dtype=_SPILLED)
    block = np.fromfile(path, _SPILLED, count, offset=first * _SPILLED.itemsize)
    return block[: int(np.searchsorted(block["ts"], until, side="right"))]


def _append(
    files: Mapping[str, BinaryIO],
    parts: Sequence[NDArray[Any]],
    instruments: list[core.Instrument],
    name: str,
) -> int:
    rows = np.concatenate(parts)
    places = np.repeat(np.arange(len(parts), dtype=np.uint32), [len(part) for part in parts])
    order = np.lexsort((places, rows["ts"]))
    rows, places = rows[order], places[order]
    columns = {column: np.ascontiguousarray(rows[column]) for column in _SPILLED.names or ()}
    try:
        counted = core.BarColumns(
            instruments,
            ts_start=columns["ts_start"],
            ts_end=columns["ts"],
            instrument=places,
            **{price: columns[price] for price in (*PRICES, "volume")},
        )
    except (ValueError, OverflowError) as error:
        raise BadData(f"{name}: {error}; see `sluice data quality {name}`") from error
    merged = columns | {"ts_end": columns["ts"], "instrument": places}
    merged |= {price: counted.counts(price) for price in PRICES}
    for column, file in files.items():
        merged[column].tofile(file)
    return counted.off_price


def _mapped(
    strategy: Declaration, bars: StoredBars, place: Path, found: tuple[int | None, int, bool]
) -> Streamed:
    warmup, off_price, has_liquidity = found
    maps: dict[str, mmap.mmap] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for name, kind in _MERGED.items():
        with (place / name).open("rb") as file:
            maps[name] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        arrays[name] = np.frombuffer(maps[name], dtype=kind)
    signal, target = arrays.pop("signal"), arrays.pop("target")
    by_price, by_split = (arrays.pop(name) for name in _FACTORS)
    if not has_liquidity:
        del arrays["adv"], arrays["sigma"]
    trades_itself = "on_bar" in callbacks(type(strategy)) or not says(type(strategy), "signals")
    instruments = [core_instrument(instrument) for instrument in bars.instruments]

    def let_go(rows: int) -> None:
        for name, mapped in maps.items():
            size = rows * np.dtype(_MERGED[name]).itemsize // mmap.PAGESIZE * mmap.PAGESIZE
            if size:
                mapped.madvise(mmap.MADV_DONTNEED, 0, size)

    return Streamed(
        core.BarColumns.counted(instruments, arrays, off_price),
        Evaluated(signal, None if trades_itself else target, "on_change", warmup),
        None if bars.actions is None else (by_price, by_split),
        let_go,
    )
