"""Quotes and trades of every layout: what is read, what is left out and said, what is refused."""

import gzip
import json

import polars as pl
import pytest

from market_bars import HOUR, START
from market_files import START_MS, packed
from sluice.domain.errors import BadData, UsageError
from sluice.market.importers import ImportOptions
from sluice.market.importers.read_ticks import read_ticks
from sluice.market.importers.survey import survey

SECOND = 10**9


def read(path, **options):
    said = ImportOptions(**options)
    return read_ticks(survey(path, said), said)


def values(raw, *columns):
    return raw.rows.select(columns).rows()


def stamped(i, unit=1):
    return (START_MS + i * 1000) * unit


SPOT_TRADES = [
    f"{i},100.{i},0.5,50,{{}},{maker},True" for i, maker in enumerate(("True", "False", "True"))
]
AGG = [f"{i},100.{i},0.5,7,9,{{}},{maker}" for i, maker in enumerate(("true", "false", "true"))]
TRADE_HEADER = "id,price,qty,quote_qty,time,is_buyer_maker"
AGG_HEADER = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker"


def at(rows, unit=1):
    return [row.replace("{}", str(stamped(i, unit))) for i, row in enumerate(rows)]


@pytest.mark.parametrize("unit", [1, 1000], ids=["ms", "us"])
@pytest.mark.parametrize(
    ("name", "lines", "symbol"),
    [
        ("data/spot/BTCUSDT-trades-2024-01-01.zip", SPOT_TRADES, "BTCUSDT"),
        ("data/spot/BTCUSDT-aggTrades-2024-01-01.csv", [r + ",True" for r in AGG], "BTCUSDT"),
        ("um/BTCUSDT-aggTrades-2024-01-01.zip", [AGG_HEADER, *AGG], "BTCUSDT-PERP"),
        (
            "um/BTCUSDT-trades-2024-01-01.zip",
            [TRADE_HEADER, *(r.removesuffix(",True") for r in SPOT_TRADES)],
            "BTCUSDT-PERP",
        ),
        ("mine.csv", SPOT_TRADES, "MINE"),
    ],
    ids=["spot trades", "spot agg", "futures agg", "futures trades", "by content"],
)
def test_trades_of_the_exchange_with_the_side_of_the_taker(tmp_path, name, lines, symbol, unit):
    header = lines[0] in (TRADE_HEADER, AGG_HEADER)
    body = at(lines[1:] if header else lines, unit)
    raw = read(packed(tmp_path / name, [*lines[:1], *body] if header else body))
    assert raw.kind == "trades"
    assert values(raw, "row", "ts", "price", "size", "side") == [
        (1, START, 100.0, 0.5, -1),
        (2, START + SECOND, 100.1, 0.5, 1),
        (3, START + 2 * SECOND, 100.2, 0.5, -1),
    ]
    assert raw.rows["symbol"].cast(pl.String).unique().to_list() == [symbol]


def test_best_quotes_of_the_exchange(tmp_path):
    header = (
        "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,"
        "transaction_time,event_time"
    )
    lines = [header, f"1,100.1,5,100.2,7,{stamped(0)},{stamped(1)}"]
    raw = read(packed(tmp_path / "um" / "BTCUSDT-bookTicker-2024-01-01.zip", lines))
    assert values(raw, "ts", "bid", "ask", "bid_size", "ask_size") == [
        (START, 100.1, 100.2, 5.0, 7.0)
    ]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([*at(SPOT_TRADES), "1,2"], "line 4: 2 columns where this layout has 7"),
        ([r.replace("False", "maybe") for r in at(SPOT_TRADES)], "line 2: is_buyer_maker holds"),
        ([r.replace("100.1", "abc") for r in at(SPOT_TRADES)], "line 2: price holds 'abc'"),
        ([*at(SPOT_TRADES)[:1], *at(SPOT_TRADES, 1000)[1:]], "line 2: time is"),
    ],
    ids=["short", "flag", "price", "units"],
)
def test_what_is_no_trade_is_named_by_file_and_line(tmp_path, lines, says):
    path = packed(tmp_path / "BTCUSDT-trades-2024-01-01.zip", lines)
    with pytest.raises(BadData, match=r"BTCUSDT-trades-2024-01-01\.zip") as told:
        read(path)
    assert says in str(told.value)


