"""The catalog: whole or absent, never mixed, found by what a strategy declares."""

import fcntl
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import market_bars
from market_bars import HOUR, NOW, bar_set
from sluice.domain.errors import (
    AmbiguousData,
    BadData,
    DiskFull,
    MissingData,
    StorageError,
    UsageError,
)
from sluice.domain.strategy import Bars
from sluice.market.catalog import Catalog, WriteOptions
from sluice.market.dataset import DatasetInfo, Origin

RECORDED = Origin("recorded")


@pytest.fixture
def catalog(tmp_path):
    return Catalog(tmp_path / "data")


def tree(root):
    """Every file but the locks, with its bytes: what 'unchanged' means."""
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file() and p.suffix != ".lock"
    }


def test_what_is_written_is_read_back_with_its_digest(catalog):
    bars = bar_set(("BTCUSDT", "ETHUSDT"), bars=24 * 400)
    info = catalog.write("two", bars, RECORDED, NOW)
    again = catalog.load("two")
    assert again.digest == bars.digest == info.digest
    assert again.frame.equals(bars.frame)
    assert again.instruments == bars.instruments
    assert not again.narrowed
    assert catalog.names() == ["two"]


def test_files_are_partitioned_by_interval_instrument_and_year(catalog):
    info = catalog.write("one", bar_set(bars=24 * 400), RECORDED, NOW)
    assert [f.path for f in info.files] == [
        "every=1h/instrument=BTCUSDT.BINANCE/year=2024.parquet",
        "every=1h/instrument=BTCUSDT.BINANCE/year=2025.parquet",
    ]
    assert catalog.scan("one").select(pl.len()).collect().item() == 24 * 400


def test_the_record_survives_json(catalog):
    info = catalog.write("one", bar_set(), RECORDED, NOW)
    assert DatasetInfo.from_json(info.to_json()) == info
    assert catalog.info("one") == info
    assert info.imported_at_ns == NOW


def test_a_symbol_with_odd_letters_has_a_folder_of_its_own(catalog):
    bars = bar_set(("BRK/B",), asset_class="equity")
    catalog.write("odd", bars, RECORDED, NOW)
    assert catalog.load("odd").ids == ("BRK/B.BINANCE",)


def test_a_name_is_replaced_only_on_demand(catalog):
    catalog.write("one", bar_set(bars=10), RECORDED, NOW)
    before = tree(catalog.root)
    with pytest.raises(UsageError, match="add --replace"):
        catalog.write("one", bar_set(bars=20), RECORDED, NOW)
    assert tree(catalog.root) == before
    catalog.write("one", bar_set(bars=20), RECORDED, NOW, options=WriteOptions(replace=True))
    assert catalog.info("one").rows == 20


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "../up", "x" * 81, "with space"])
def test_a_name_that_is_no_folder_is_refused(catalog, name):
    with pytest.raises(UsageError, match="cannot name a data set"):
        catalog.write(name, bar_set(), RECORDED, NOW)
    assert not catalog.root.exists()


def test_an_unknown_name_is_told_with_near_ones(catalog):
    catalog.write("crypto-1h", bar_set(), RECORDED, NOW)
    with pytest.raises(MissingData, match=r"no data set crypto1h; did you mean crypto-1h\?"):
        catalog.load("crypto1h")


def test_an_interrupt_in_the_middle_leaves_no_trace(catalog):
    catalog.write("one", bar_set(bars=10), RECORDED, NOW)
    before = tree(catalog.root)

    def interrupt(done, total, instrument):
        raise KeyboardInterrupt

    options = WriteOptions(replace=True, progress=interrupt)
    with pytest.raises(KeyboardInterrupt):
        catalog.write("one", bar_set(bars=20), RECORDED, NOW, options=options)
    assert tree(catalog.root) == before
    with pytest.raises(KeyboardInterrupt):
        catalog.write("new", bar_set(), RECORDED, NOW, options=options)
    assert catalog.names() == ["one"]


