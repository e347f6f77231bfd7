"""Coarser bars as a plain loop would make them: for each row, the windows that are over by then."""


def last_completed(rows, every, value):
    """For each row (start, end, open, high, low, close, volume) of one instrument, in time.

    `value` maps the list of coarser bars that are known at the row, oldest first, to a number or
    None. A window is known when a stamp at or after its end has come; one that began before the
    first row is not counted, one without rows does not exist.
    """
    out = []
    for _, now, *_ in rows:
        known = []
        starts = sorted({start // every * every for start, *_ in rows})
        for window in starts:
            inside = [r for r in rows if window <= r[0] < window + every]
            known_at = max([window + every, *(end for _, end, *_ in inside)])
            if window < rows[0][0] or known_at > now:
                continue
            known.append(
                (
                    inside[0][2],
                    max(r[3] for r in inside),
                    min(r[4] for r in inside),
                    inside[-1][5],
                    sum(r[6] for r in inside),
                )
            )
        out.append(value(known))
    return out