def test_lean_trades_leave_out_what_is_suspicious(tmp_path):
    rows = ["34200000,1001000,100,P,0,0", "34200500,1,100,P,0,1", "34201000,1002000,50,Q,0,0"]
    path = packed(tmp_path / "20240102_trade.zip", rows, "20240102_ibm_Trade_Tick.csv")
    raw = read(path)
    assert values(raw, "row", "price", "size", "side") == [(1, 100.1, 100.0, 0), (3, 100.2, 50, 0)]
    assert raw.rows["ts"][0] == START + 24 * HOUR + 14 * HOUR + HOUR // 2
    assert any("1 of 3 rows left out: flagged as suspicious" in n for n in raw.notes)
    assert raw.sources[0].rows == 3


def test_lean_quotes_of_exchanges_become_the_national_best(tmp_path):
    rows = [
        "34200000,1000000,100,0,0,P,1,0",
        "34200001,0,0,1001000,200,Q,1,0",
        "34200002,1000500,300,0,0,Q,1,0",
    ]
    raw = read(packed(tmp_path / "20240102_quote.zip", rows, "20240102_ibm_Quote_Tick.csv"))
    assert values(raw, "row", "bid", "bid_size", "ask", "ask_size") == [
        (2, 100.0, 100.0, 100.1, 200.0),
        (3, 100.05, 300.0, 100.1, 200.0),
    ]
    assert any("2 changes of the national best quote made of 3 quotes" in n for n in raw.notes)
    backwards = packed(
        tmp_path / "b" / "20240102_quote.zip", rows[::-1], "20240102_ibm_Quote_Tick.csv"
    )
    with pytest.raises(BadData, match=r"the stamp of row 2 is before the one above it"):
        read(backwards)


def test_lean_crypto_quotes_have_both_sides_and_no_exchange(tmp_path):
    path = packed(
        tmp_path / "crypto/coinbase/tick/btcusd/20240102_quote.zip",
        ["1000,42000.1,0.5,42000.2,0.7"],
        "20240102_btcusd_tick_quote.csv",
    )
    assert values(read(path), "ts", "bid", "ask") == [
        (START + 24 * HOUR + SECOND, 42000.1, 42000.2)
    ]


def test_taq_quotes_and_trades(tmp_path):
    quotes = tmp_path / "q.csv"
    quotes.write_text(
        "DT,EX,BID,BIDSIZ,OFR,OFRSIZ,SYMBOL\n"
        "2018-01-02 09:04:13.125,P,156.57,1,158.85,2,XXX\n"
        "2018-01-02 09:04:14,N,156.60,3,158.85,1,XXX\n"
        "2018-01-02 09:04:15,N,0,0,0,0,XXX\n"
    )
    raw = read(quotes)
    assert values(raw, "bid", "bid_size", "ask", "ask_size") == [
        (156.57, 100, 158.85, 200),
        (156.60, 300, 158.85, 300),
        (156.57, 100, 158.85, 200),
    ]
    assert any("1 quotes with a side of zero withdraw" in n for n in raw.notes)
    trades = tmp_path / "t.csv"
    trades.write_text(
        "DT,EX,SYMBOL,COND,SIZE,PRICE,CORR\n"
        "2018-01-02 10:01:21.479,P,XXX,FTI,2,157.8,0\n"
        "2018-01-02 10:01:22,P,XXX,,2,157.9,8\n"
    )
    raw = read(trades)
    assert values(raw, "price", "size", "side") == [(157.8, 2.0, 0)]
    assert any("1 of 2 rows left out: corrected trades" in n for n in raw.notes)


def test_plain_tables_in_csv_and_parquet_give_the_same(tmp_path):
    frame = pl.DataFrame(
        {
            "ts": [START, START + 1, START + 2],
            "bid": [1.0, 0.0, 1.1],
            "ask": [1.2, 1.2, 1.3],
            "bid_size": [5.0, 0.0, None],
        }
    )
    frame.write_csv(tmp_path / "EURUSD.csv")
    frame.write_parquet(tmp_path / "EURUSD.parquet")
    for name in ("EURUSD.csv", "EURUSD.parquet"):
        raw = read(tmp_path / name)
        assert values(raw, "ts", "bid", "ask", "bid_size", "ask_size") == [
            (START, 1.0, 1.2, 5.0, None),
            (START + 2, 1.1, 1.3, None, None),
        ]
        assert any("1 of 3 rows left out: a side of zero" in n for n in raw.notes)


