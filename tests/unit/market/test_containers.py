"""Broken containers: each is told in words that name the file."""

import gzip
import zipfile

import pytest

from market_files import klines, packed, zipped
from sluice.domain.errors import BadData
from sluice.market.importers import read_bars
from sluice.market.importers.container import blocks

NAME = "BTCUSDT-1m-2024-01-01.zip"


def text(rows):
    return ("\n".join(rows) + "\n").encode()


def damaged(data):
    """A zip whose bytes were changed inside the member, the directory left whole."""
    middle = 60
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (zipped({"a.csv": text(klines(500))})[:-40], "cannot be read"),
        (zipped({"a.csv": text(klines(3)), "b.csv": b"1\n"}), "holds 2 files (a.csv, b.csv)"),
        (zipped({}), "holds 0 files (nothing)"),
        (zipped({"a.csv": b""}), "is empty"),
        (damaged(zipped({"a.csv": text(klines(500))})), "cannot be read"),
        (b"<html>not found</html>", "cannot be read"),
    ],
    ids=["empty", "truncated", "two members", "no member", "empty member", "damaged", "html"],
)
def test_a_broken_zip_is_told(tmp_path, data, says):
    path = tmp_path / NAME
    path.write_bytes(data)
    with pytest.raises(BadData, match=r"BTCUSDT-1m-2024-01-01\.zip") as told:
        read_bars(path)
    assert says in str(told.value)


def test_a_truncated_gz_is_told(tmp_path):
    path = tmp_path / "BTCUSDT-1m-2024-01-01.csv.gz"
    path.write_bytes(gzip.compress(text(klines(500)))[:-20])
    with pytest.raises(BadData, match="cannot be read"):
        read_bars(path)


def test_a_folder_inside_a_zip_does_not_count_as_a_member(tmp_path):
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("data/", "")
        pack.writestr("data/a.csv", text(klines(3)))
    assert len(read_bars(path).rows) == 3


@pytest.mark.parametrize("end", ["\n", ""])
def test_blocks_are_whole_lines_and_know_their_number(tmp_path, monkeypatch, end):
    monkeypatch.setattr("sluice.market.importers.container.BLOCK_BYTES", 7)
    path = tmp_path / "a.csv"
    path.write_text("aa\nbbbbbbbbbbbb\ncc\nd" + end)
    found = list(blocks(path))
    assert b"".join(block for _, block in found) == path.read_bytes()
    for line, block in found:
        assert path.read_bytes().splitlines()[line - 1] == block.splitlines()[0]


def test_a_file_read_in_many_blocks_is_the_same(tmp_path, monkeypatch):
    path = packed(tmp_path / NAME, klines(300))
    whole = read_bars(path).rows
    monkeypatch.setattr("sluice.market.importers.container.BLOCK_BYTES", 1000)
    assert read_bars(path).rows.equals(whole)


def test_two_units_are_refused_also_where_a_block_ends_between_them(tmp_path, monkeypatch):
    rows = [*klines(20), *klines(20, 20, unit=1000)]
    path = packed(tmp_path / NAME, rows)
    monkeypatch.setattr("sluice.market.importers.container.BLOCK_BYTES", len(text(rows[:20])))
    with pytest.raises(BadData, match="mixes stamps in ms and us"):
        read_bars(path)
