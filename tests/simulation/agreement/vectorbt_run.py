"""One run of vectorbt, in its own environment: a crossing as JSON in, its equity as JSON out.

Started by test_vectorbt.py with `.venv/peers/vectorbt/bin/python`; nothing of ours is imported.
Means and signals are vectorbt's, quiet before `bars_before`, acting at the next bar's open.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import vectorbt as vbt  # noqa: E402


def main() -> None:
    """Read one JSON object from standard input, write one to standard output."""
    asked = json.load(sys.stdin)
    index = pd.to_datetime(np.array(asked["ts"], dtype="datetime64[ns]"))
    price = pd.Series(asked["close"], index=index)
    fast, slow = (
        vbt.MA.run(price, asked[name], ewm=asked["average"] == "ema").ma.to_numpy()
        for name in ("fast", "slow")
    )
    above, below = fast > slow, fast < slow
    for said in (above, below):
        said[: asked["bars_before"] - 1] = False
        said[1:] = said[:-1].copy()  # decided at the close, done at the next open
        said[0] = False
    portfolio = vbt.Portfolio.from_signals(
        price,
        entries=above,
        exits=False if asked["shorts"] else below,
        short_entries=below if asked["shorts"] else False,
        short_exits=False,
        price=pd.Series(asked["open"], index=index),
        size=asked["units"],
        size_type="amount",
        upon_opposite_entry="reverse",
        init_cash=asked["cash"],
        fees=asked["fee"],
        freq=asked["every"],
        engine=asked["engine"],
    )
    told = {
        "version": vbt.__version__,
        "equity": portfolio.value().to_list(),
        "orders": int(portfolio.orders.count()),
        "fast": np.nan_to_num(fast).tolist(),
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
