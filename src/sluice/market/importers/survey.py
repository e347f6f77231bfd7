"""Looks a source over: its files, the layout of each, and the one kind of data that is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sluice.domain.errors import BadData, UsageError
from sluice.market.importers.files import list_tables
from sluice.market.importers.formats import layout_of
from sluice.market.importers.layout import Head, Layout, head_of
from sluice.market.importers.raw import ImportOptions, Kind
from sluice.market.importers.stamps import check_zone


@dataclass(frozen=True, slots=True)
class Survey:
    """The files of a source that are read, each with its layout, and what was left out.

    `funding` are files of rates that belong to the bars.
    """

    kind: Kind
    files: tuple[tuple[Head, Layout], ...]
    notes: tuple[str, ...]
    funding: tuple[tuple[Head, Layout], ...] = ()


def survey(source: Path | Sequence[Path], options: ImportOptions) -> Survey:
    """Find out what a file, a folder or a list of files holds.

    Raises:
        MissingData: nothing is there.
        BadData: a file that cannot be imported, with the reason; or a broken one.
        UsageError: an unknown zone; several kinds of data and no `kind` that picks one, or one
            that is not there.
    """
    check_zone(options.timezone)
    paths = list_tables(source) if isinstance(source, Path) else list(source)
    if options.symbol and len(paths) > 1 and isinstance(source, Path):
        msg = f"--symbol names one instrument, but {source} holds {len(paths)} files"
        raise UsageError(msg)
    known, funding, notes = [], [], []
    for path in paths:
        head = head_of(path)
        layout = layout_of(head, options.format)
        if layout.funding:
            funding.append((head, layout))
        elif layout.read is None:
            if len(paths) == 1:
                msg = f"{head.name} cannot be imported: {layout.why_not}"
                raise BadData(msg)
            notes.append(f"{head.name} was left out: {layout.why_not}")
        else:
            known.append((head, layout))
    if funding and not known:
        msg = (
            f"{funding[0][0].name} holds funding, no prices: put it into one folder with the bars "
            "of its perpetual, and import the folder"
        )
        raise BadData(msg)
    if not known:
        msg = f"nothing of {source} can be imported: {'; '.join(notes[:3])}"
        raise BadData(msg)
    kind = _kind(known, options)
    picked = tuple((head, layout) for head, layout in known if kind in layout.kinds)
    if len(picked) < len(known):
        count = len(known) - len(picked)
        notes.append(f"{count} {'file' if count == 1 else 'files'} of other kinds were left out")
    if funding and kind != "bars":
        notes.append(f"{len(funding)} files of funding were left out: they belong to bars")
    return Survey(kind, picked, tuple(notes), tuple(funding) if kind == "bars" else ())


def _kind(known: Sequence[tuple[Head, Layout]], options: ImportOptions) -> Kind:
    kinds = list(dict.fromkeys(kind for _, layout in known for kind in layout.kinds))
    if options.kind is not None:
        if options.kind not in kinds:
            msg = f"--kind {options.kind}: the source holds {' and '.join(kinds)}"
            raise UsageError(msg)
        return options.kind
    if len(kinds) > 1:
        msg = (
            f"the source holds {' and '.join(kinds)}, and a data set is of one kind: "
            f"import each under its own --name, with --kind {kinds[0]} or --kind {kinds[1]}"
        )
        raise UsageError(msg)
    return kinds[0]
