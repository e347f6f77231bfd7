"""What befalls instruments, beside their bars: the tables of actions and of funding of an import.

From a file (`actions.csv`, `funding.csv` or their Parquet beside the data, or as given), or for
actions from columns of the bars themselves, for funding from files of rates among them; a table
that is named so wins.
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from sluice.domain.errors import BadData, MissingData
from sluice.domain.instrument import Instrument
from sluice.market.actions import read_actions, refuse_foreign, shaped, with_ids
from sluice.market.funding import FUNDING, read_funding, settled
from sluice.market.importers.files import ACTION_FILES, FUNDING_FILES
from sluice.market.importers.raw import ImportOptions, RawBars

Events = tuple[pl.DataFrame | None, pl.DataFrame | None]


def events_of(
    raw: RawBars, options: ImportOptions, instruments: Mapping[str, Instrument]
) -> Events:
    """The tables of actions and funding of a source, null where it has none.

    Raises:
        MissingData: a file that was named is not there.
        BadData: a table that cannot be read, figures that cannot be, dividends or splits of what
            is no share, funding of what is no perpetual.
    """
    known = list(instruments.values())
    actions = None
    path = _file(options.actions_file, raw.folder, ACTION_FILES)
    if path is not None:
        actions = read_actions(path, known)
    elif raw.told is not None:
        actions = shaped(with_ids(raw.told, known), "the columns of actions")
    if actions is not None:
        refuse_foreign(actions, known, "actions" if path is None else path.name)
    path = _file(options.funding_file, raw.folder, FUNDING_FILES)
    if path is not None:
        return actions, read_funding(path, known, options.timezone)
    if raw.funding is None:
        return actions, None
    stamped = raw.funding.with_columns(pl.col("ts").cast(FUNDING["ts"]))
    return actions, settled(stamped, known, "the files of funding")


def _file(given: Path | None, folder: Path | None, names: tuple[str, ...]) -> Path | None:
    if given is not None:
        if not given.is_file():
            msg = f"there is no file {given}; check the path"
            raise MissingData(msg)
        return given
    beside = [folder / name for name in names if folder and (folder / name).is_file()]
    if len(beside) > 1:
        msg = f"{folder} holds both {' and '.join(names)}; keep one"
        raise BadData(msg)
    return beside[0] if beside else None