def test_a_full_disk_is_told_and_leaves_no_trace(catalog):
    catalog.write("one", bar_set(bars=10), RECORDED, NOW)
    before = tree(catalog.root)
    # The kernel refuses any file above 4 kB in this child: what a full disk looks like to it.
    code = (
        "import resource, signal, sys; from pathlib import Path; import market_bars as m;"
        "from sluice.market.catalog import Catalog, WriteOptions;"
        "from sluice.market.dataset import Origin; from sluice.domain.errors import DiskFull;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "c = Catalog(Path(sys.argv[1])); b = m.bar_set(bars=20000);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: c.write('one', b, Origin('recorded'), 1, options=WriteOptions(replace=True))\n"
        "except DiskFull as error: print(error)"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, str(catalog.root)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(market_bars.__file__).parent,
    )
    assert "no space is left while writing the data set one; nothing was kept" in child.stdout
    assert tree(catalog.root) == before
    assert issubclass(DiskFull, StorageError)


def test_a_second_writer_of_the_same_name_gets_a_clear_error(catalog):
    catalog.root.mkdir()
    with (catalog.root / ".one.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StorageError, match="another process is writing the data set one"):
            catalog.write("one", bar_set(), RECORDED, NOW)
        catalog.write("other", bar_set(), RECORDED, NOW)
    catalog.write("one", bar_set(), RECORDED, NOW)


def test_what_a_killed_writer_left_is_undone_by_the_next_one(catalog):
    info = catalog.write("one", bar_set(bars=10), RECORDED, NOW)
    (catalog.root / "one").rename(catalog.root / ".old-one")  # killed between the two renames
    (catalog.root / ".new-one").mkdir()
    with pytest.raises(MissingData):
        catalog.info("one")
    options = WriteOptions(replace=True)
    catalog.write("one", bar_set(bars=12), RECORDED, NOW, options=options)
    assert catalog.info("one").rows == 12 != info.rows
    assert sorted(p.name for p in catalog.root.iterdir()) == [".one.lock", "one"]


def test_a_damaged_file_is_not_read(catalog):
    info = catalog.write("one", bar_set(), RECORDED, NOW)
    path = catalog.root / "one" / info.files[0].path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(BadData, match="is not what was written"):
        catalog.load("one")


def test_a_damaged_record_is_told(catalog):
    catalog.write("one", bar_set(), RECORDED, NOW)
    (catalog.root / "one" / "dataset.json").write_text("{")
    with pytest.raises(BadData, match="the record of data set one cannot be read"):
        catalog.info("one")


def test_a_read_only_catalog_is_told(catalog):
    catalog.root.parent.mkdir(exist_ok=True)
    catalog.root.write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="the disk refused while opening the catalog"):
        catalog.write("one", bar_set(), RECORDED, NOW)


def test_a_declaration_finds_its_data_set_and_is_not_narrowed(catalog):
    catalog.write("two", bar_set(("BTCUSDT", "ETHUSDT")), RECORDED, NOW)
    catalog.write("fx", bar_set(("GBPUSD",), asset_class="fx"), RECORDED, NOW)
    found = catalog.find(Bars("ETHUSDT", every="1h"))
    assert (found.name, found.ids, found.narrowed) == ("two", ("ETHUSDT.BINANCE",), False)


def test_a_coarser_declaration_is_made_from_finer_bars(catalog):
    catalog.write("one", bar_set(), RECORDED, NOW)
    assert catalog.find(Bars("BTCUSDT", every="4h")).every_ns == 4 * HOUR


def test_a_declaration_that_nothing_fits_names_the_command(catalog):
    catalog.write("one", bar_set(), RECORDED, NOW)
    with pytest.raises(MissingData, match=r"SOLUSDT at 1h; bring it with `sluice data import PATH"):
        catalog.find(Bars("SOLUSDT", every="1h"))
    with pytest.raises(MissingData, match="one has bars of 1h"):
        catalog.find(Bars("BTCUSDT", every="5m"))
    with pytest.raises(MissingData, match="bring it with `sluice data simulate`"):
        catalog.find(Bars("ALPHA", "BRAVO", every="1h"))


def test_a_declaration_that_two_data_sets_fit_lists_them(catalog):
    catalog.write("one", bar_set(), RECORDED, NOW)
    catalog.write("two", bar_set(bars=60), RECORDED, NOW)
    with pytest.raises(AmbiguousData, match="several data sets hold BTCUSDT at 1h: one, two"):
        catalog.find(Bars("BTCUSDT", every="1h"))


def test_reading_creates_nothing(catalog):
    assert catalog.names() == []
    with pytest.raises(MissingData, match="The catalog is empty"):
        catalog.find(Bars("BTCUSDT", every="1h"))
    assert not catalog.root.exists()
