"""Files as exchanges and other platforms write them, made small for tests."""

import gzip
import io
import json
import zipfile
from pathlib import Path

MINUTE_MS = 60_000
START_MS = 1_704_067_200_000  # 2024-01-01 00:00 UTC
KLINE_HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore"
)


def kline(i, *, start=START_MS, step=MINUTE_MS, unit=1, close=None, volume="5.5"):
    """Row `i` of a dump; `unit` 1000 writes microseconds."""
    opened = (start + i * step) * unit
    closed = (start + (i + 1) * step) * unit - 1
    price = 100 + i % 7
    close = price + 0.25 if close is None else close
    return f"{opened},{price},{price + 1}.5,{price - 1}.5,{close},{volume},{closed},1,2,3,4,0"


def klines(count=10, first=0, **how):
    """Rows of a dump."""
    return [kline(i, **how) for i in range(first, first + count)]


def packed(path, lines, member=None):
    """Write lines to a file, zipped or gzipped where its name says so."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = ("\n".join(lines) + "\n").encode()
    if path.suffix == ".zip":
        path.write_bytes(zipped({member or path.with_suffix(".csv").name: data}))
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(data, mtime=0))
    else:
        path.write_bytes(data)
    return path


def zipped(members):
    """The bytes of a zip with these members, stamped alike each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in members.items():
            pack.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def freqtrade_json(path, rows):
    """Write freqtrade's JSON: a list of lists."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows))
    return path
