"""A made-up run for the report's tests: a seeded random walk, traded by a coin that remembers.

The books balance: equity is cash plus marked positions, fees and slippage are paid out of it, and
the round trips add up to it. Only the trading idea is nonsense.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sluice.research.report import ReportInput

NAMES = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "DOGEUSDT", "LTCUSDT")
STAMP = pl.Datetime("ns", "UTC")
EQUITY = {"ts": STAMP, "equity": pl.Float64, "cash": pl.Float64, "gross": pl.Float64}
FILL = {
    "ts": STAMP, "instrument": pl.String, "side": pl.String, "qty": pl.Float64,
    "price": pl.Float64, "notional": pl.Float64, "fee": pl.Float64, "slippage": pl.Float64,
}  # fmt: skip
TRIP = {
    "instrument": pl.String, "entry_ts": STAMP, "exit_ts": STAMP, "side": pl.String,
    "qty": pl.Float64, "entry_px": pl.Float64, "exit_px": pl.Float64, "pnl": pl.Float64,
    "fees": pl.Float64, "slippage": pl.Float64, "return_": pl.Float64, "open_at_end": pl.Boolean,
}  # fmt: skip
DEFINITIONS = {
    "sharpe": "Mean over sample deviation of daily returns, times the root of periods a year.",
    "max_drawdown": "1 - equity / running peak at bar closes, the first equity included.",
    "win_rate": "Round trips with a profit above zero over all round trips.",
}


def walk_bars(symbols: int, bars: int, every: timedelta, seed: int = 7) -> pl.DataFrame:
    """Bars of several correlated random walks."""
    rng = np.random.default_rng(seed)
    scale = 0.55 * np.sqrt(every.total_seconds() / (365 * 86_400))
    shared = rng.standard_t(4, bars) * scale * 0.6
    starts = [datetime(2023, 1, 1, tzinfo=UTC) + every * i for i in range(bars)]
    frames = []
    for number in range(symbols):
        name = NAMES[number] if number < len(NAMES) else f"COIN{number:02d}USDT"
        moves = shared + rng.standard_t(4, bars) * scale * 0.5 + scale**2 * 0.4
        close = 40_000 / 4.0 ** (number % 7) * np.exp(np.cumsum(moves))
        opened = np.concatenate(([close[0]], close[:-1]))
        wick = np.abs(rng.normal(0, scale / 2, (2, bars)))
        frames.append(
            pl.DataFrame(
                {
                    "ts_start": starts,
                    "instrument": f"{name}.BINANCE",
                    "open": opened,
                    "high": np.maximum(opened, close) * (1 + wick[0]),
                    "low": np.minimum(opened, close) * (1 - wick[1]),
                    "close": close,
                    "volume": rng.lognormal(3, 1, bars),
                }
            )
        )
    return (
        pl.concat(frames)
        .with_columns(pl.col("ts_start").cast(STAMP))
        .with_columns((pl.col("ts_start") + every).cast(STAMP).alias("ts"))
        .with_columns(
            pl.col("instrument").cast(pl.Enum(sorted(f["instrument"][0] for f in frames)))
        )
        .sort("ts", "instrument")
    )


def trade(bars: pl.DataFrame, cash: float, hold: int, seed: int) -> dict[str, pl.DataFrame]:
    """Long or flat in each instrument for about `hold` bars, an equal share of the cash each."""
    rng = np.random.default_rng(seed)
    names = bars["instrument"].unique().sort().to_list()
    fills: list[tuple] = []
    trips: list[tuple] = []
    flows, gross = 0.0, 0.0
    for name in names:
        own = bars.filter(pl.col("instrument") == name)
        opened, close = own["open"].to_numpy(), own["close"].to_numpy()
        starts, ends = own["ts_start"].to_list(), own["ts"].to_list()
        held = np.repeat(rng.random(len(own) // hold + 1) < 0.6, hold)[: len(own)]
        held[0] = False
        # A little foresight, so that the fake run has something to show.
        drift = np.concatenate((close[hold:], np.repeat(close[-1:], hold)))[: len(own)] / close
        knows = np.repeat(rng.random(len(own) // hold + 1) < 0.3, hold)[: len(own)]
        held &= ~knows | np.repeat(drift[::hold] > 0.97, hold)[: len(own)]
        quantity = np.zeros(len(own))
        money = np.zeros(len(own))
        entry: tuple | None = None
        for i in range(1, len(own)):
            quantity[i], money[i] = quantity[i - 1], money[i - 1]
            if held[i] == held[i - 1]:
                continue
            side = 1 if held[i] else -1
            price = opened[i] * (1 + side * 0.0003)
            qty = round(cash / len(names) / price, 4) if held[i] else quantity[i]
            notional = qty * price
            fee, slippage = notional * 0.0004, qty * opened[i] * 0.0003
            fills.append(
                (
                    starts[i],
                    name,
                    "buy" if side > 0 else "sell",
                    qty,
                    price,
                    notional,
                    fee,
                    slippage,
                )
            )
            quantity[i] += side * qty
            money[i] -= side * notional + fee
            if held[i]:
                entry = (starts[i], qty, price, fee, slippage)
            elif entry is not None:
                trips.append(trip(name, entry, starts[i], price, fee, slippage, open_=False))
                entry = None
        if entry is not None:
            trips.append(trip(name, entry, ends[-1], close[-1], 0.0, 0.0, open_=True))
        flows = flows + money
        gross = gross + quantity * close
    stamps = bars["ts"].unique().sort()
    equity = pl.DataFrame(
        {"ts": stamps, "equity": cash + flows + gross, "cash": cash + flows, "gross": gross}
    ).with_columns(pl.col("gross").alias("net"))
    return {
        "equity": equity,
        "fills": pl.DataFrame(fills, schema=FILL, orient="row").sort("ts"),
        "round_trips": pl.DataFrame(trips, schema=TRIP, orient="row").sort("entry_ts"),
    }


def trip(name, entry, at, price, fee, slippage, *, open_):
    """One long round trip as a row."""
    since, qty, paid, fee_in, slippage_in = entry
    pnl = qty * (price - paid) - fee - fee_in
    return (
        name, since, at, "long", qty, paid, price, pnl, fee + fee_in, slippage + slippage_in,
        pnl / (qty * paid), open_,
    )  # fmt: skip


def check(name, value, op, threshold, *, passed, reason):
    return {
        "id": name, "value": value, "op": op, "threshold": threshold, "passed": passed,
        "reason": reason,
    }  # fmt: skip


def gate2_verdict(stats: dict) -> dict:
    """The verdict of Gate 2 on these figures, in the shape of "sluice.verdict/1"."""
    checks = [
        check("gate1_passed", True, "==", True, passed=True, reason="passed by this code"),
        check("sharpe", stats["sharpe"], ">", 1.2, passed=stats["sharpe"] > 1.2,
              reason="net of fees and slippage, 731 daily returns"),
        check("max_drawdown", stats["max_drawdown"], "<", 0.15, passed=stats["max_drawdown"] < 0.15,
              reason="from the running peak at bar closes"),
        check("win_rate", stats["win_rate"], ">", 0.45, passed=stats["win_rate"] > 0.45,
              reason="of round trips, net of all costs"),
        check("profit_factor", stats["profit_factor"], ">", 1.3,
              passed=stats["profit_factor"] > 1.3,
              reason="winning over losing P&L of round trips; the edge has to carry its costs"),
        check("lookahead", 0, "==", 0, passed=True, reason="1,204 rows, no difference"),
        check("too_short", 731, ">=", 730, passed=True, reason="calendar days of returns"),
        check("too_few", stats["round_trips"], ">=", 30, passed=stats["round_trips"] >= 30,
              reason="round trips"),
        check("costs_below_floor", 0, "==", 0, passed=True,
              reason="the schedule as it stands"),
    ]  # fmt: skip
    return {
        "schema": "sluice.verdict/1", "strategy": "ema_cross", "gate": 2,
        "passed": all(one["passed"] for one in checks), "checks": checks, "metrics": stats,
        "provenance": "simulated", "result_digest": "9f2c" * 16,
        "warnings": ["The expected drawdown at this size would trip the 7.5 % kill."],
    }  # fmt: skip


def fake_stats(run: dict[str, pl.DataFrame], cash: float) -> dict[str, float]:
    equity = run["equity"]["equity"].to_numpy()
    pnl = run["round_trips"]["pnl"].to_numpy()
    daily = equity[23::24] if len(equity) > 100 else equity
    moves = np.diff(daily, prepend=cash) / np.concatenate(([cash], daily[:-1]))
    std = moves.std(ddof=1) if len(moves) > 1 else float("nan")
    peak = np.maximum.accumulate(np.concatenate(([cash], equity)))[1:]
    won, lost = pnl[pnl > 0].sum(), -pnl[pnl < 0].sum()
    nan = float("nan")
    return {
        "sharpe": float(moves.mean() / std * np.sqrt(365)) if std > 0 else nan,
        "sharpe_standard_error": 0.71,
        "psr_zero": 0.987,
        "total_return": float(equity[-1] / cash - 1),
        "cagr": float((equity[-1] / cash) ** 0.5 - 1),
        "volatility": float(std * np.sqrt(365)),
        "max_drawdown": float((1 - equity / peak).max()),
        "win_rate": float((pnl > 0).mean()) if len(pnl) else nan,
        "profit_factor": float(won / lost) if lost else nan,
        "turnover_per_year": float(run["fills"]["notional"].sum() / equity.mean() / 2),
        "exposure": float((run["equity"]["gross"] / run["equity"]["equity"]).mean()),
        "round_trips": float(len(pnl)),
        "fills": float(run["fills"].height),
        "fees": float(run["fills"]["fee"].sum()),
        "slippage": float(run["fills"]["slippage"].sum()),
    }


def fake_run(
    *, symbols: int = 8, bars: int = 17_544, every: timedelta = timedelta(hours=1),
    hold: int = 96, seed: int = 7, **changes,
) -> ReportInput:  # fmt: skip
    """A run on `symbols` walks of `bars` bars; `changes` replace fields of the input."""
    cash = 100_000.0
    frame = walk_bars(symbols, bars, every, seed)
    run = trade(frame, cash, hold, seed)
    stats = fake_stats(run, cash)
    names = frame["instrument"].unique().sort().to_list()
    manifest = {
        "strategy": "ema_cross",
        "source_digest": "b1946ac92492d2347c6235b4d2611184",
        "params": {"fast": 10, "slow": 50, "band": 0.002},
        "data": {
            "name": "simulated-8x2y", "every": "1h", "symbols": names, "start": "2023-01-01",
            "end": "2024-12-31", "provenance": "simulated", "digest": "591785b794601e212b260e25",
        },
        "seed": 7,
        "cash": cash,
        "costs": {"crypto_spot.BINANCE": "maker 0.0004, taker 0.0004, half-spread 0.0003"},
        "versions": {"sluice": "0.1.0", "polars": "2.1.0", "numpy": "2.4.6"},
    }  # fmt: skip
    fields = {
        "title": "EMA cross",
        "provenance": "simulated",
        "bars": frame,
        "cash": cash,
        "sessions_per_year": 365.0,
        "stats": stats,
        "manifest": manifest,
        "definitions": DEFINITIONS,
        "verdict": gate2_verdict(stats),
        "counts": {"denied.below_min_notional": 12, "scaled_leverage": 3, "below_lot": 1},
        "trials": 14,
        "capacity": pl.DataFrame(
            {"capital": [1e4, 1e5, 1e6, 1e7, 1e8], "sharpe": [1.92, 1.9, 1.8, 1.41, 0.3]}
        ),
        **run,
    }
    return ReportInput(**(fields | changes))
