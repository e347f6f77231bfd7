"""`sluice data resample`: bars from finer bars and from trades, and what it refuses."""

import json

import polars as pl
import pytest

from market_bars import HEADER, ROWS
from sluice.cli.main import main
from sluice.market.dataset import Origin
from sluice.market.ticks import TradeSet
from sluice.runtime.build import open_catalog

MINUTE = 60 * 10**9


@pytest.fixture
def sluice(tmp_path, monkeypatch, capsys):
    """Run the command in this process; its words, and its exit code held."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "BTCUSDT-1h.csv").write_text("\n".join((HEADER, *ROWS)) + "\n")

    def run(*args, code=0):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["data", *args])
        done = capsys.readouterr()
        assert ended.value.code == code, done.err + done.out
        return done

    run("import", "BTCUSDT-1h.csv", "--name", "hours")
    return run


def stored_trades(catalog):
    instruments = catalog.load("hours").instruments
    frame = pl.DataFrame(
        {
            "ts": pl.Series([second * 10**9 for second in range(0, 600, 20)], dtype=pl.Int64),
            "instrument": [instruments[0].id] * 30,
            "price": [100.0 + row for row in range(30)],
            "size": [2.0] * 30,
            "side": [1] * 30,
        }
    )
    trades = TradeSet.build(frame, instruments, name="prints", provenance="recorded")
    catalog.write("prints", trades, Origin("recorded"), 0)


def test_finer_bars_become_coarser_ones_of_their_own_name(sluice):
    told = json.loads(sluice("resample", "hours", "--every", "2h", "--json").out)
    assert told["name"] == "hours-2h"
    catalog = open_catalog()
    recipe = catalog.info("hours-2h").origin.recipe
    assert recipe == {"resampled": "hours", "digest": catalog.info("hours").digest, "every": "2h"}
    assert catalog.load("hours-2h").digest == catalog.load("hours", 2 * 60 * MINUTE).digest


def test_trades_become_bars_with_volume(sluice):
    catalog = open_catalog()
    stored_trades(catalog)
    sluice("resample", "prints", "--every", "1m", "--name", "minutes")
    bars = catalog.load("minutes").frame
    assert len(bars) == 8  # ten windows, the first and the last of which may not be whole
    assert bars.row(0, named=True)["open"] == 103.0
    assert bars["volume"].to_list() == [6.0] * 8


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("nothing", "--every", "2h"), "no data set nothing"),
        (("hours", "--every", "1h"), "coarser"),
        (("hours", "--every", "30m"), "no multiple"),
        (("hours", "--every", "0s"), "above zero"),
        (("hours", "--every", "often"), "not a duration"),
        (("hours", "--every", "2h", "--name", "hours", "--replace"), "choose another --name"),
        (("hours", "--every", "2h", "--name", "../x"), "name"),
    ],
    ids=["unknown", "same", "finer", "zero", "no duration", "itself", "no name"],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_stored(sluice, arguments, word):
    assert word in sluice("resample", *arguments, code=2).err
    assert open_catalog().names() == ["hours"]


def test_a_taken_name_needs_replace(sluice):
    sluice("resample", "hours", "--every", "2h")
    assert "--replace" in sluice("resample", "hours", "--every", "2h", code=2).err
    sluice("resample", "hours", "--every", "2h", "--replace")
