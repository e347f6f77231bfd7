"""The few pieces of HTML that the page is built from; every text goes through `esc`."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TICK = (
    '<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">'
    '<path d="M2.5 8.5l3.5 3.5 7.5-8" fill="none" stroke="currentColor" stroke-width="2.4"/></svg>'
)
CROSS = (
    '<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">'
    '<path d="M3 3l10 10M13 3L3 13" fill="none" stroke="currentColor" stroke-width="2.4"/></svg>'
)


def esc(text: object) -> str:
    """The text with every character that HTML reads made harmless, quotes included."""
    return html.escape(str(text), quote=True)


@dataclass(frozen=True)
class Column:
    """A column's heading; numbers are set to the right in figures of one width."""

    title: str
    number: bool = True


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    css: str = "",
    sortable: bool = False,
) -> str:
    """A table of cells that are already safe HTML. A sortable one sorts by a click on a heading."""
    marks = [' class="n"' if c.number else "" for c in columns]
    heads = "".join(
        f'<th{mark} scope="col">'
        + (f'<button type="button">{esc(c.title)}</button>' if sortable else esc(c.title))
        + "</th>"
        for c, mark in zip(columns, marks, strict=True)
    )
    body = "\n".join(
        "<tr>"
        + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=True))
        + "</tr>"
        for row in rows
    )
    kind = f"{css} sortable".strip() if sortable else css
    return (
        f'<div class="scroll"><table class="{kind}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def section(anchor: str, heading: str, body: str, note: str = "", css: str = "") -> str:
    """A titled part of the page; `note` says under the title how to read it (safe HTML)."""
    said = f'<p class="note">{note}</p>' if note else ""
    return f'<section id="{anchor}" class="{css}"><h2>{esc(heading)}</h2>{said}{body}</section>'


def chart(name: str, label: str, height: int) -> str:
    """The empty place that the page's script fills with the chart of this name."""
    return (
        f'<div class="chart" data-chart="{esc(name)}" role="img" aria-label="{esc(label)}" '
        f'style="min-height:{height}px"></div>'
    )


def empty(reason: str) -> str:
    """What stands in the place of a chart or table that has nothing to show, and why."""
    return f'<p class="empty">{esc(reason)}</p>'
