"""vectorbt in its own environment: crossings in, their equity out, each a line of JSON.

Started once by test_vectorbt.py with the interpreter of that environment; nothing of ours is here.
Means and signals are vectorbt's, quiet before `bars_before`, acting at the next bar's open.
"""

import json
import sys
import warnings
from typing import Any

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import vectorbt as vbt  # noqa: E402


def equity(asked: dict[str, Any]) -> list[float]:
    """Equity at every bar's close."""
    index = pd.to_datetime(np.array(asked["ts"], dtype="datetime64[ns]"))
    price = pd.Series(asked["close"], index=index)
    fast, slow = (
        vbt.MA.run(price, asked[name], ewm=asked["average"] == "ema").ma.to_numpy()
        for name in ("fast", "slow")
    )
    tie = asked["tie"] * price.to_numpy()
    above, below = fast > slow + tie, fast < slow - tie
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
    return portfolio.value().to_list()


for line in sys.stdin:
    sys.stdout.write(json.dumps(equity(json.loads(line))) + "\n")
    sys.stdout.flush()
