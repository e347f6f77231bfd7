"""The table of layouts: which one a file is in, by its name and its content, or by --format."""

from sluice.domain.errors import BadData, UsageError
from sluice.market.importers import (
    bar_table,
    exchange_klines,
    exchange_ticks,
    freqtrade,
    funding_rates,
    lean_bars,
    lean_ticks,
    not_data,
    publications,
    recorded_feed,
    tick_table,
)
from sluice.market.importers.layout import Head, Layout

LAYOUTS: tuple[Layout, ...] = (
    exchange_klines.LAYOUT,
    *funding_rates.LAYOUTS,
    *exchange_ticks.LAYOUTS,
    lean_bars.LAYOUT,
    *lean_ticks.LAYOUTS,
    freqtrade.LAYOUT,
    freqtrade.OTHER,
    publications.PACKAGES,
    publications.VERSIONS,
    recorded_feed.LAYOUT,
    *not_data.LAYOUTS,
    *tick_table.LAYOUTS,
    bar_table.LAYOUT,
)


def names() -> tuple[str, ...]:
    """The names that `--format` takes."""
    return tuple(layout.name for layout in LAYOUTS if layout.kinds)


def layout_of(head: Head, asked: str | None) -> Layout:
    """The layout of a file: the one that is asked for, else the first that fits.

    Raises:
        UsageError: there is no layout of that name.
        BadData: the file does not look like the one that is asked for.
    """
    if asked is None:
        return next(layout for layout in LAYOUTS if layout.fits(head))
    chosen = next((x for x in LAYOUTS if x.name == asked and x.kinds), None)
    if chosen is None:
        msg = f"--format {asked}: there is no such format; one of {', '.join(names())}"
        raise UsageError(msg)
    if not chosen.fits(head) and not (chosen.mapped and head.columns):
        msg = f"{head.name} does not look like {chosen.name} ({chosen.about}); drop --format"
        raise BadData(msg)
    return chosen
