"""Stamps of a source as UTC nanoseconds: dates, ISO text, epoch numbers, with or without a zone."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from sluice.domain.errors import BadData, UsageError

# Upper bounds of |stamp| for seconds, ms, us; the year 5138 in each. Above: ns.
_EPOCHS = ((10**11, 10**9, "seconds"), (10**14, 10**6, "ms"), (10**17, 10**3, "us"))
_OFFSET = r"(Z|z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})$"
_FORMATS = (
    *("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d %H:%M:%S"),
    *("%Y%m%d %H%M%S", "%Y%m%d %H:%M"),
)
_DATES = ("%Y-%m-%d", "%Y%m%d")
_YEARS = (1678, 2261)  # what 64 bits of nanoseconds hold whole


def check_zone(timezone: str | None) -> None:
    """Refuse a zone that does not exist.

    Raises:
        UsageError: the tz database has no such name.
    """
    if timezone is None:
        return
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"--timezone {timezone}: no such zone; write a name as America/New_York or UTC"
        raise UsageError(msg) from error


def to_utc_ns(column: pl.Series, timezone: str | None, where: str) -> tuple[pl.Series, str]:
    """Int64 UTC nanoseconds of a column, and in words how it was read.

    Naive stamps are local time of `timezone`, UTC where that is null. Numbers are epochs, whose
    unit is told by their size; eight digits that are dates are dates.

    Raises:
        BadData: a stamp is missing or cannot be read (row named), zones or units are mixed, or a
            local time does not exist or exists twice.
    """
    if column.null_count():
        row = int(column.is_null().arg_true()[0])
        count = column.null_count()
        msg = f"{where}: no stamp in row {row + 1} of column {column.name} ({count} such)"
        raise BadData(msg)
    if column.dtype.is_temporal() and column.dtype != pl.Time:
        _check_years(column.dt.year(), column, where)
    if isinstance(column.dtype, pl.Datetime):
        if column.dtype.time_zone is not None:
            note = f"stamps carry the zone {column.dtype.time_zone}"
            return _physical(column.dt.convert_time_zone("UTC")), note
        return _localize(column, timezone, where)
    if column.dtype == pl.Date:
        return _localize(column.cast(pl.Datetime("us")), timezone, where)
    if column.dtype.is_integer() or column.dtype.is_float() or column.dtype.is_decimal():
        return _from_numbers(column, timezone, where)
    if column.dtype == pl.String:
        text = column.str.strip_chars()
        if text.str.contains(r"^-?\d+(\.\d+)?$").all():
            whole = not text.str.contains(".", literal=True).any()
            return _from_numbers(text.cast(pl.Int64 if whole else pl.Float64), timezone, where)
        return _from_text(text, timezone, where)
    msg = f"{where}: column {column.name} holds {column.dtype}, which is no stamp"
    raise BadData(msg)


def _check_years(years: pl.Series, column: pl.Series, where: str) -> None:
    wrong = (~years.is_between(*_YEARS)).fill_null(value=False).arg_true()
    if len(wrong):
        row = int(wrong[0])
        msg = (
            f"{where}: the stamp {column[row]} in row {row + 1} is outside the years "
            f"{_YEARS[0]} to {_YEARS[1]}"
        )
        raise BadData(msg)


def _physical(column: pl.Series) -> pl.Series:
    return column.cast(pl.Datetime("ns", "UTC")).to_physical().cast(pl.Int64)


def _localize(column: pl.Series, timezone: str | None, where: str) -> tuple[pl.Series, str]:
    zone = timezone or "UTC"
    utc = column.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    if utc.null_count() > column.null_count():
        row = int(utc.is_null().arg_true()[0])
        msg = (
            f"{where}: {column[row]} in row {row + 1} does not exist or exists twice in {zone} "
            "(clocks changed); export the source in UTC"
        )
        raise BadData(msg)
    said = "as --timezone says" if timezone else "no zone is stated: taken as UTC"
    return _physical(utc.dt.convert_time_zone("UTC")), f"stamps are {zone}, {said}"


def _from_numbers(column: pl.Series, timezone: str | None, where: str) -> tuple[pl.Series, str]:
    if column.dtype.is_float() and not column.is_finite().all():
        row = int((~column.is_finite()).arg_true()[0])
        msg = f"{where}: the stamp in row {row + 1} of column {column.name} is {column[row]}"
        raise BadData(msg)
    if column.is_between(19000101, 21001231).all():
        dates = column.cast(pl.Int64).cast(pl.String).str.to_date("%Y%m%d", strict=False)
        if dates.null_count() == 0:
            return _localize(dates.cast(pl.Datetime("us")), timezone, where)
    size = column.abs()
    units = {_unit(value) for value in (size.filter(size > 0).min(), size.max()) if value}
    if len(units) > 1:
        names = " and ".join(sorted(name for _, name in units))
        msg = f"{where}: column {column.name} mixes epochs in {names}; export it in one unit"
        raise BadData(msg)
    factor, name = units.pop() if units else (10**9, "seconds")
    if float(size.max() or 0) * factor > 9.2e18:  # type: ignore[arg-type]
        msg = f"{where}: column {column.name} holds {size.max()!r}, which is no stamp"
        raise BadData(msg)
    if column.dtype.is_integer():
        ns = column.cast(pl.Int64) * factor
    else:  # to the microsecond: a float has no more
        ns = (column.cast(pl.Float64) * (factor / 1000)).round(0).cast(pl.Int64) * 1000
    return ns.alias(column.name), f"stamps are epoch {name} (UTC), told by their size"


def _unit(value: object) -> tuple[int, str]:
    size = float(value)  # type: ignore[arg-type]
    for bound, factor, name in _EPOCHS:
        if size < bound:
            return factor, name
    return 1, "ns"


def _from_text(text: pl.Series, timezone: str | None, where: str) -> tuple[pl.Series, str]:
    clean = (
        text.str.replace(r"^(\d{4})[./](\d{1,2})[./](\d{1,2})", "$1-$2-$3")
        .str.replace(r"^(\d{4}-\d{2}-\d{2}|\d{8})[Tt]", "$1 ")
        .str.replace(r"\s+(Z|UTC|[+-]\d{2}:?\d{2})$", "$1")
    )
    _check_years(clean.str.slice(0, 4).cast(pl.Int64, strict=False), text, where)
    # An offset can only follow a time of day: the "-02" of 2024-01-02 is a day.
    offset = pl.select(
        pl.when(clean.str.contains(r"\d:\d|\d{8} \d{6}")).then(clean.str.extract(_OFFSET))
    ).to_series()
    if offset.null_count() == len(offset):
        return _localize(_parse(clean, text, where), timezone, where)
    if offset.null_count():
        row = int(offset.is_null().arg_true()[0])
        other = int(offset.is_not_null().arg_true()[0])
        msg = (
            f"{where}: mixed time zones: {text[other]!r} in row {other + 1} has a zone, "
            f"{text[row]!r} in row {row + 1} has none"
        )
        raise BadData(msg)
    minutes = _offset_minutes(offset)
    if minutes.n_unique() > 1 and timezone is None:
        row = int((minutes != minutes[0]).arg_true()[0])
        msg = (
            f"{where}: mixed time zones: {offset[0]} in row 1, {offset[row]} in row {row + 1}; "
            "where that is one zone in summer and winter, name it with --timezone"
        )
        raise BadData(msg)
    naive = _parse(clean.str.replace(_OFFSET, ""), text, where)
    ns = naive.dt.epoch("ns") - minutes * 60 * 10**9
    return ns, f"stamps carry their offset ({offset[0]})"


def _offset_minutes(offset: pl.Series) -> pl.Series:
    digits = offset.str.replace_all(r"[^0-9]", "").str.pad_end(4, "0")
    sign = offset.str.starts_with("-").cast(pl.Int64) * -2 + 1
    hours = digits.str.slice(0, 2).cast(pl.Int64)
    return sign * (hours * 60 + digits.str.slice(2, 2).cast(pl.Int64))


def _parse(clean: pl.Series, text: pl.Series, where: str) -> pl.Series:
    best: pl.Series | None = None
    for pattern in (*_FORMATS, *_DATES):
        if pattern in _DATES:
            parsed = clean.str.to_date(pattern, strict=False).cast(pl.Datetime("ns"))
        else:
            parsed = clean.str.to_datetime(pattern, strict=False, time_unit="ns")
        if parsed.null_count() == 0:
            return parsed
        best = parsed if best is None or parsed.null_count() < best.null_count() else best
    assert best is not None
    row = int(best.is_null().arg_true()[0])
    msg = (
        f"{where}: {text[row]!r} in row {row + 1} is no stamp that can be read without guessing; "
        "write 2024-01-31 13:05 (or 2024-01-31, or an epoch number)"
    )
    raise BadData(msg)
