"""Stored quotes and trades: loaded by name, or found by what a strategy declares."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from sluice.domain.errors import AmbiguousData, BadData, MissingData, UsageError
from sluice.domain.feeds import Quotes, Trades
from sluice.market.bars import match_symbols
from sluice.market.catalog import IMPORT_HINT, Catalog, files_of
from sluice.market.ticks import TICK_SETS, TickSet


def load_ticks(catalog: Catalog, name: str, symbols: Sequence[str] | None = None) -> TickSet:
    """The quotes or trades of a data set; fewer instruments than all mark them as narrowed.

    Raises:
        MissingData: no such data set or symbol.
        UsageError: the data set holds bars.
        BadData: a file is damaged.
    """
    info = catalog.info(name)
    if info.kind not in TICK_SETS:
        msg = f"{name} holds {info.kind}, not quotes or trades; `sluice data list` shows the kinds"
        raise UsageError(msg)
    files = files_of(info, symbols)
    wanted = {file.instrument for file in files}
    ticks = TICK_SETS[info.kind].build(
        pl.concat([catalog.read_stored(info, file) for file in files]),
        [i for i in info.instruments if i.id in wanted],
        name=name,
        provenance=info.provenance,
        quality=info.quality,
    )
    whole = len(wanted) == len(info.instruments)
    if whole and ticks.digest != info.digest:
        msg = f"the {info.kind} of {name} are not those that were imported; import them again"
        raise BadData(msg)
    return replace(ticks.with_sessions(catalog.sessions(info)), narrowed=not whole)


def find_ticks(catalog: Catalog, declared: Quotes | Trades) -> TickSet:
    """The ticks that a strategy declares, from the one data set that holds them.

    The result is the declared universe, so it is not marked as narrowed.

    Raises:
        MissingData: no data set holds them; the message names the command that brings them.
        AmbiguousData: two data sets or more do; the message lists them.
    """
    fits, near = [], []
    for name in catalog.names():
        info = catalog.info(name)
        if info.kind != declared.kind:
            continue
        try:
            match_symbols(info.instruments, declared.symbols, name)
        except (MissingData, UsageError) as error:
            near.append(str(error))
            continue
        fits.append(name)
    wanted = f"{declared.kind} of {', '.join(declared.symbols)}"
    if not fits:
        seen = "".join(f"\n  {line}" for line in near[:8])
        hint = f"{IMPORT_HINT} --kind {declared.kind}"
        msg = f"no data set holds {wanted}; bring them with `{hint}`.{seen}"
        raise MissingData(msg)
    if len(fits) > 1:
        msg = f"several data sets hold {wanted}: {', '.join(fits)}; choose one with --data"
        raise AmbiguousData(msg)
    return replace(load_ticks(catalog, fits[0], declared.symbols), narrowed=False)
