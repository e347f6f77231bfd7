"""Lineages: which strategies count as one when trials are counted, kept as merged components.

Every run names the keys of its strategy (name, file, hypothesis, source, bases). Two runs that
share a key are one lineage, and so is whatever either is connected to: editing a word, renaming the
class or copying the file does not reset the count. A component is named by one of its keys; where a
run joins several, all are relabeled as one.
"""

import sqlalchemy as sa

from sluice.adapters.storage.schema import lineages


def merge(connection: sa.Connection, keys: tuple[str, ...]) -> None:
    """Make one component of these keys and all that they are connected to."""
    assert keys, "a run without lineage would not be counted"
    query = sa.select(lineages.c.key, lineages.c.component).where(lineages.c.key.in_(keys))
    known = {row.key: row.component for row in connection.execute(query)}
    joined = sorted(set(known.values()))
    component = joined[0] if joined else keys[0]
    if len(joined) > 1:
        connection.execute(
            sa.update(lineages)
            .where(lineages.c.component.in_(joined[1:]))
            .values(component=component)
        )
    new = [key for key in dict.fromkeys(keys) if key not in known]
    if new:
        rows = [{"key": key, "component": component} for key in new]
        connection.execute(sa.insert(lineages), rows)


def members(keys: tuple[str, ...]) -> sa.Select[tuple[str]]:
    """A query for every key that is connected to one of these."""
    components = sa.select(lineages.c.component).where(lineages.c.key.in_(keys))
    return sa.select(lineages.c.key).where(lineages.c.component.in_(components))