def test_a_csv_of_ticks_in_many_blocks_is_the_same(tmp_path, monkeypatch):
    frame = pl.DataFrame(
        {
            "time": [START + i for i in range(500)],
            "price": [100 + i % 9 / 8 for i in range(500)],
            "size": [1.0] * 500,
            "side": ["buy", "sell"] * 250,
        }
    )
    frame.write_csv(tmp_path / "X.csv")
    whole = read(tmp_path / "X.csv").rows
    monkeypatch.setattr("sluice.market.importers.container.BLOCK_BYTES", 1000)
    assert read(tmp_path / "X.csv").rows.equals(whole)
    assert whole["side"].to_list() == [1, -1] * 250
    assert whole["row"].to_list() == list(range(1, 501))


def message(ns, stream, data):
    return f"{ns} " + json.dumps({"stream": f"btcusdt@{stream}", "data": data})


FEED = [
    message(START, "depth@100ms", {"e": "depthUpdate"}),
    message(
        START + 1, "bookTicker", {"u": 1, "s": "BTCUSDT", "b": "1", "B": "5", "a": "2", "A": "6"}
    ),
    message(
        START + 2,
        "trade",
        {"e": "trade", "s": "BTCUSDT", "p": "1.5", "q": "3", "T": START_MS, "m": True, "M": True},
    ),
    f'{START + 3} {{"lastUpdateId":5,"bids":[],"asks":[]}}',
]


def test_a_recorded_feed_gives_quotes_or_trades_at_their_receipt(tmp_path):
    path = tmp_path / "btcusdt_20240101.gz"
    path.write_bytes(gzip.compress(("\n".join(FEED) + "\n").encode(), mtime=0))
    with pytest.raises(UsageError, match="holds quotes and trades, and a data set is of one kind"):
        read(path)
    quotes, trades = read(path, kind="quotes"), read(path, kind="trades")
    assert values(quotes, "row", "ts", "bid", "ask", "bid_size", "ask_size") == [
        (2, START + 1, 1.0, 2.0, 5.0, 6.0)
    ]
    assert values(trades, "row", "ts", "price", "size", "side") == [(3, START + 2, 1.5, 3.0, -1)]
    assert any("3 messages of other streams" in n for n in quotes.notes)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (FEED[1][:60], "line 5"),
        (
            message(START, "bookTicker", {"s": "BTCUSDT", "b": "x", "B": 1, "a": 1, "A": 1}),
            "line 5",
        ),
        (
            message(START, "bookTicker", {"s": "ETHUSDT", "b": 1, "B": 1, "a": 1, "A": 1}),
            "after BTC",
        ),
    ],
    ids=["cut", "number", "symbol"],
)
def test_a_bad_message_is_named_by_its_line(tmp_path, bad, says):
    path = tmp_path / "btcusdt_20240101.gz"
    path.write_bytes(gzip.compress(("\n".join([*FEED, bad]) + "\n").encode(), mtime=0))
    with pytest.raises(BadData, match=r"btcusdt_20240101\.gz, line 5") as told:
        read(path, kind="quotes")
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "orders.csv",
            "id,timestamp,price,volume,action,direction\n1,2,3,4,created,bid\n",
            "single",
        ),
        ("mbo.csv", "ts_event,action,side,price,size,order_id\n1,A,B,2,3,4\n", "single orders"),
        ("feed.json", '{"a": 1}\n', "no list of candles"),
        ("factor_files/ibm.csv", "19980102,0.6,0.5,1\n", "no prices"),
    ],
)
def test_what_cannot_be_imported_says_why(tmp_path, name, text, says):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    with pytest.raises(BadData, match="cannot be imported") as told:
        read(path)
    assert says in str(told.value)


def test_a_folder_of_quotes_and_trades_asks_for_a_kind(tmp_path):
    packed(tmp_path / "d" / "BTCUSDT-trades-2024-01-01.zip", at(SPOT_TRADES))
    pl.DataFrame({"ts": [START], "bid": [1.0], "ask": [2.0]}).write_csv(tmp_path / "d" / "q.csv")
    with pytest.raises(UsageError, match="with --kind trades or --kind quotes"):
        read(tmp_path / "d")
    assert read(tmp_path / "d", kind="quotes").kind == "quotes"


def test_columns_of_other_names_are_said_with_the_format(tmp_path):
    path = tmp_path / "ES.csv"
    path.write_text("when,deal,lots\n2024-01-01 00:00,4800.25,3\n")
    raw = read(path, format="trades", columns={"ts": "when", "price": "deal", "size": "lots"})
    assert values(raw, "ts", "price", "size", "side") == [(START, 4800.25, 3.0, 0)]
    with pytest.raises(UsageError, match="has no such column"):
        read(path, format="trades", columns={"ts": "when", "price": "deal", "size": "n"})
    with pytest.raises(BadData, match="no column for ts, price, size of trades"):
        read(path, format="trades")
