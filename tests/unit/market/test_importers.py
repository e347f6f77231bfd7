"""Importers: what is found out, what can be said, and what is refused with which words."""

import gzip

import polars as pl
import pytest

from market_bars import HEADER, HOUR, ROWS, START
from sluice.domain.errors import BadData, MissingData, UsageError
from sluice.market.importers import ImportOptions, read_bars, read_frame
from sluice.market.importers.names import from_file_name, guess_class, guess_currency
from sluice.market.instruments import decimals_seen, make_instruments


def read(path, **options):
    return read_bars(path, ImportOptions(**options))


def test_a_csv_named_after_its_symbol_needs_nothing_else(csv):
    raw = read(csv())
    assert raw.every_ns == HOUR
    assert raw.rows["symbol"].unique().to_list() == ["BTCUSDT"]
    assert raw.rows["ts_start"].to_list() == [START + i * HOUR for i in range(4)]
    assert raw.rows["ts"].to_list() == [START + (i + 1) * HOUR for i in range(4)]
    assert raw.rows["close"].to_list() == [101, 102, 103.5, 103.25]
    assert raw.sources[0].rows == 4


@pytest.mark.parametrize(
    "header",
    [
        "Timestamp,Open,High,Low,Close,Volume",
        "open_time,o,h,l,c,v",
        "Datetime,OPEN,HIGH,LOW,CLOSE,Vol",
        '"ts","open","high","low","close","volume"',
    ],
)
def test_common_names_of_columns_are_known(csv, header):
    assert read(csv(header=header)).rows["close"].to_list() == [101, 102, 103.5, 103.25]


def test_columns_can_be_said(csv):
    path = csv(header="when,a,b,c1,d,e")
    raw = read(
        path,
        columns={"ts": "when", "open": "a", "high": "b", "low": "c1", "close": "d", "volume": "e"},
    )
    assert raw.rows["volume"].to_list() == [5, 6, 7, 8]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_found(csv, separator):
    path = csv([r.replace(",", separator) for r in ROWS], HEADER.replace(",", separator))
    assert len(read(path).rows) == 4


def test_gz_parquet_and_feather_give_the_same_bars(csv, tmp_path):
    path = csv()
    expected = read(path).rows.drop("file")
    packed = tmp_path / "gz" / "BTCUSDT-1h.csv.gz"
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(path.read_bytes()))
    frame = pl.read_csv(path, try_parse_dates=True)
    frame.write_parquet(tmp_path / "BTCUSDT-1h.parquet")
    frame.write_ipc(tmp_path / "BTCUSDT-1h.feather", compression="lz4")
    frame.write_ipc(tmp_path / "BTCUSDT-1h.arrow", compression="zstd")
    for other in (packed, *(tmp_path / f"BTCUSDT-1h.{s}" for s in ("parquet", "feather", "arrow"))):
        assert read(other).rows.drop("file").equals(expected), other.name


def test_a_folder_gives_one_symbol_a_file(csv, tmp_path):
    csv(name="many/BTCUSDT-1h.csv")
    csv(name="many/ETHUSDT-1h.csv")
    raw = read(tmp_path / "many")
    assert raw.rows["symbol"].unique().sort().to_list() == ["BTCUSDT", "ETHUSDT"]
    assert [s.name for s in raw.sources] == ["BTCUSDT-1h.csv", "ETHUSDT-1h.csv"]


def test_one_long_file_is_cut_by_its_symbol_column(csv):
    rows = [f"{s},{r}" for r in ROWS for s in ("AAPL", "MSFT")]
    raw = read(csv(rows, f"ticker,{HEADER}", "prices.csv"))
    assert raw.rows["symbol"].to_list() == ["AAPL", "MSFT"] * 4


