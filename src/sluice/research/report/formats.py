"""How a number is written on the page: kind, unit, and an en dash where there is none."""

import math
from dataclasses import dataclass
from typing import Literal

Kind = Literal["rate", "ratio", "count", "money", "cents", "days", "found"]

NONE = "–"
MINUS = "−"


@dataclass(frozen=True)
class Metric:
    """A metric's name for eyes and the kind that its value is written in."""

    label: str
    kind: Kind


METRICS: dict[str, Metric] = {
    "total_return": Metric("Total return", "rate"),
    "cagr": Metric("CAGR", "rate"),
    "volatility": Metric("Volatility, annualized", "rate"),
    "sharpe": Metric("Sharpe ratio", "ratio"),
    "sharpe_standard_error": Metric("Standard error of the Sharpe ratio", "ratio"),
    "theoretical_sharpe": Metric("Theoretical Sharpe (no costs)", "ratio"),
    "sortino": Metric("Sortino ratio", "ratio"),
    "calmar": Metric("Calmar ratio", "ratio"),
    "max_drawdown": Metric("Maximum drawdown", "rate"),
    "win_rate": Metric("Win rate", "rate"),
    "profit_factor": Metric("Profit factor", "ratio"),
    "round_trips": Metric("Round trips", "count"),
    "orders": Metric("Orders", "count"),
    "fills": Metric("Fills", "count"),
    "denials": Metric("Denials", "count"),
    "fees": Metric("Fees", "money"),
    "slippage": Metric("Slippage", "money"),
    "impact": Metric("Impact", "money"),
    "funding": Metric("Funding", "money"),
    "borrow": Metric("Borrow", "money"),
    "dividends": Metric("Dividends", "money"),
    "cash_in_lieu": Metric("Cash in lieu", "money"),
    "revaluation": Metric("Revaluation", "money"),
    "final_equity": Metric("Final equity", "money"),
    "turnover_per_year": Metric("Turnover per year", "ratio"),
    "exposure": Metric("Mean exposure, gross", "rate"),
    "skew": Metric("Skewness of daily returns", "ratio"),
    "kurtosis": Metric("Kurtosis of daily returns (normal: 3)", "ratio"),
    "psr_zero": Metric("Probability that the true Sharpe is above zero", "rate"),
    "sessions": Metric("Sessions", "count"),
    "calendar_days": Metric("Length of the window", "days"),
    "time_in_market": Metric("Time in the market", "rate"),
    "psr": Metric("Probabilistic Sharpe ratio", "rate"),
    "dsr": Metric("Deflated Sharpe ratio", "rate"),
    "min_trl": Metric("Minimum track record length", "days"),
    "capacity": Metric("Capacity", "money"),
    "capacity_usd": Metric("Capacity", "money"),
    "buy_and_hold_return": Metric("Buy-and-hold total return", "rate"),
}


PLAIN: dict[str, str] = {
    "round_trips": "Trips from flat to flat of one instrument; with allocate, from one rebalance "
    "of the portfolio to the next. One that is open at the end is closed at the last mark.",
    "orders": "Orders that passed the check and went to the venue.",
    "fills": "Executions, in whole or in part.",
    "denials": "Intents that the check before the order refused.",
    "fees": "Fees of all fills.",
    "slippage": "What fills cost against the price that they refer to; positive is a cost.",
    "impact": "Part of the cost of fills that our own size caused.",
    "final_equity": "Cash and positions at the last mark.",
    "sessions": "Daily returns, one a session.",
    "calendar_days": "Days from the first open to the last mark.",
}
"""Figures that are sums and counts, defined here; a definition that is given comes first."""


def metric(name: str) -> Metric:
    """The metric of this name; an unknown one is a ratio under its own name, spelled out."""
    return METRICS.get(name) or Metric(name.replace("_", " ").capitalize(), "ratio")


def written(value: object, kind: Kind = "ratio") -> str:
    """The value as the page writes it: fractions in percent, money with thousands, − for minus."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (int, float)):
        return str(value)
    if math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return _finite(float(value), kind).replace("-", MINUS)


def _finite(value: float, kind: Kind) -> str:
    match kind:
        case "rate":
            text = f"{value * 100:,.2f} %"
        case "count":
            text = f"{value:,.0f}"
        case "found":
            text = f"{value:,.0f} found" if value else "none"
        case "days":
            text = f"{value:,.0f} days"
        case "money":
            text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
        case "ratio" | "cents":
            text = f"{value:,.2f}"
    return text


def signed(value: float | None, kind: Kind = "ratio") -> str:
    """Like `written`, with a plus before what is above zero."""
    text = written(value, kind)
    return f"+{text}" if value is not None and value > 0 and text != NONE else text


def price(value: float | None) -> str:
    """A price or quantity in up to eight significant digits, thousands separated."""
    if value is None or not math.isfinite(value):
        return NONE
    decimals = max(0, min(8, 7 - len(str(int(abs(value))))))
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)


def held(seconds: float) -> str:
    """A length of time in its two largest units: 3d 4h, 2h 5m, 40s."""
    rest = round(seconds)
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