def test_our_own_frames_are_read_by_their_start_and_their_ids():
    frame = pl.DataFrame(
        {
            "ts": [START + HOUR, START + 2 * HOUR],
            "ts_start": [START, START + HOUR],
            "instrument": ["BTC.X", "BTC.X"],
            **{c: [1.0, 2.0] for c in ("open", "high", "low", "close", "volume")},
        }
    )
    raw = read_frame(frame)
    assert raw.rows["ts"].to_list() == [START + HOUR, START + 2 * HOUR]
    assert (raw.rows["symbol"][0], raw.rows["venue"][0]) == ("BTC", "X")


def test_stamps_at_the_end_move_the_start_back(csv):
    raw = read(csv(), stamp="end")
    assert raw.rows["ts"][0] == START
    assert raw.rows["ts_start"][0] == START - HOUR


@pytest.mark.parametrize(
    ("name", "symbol", "every"),
    [
        ("BTCUSDT-5m.parquet", "BTCUSDT", 300 * 10**9),
        ("GBPUSD-ask-1m-2012-02.csv.gz", "GBPUSD-ASK", 60 * 10**9),
        ("BTC_USDT-1h.feather", "BTCUSDT", HOUR),
        ("BTCUSDT-perp-1m.parquet", "BTCUSDT-PERP", 60 * 10**9),
        ("aapl.csv", "AAPL", None),
    ],
)
def test_a_files_name_tells_symbol_and_interval(tmp_path, name, symbol, every):
    assert from_file_name(tmp_path / name) == (symbol, every)


@pytest.mark.parametrize(
    ("symbol", "asset_class", "currency"),
    [
        ("BTCUSDT", "crypto_spot", "USDT"),
        ("BTCUSDT-PERP", "perpetual", "USDT"),
        ("GBPUSD", "fx", "USD"),
        ("GBPUSD-ASK", "fx", "USD"),
        ("EUR/JPY", "fx", "JPY"),
        ("ETHBTC", "crypto_spot", "BTC"),
        ("GOOGL", "equity", "USD"),
        ("BRK.B", "equity", "USD"),
    ],
)
def test_class_and_currency_are_guessed_by_the_symbol(symbol, asset_class, currency):
    assert guess_class(symbol) == asset_class
    assert guess_currency(symbol, asset_class) == currency


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([1.0, 250.0], 0), ([106189.55, 0.1], 2), ([0.1 + 0.2], 1), ([1 / 3], 9), ([2.853e-05], 8)],
)
def test_ticks_are_told_by_the_decimals_seen_nine_at_most(values, decimals):
    assert decimals_seen(pl.Series(values).to_numpy()) == decimals


def test_what_is_guessed_is_said(csv):
    instruments, notes = make_instruments(read(csv()), ImportOptions())
    one = instruments["BTCUSDT"]
    assert str(one.tick_size) == "0.01"
    assert set(one.inferred) >= {"venue", "asset_class", "tick_size", "lot_size"}
    assert "tick_size inferred from the decimals of prices: BTCUSDT 0.01" in notes


def test_a_file_of_instruments_beside_the_data_wins_over_guesses(csv, tmp_path):
    path = csv()
    (tmp_path / "instruments.toml").write_text(
        '[BTCUSDT]\nvenue = "XBIN"\ntick_size = 0.05\nlot_size = "0.5"\nasset_class = "perpetual"\n'
    )
    one = make_instruments(read(path), ImportOptions())[0]["BTCUSDT"]
    assert (one.id, str(one.tick_size), one.asset_class) == ("BTCUSDT.XBIN", "0.05", "perpetual")
    assert one.inferred == ("currency", "min_notional")


def test_a_wrong_field_in_the_file_of_instruments_is_named(csv, tmp_path):
    path = csv()
    (tmp_path / "instruments.toml").write_text("[BTCUSDT]\ntik_size = 1\n")
    with pytest.raises(BadData, match=r"instruments.toml: BTCUSDT: unknown .* tik_size"):
        make_instruments(read(path), ImportOptions())


# Bad input, each with its words.


def bad(path, message, error=BadData, **options):
    with pytest.raises(error, match=message):
        read(path, **options)


def test_no_such_file(tmp_path):
    bad(tmp_path / "nope.csv", "there is no file or folder", MissingData)


def test_a_folder_without_tables(tmp_path):
    bad(tmp_path, "holds no table", MissingData)


def test_a_kind_of_file_that_is_not_read(tmp_path):
    path = tmp_path / "prices.xlsx"
    path.write_bytes(b"x")
    bad(path, "is of no kind that is read here")


def test_an_empty_file(tmp_path):
    path = tmp_path / "a.csv"
    path.touch()
    bad(path, "a.csv is empty")


def test_columns_without_rows(csv):
    bad(csv(rows=()), "but no rows")


def test_wrong_columns_are_listed_with_the_way_to_map_them(csv):
    path = csv(header="date,open,high,low,price,volume")
    bad(path, r"no column for close; it has 'date', .*'price'.* --column close=price")


def test_a_header_of_numbers(csv):
    bad(csv(header="1,2,3,4,5,6"), "must name the columns")


def test_two_columns_that_could_be_the_stamp(csv):
    rows = [f"x,{r}" for r in ROWS]
    bad(csv(rows, "time,date,open,high,low,close,volume"), "could all be ts; say which")


def test_a_mapping_to_a_column_that_is_not_there(csv):
    bad(csv(), "has no such column", UsageError, columns={"close": "Adj Close"})
    bad(csv(), "there is no field price", UsageError, columns={"price": "close"})


def test_text_in_a_column_of_numbers_names_the_row(csv):
    path = csv((*ROWS[:2], "2024-01-01 02:00,102,104,oops,103,7"))
    bad(path, "column low holds 'oops' in row 3, which is no number")


def test_a_truncated_gz(csv, tmp_path):
    path = tmp_path / "BTCUSDT.csv.gz"
    path.write_bytes(gzip.compress(csv().read_bytes())[:-20])
    bad(path, "cannot be read.*is the file whole")


def test_a_truncated_parquet(csv, tmp_path):
    path = tmp_path / "BTCUSDT.parquet"
    pl.read_csv(csv()).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-30])
    bad(path, "is cut off")


def test_a_parquet_that_is_none(tmp_path):
    path = tmp_path / "BTCUSDT.parquet"
    path.write_text("hello, this is text\n")
    bad(path, "is not Parquet, whatever its name says")


def test_rows_with_too_many_fields(csv):
    bad(csv((*ROWS, "2024-01-01 04:00,1,2,3,4,5,6,7")), "cannot be read")


def test_a_bar_size_that_does_not_match_says_what_was_found(csv):
    bad(csv(), "--every 5m does not match the data: .* mostly 1h apart", every_ns=300 * 10**9)


def test_files_of_different_bar_sizes(csv, tmp_path):
    csv(name="mix/BTCUSDT.csv")
    half = [r.replace("0:00,", "0:30,") if ":00," in r else r for r in ROWS]
    csv([ROWS[0], half[0], *ROWS[1:2], half[1]], name="mix/ETHUSDT.csv")
    bad(tmp_path / "mix", "different bar sizes: 30m in ETHUSDT.csv, 1h in BTCUSDT.csv")


def test_stamps_without_a_regular_step(csv):
    stamps = ("00:00", "01:00", "02:00", "02:20", "03:17", "03:59", "07:01")
    bad(csv([f"2024-01-01 {s},1,1,1,1,1" for s in stamps]), "no bars of one size")


def test_one_bar_alone_needs_its_interval_said(csv):
    path = csv(ROWS[:1], name="BTCUSDT.csv")
    bad(path, "cannot be told from one bar; say --every")
    assert read(path, every_ns=HOUR).every_ns == HOUR


def test_one_symbol_cannot_name_many_files(csv, tmp_path):
    csv(name="many/A.csv")
    csv(name="many/B.csv")
    bad(tmp_path / "many", "--symbol names one instrument", UsageError, symbol="X")
