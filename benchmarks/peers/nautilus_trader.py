"""nautilus_trader: its BacktestEngine by the low-level API, with risk checks on and logging off."""

import time
from decimal import Decimal

import pandas as pd
from nautilus_trader.backtest.config import BacktestEngineConfig
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.common.config import LoggingConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler, QuoteTickDataWrangler
from nautilus_trader.risk.config import RiskEngineConfig
from nautilus_trader.trading.strategy import Strategy

from benchmarks.market import CASH, FAST, FEE, QUANTITY, SLOW, TICK, quoted, walk
from benchmarks.report import Ran, Timer, main

BAR = BarType.from_str("X.SIM-1-MINUTE-LAST-EXTERNAL")
SHARE = Equity(
    InstrumentId.from_str("X.SIM"),
    Symbol("X"),
    USD,
    2,
    Price.from_str("0.01"),
    Quantity.from_int(1),
    0,
    0,
    maker_fee=Decimal(str(FEE)),
    taker_fee=Decimal(str(FEE)),
)


class Counted(Strategy):
    """Counts its fills."""

    def __init__(self) -> None:
        super().__init__()
        self.fills = 0

    def trade(self, side: OrderSide) -> None:
        quantity = SHARE.make_qty(QUANTITY)
        self.submit_order(self.order_factory.market(SHARE.id, side, quantity))

    def on_order_filled(self, event: object) -> None:
        self.fills += 1


class Cross(Counted):
    """Long above, flat below, by its own averages."""

    def on_start(self) -> None:
        self.fast, self.slow = SimpleMovingAverage(FAST), SimpleMovingAverage(SLOW)
        self.register_indicator_for_bars(BAR, self.fast)
        self.register_indicator_for_bars(BAR, self.slow)
        self.subscribe_bars(BAR)

    def on_bar(self, bar: object) -> None:
        if not self.slow.initialized:
            return
        if self.fast.value > self.slow.value and self.portfolio.is_flat(SHARE.id):
            self.trade(OrderSide.BUY)
        elif self.fast.value < self.slow.value and self.portfolio.is_net_long(SHARE.id):
            self.trade(OrderSide.SELL)


class Bare(Counted):
    """Nothing at all."""

    def on_start(self) -> None:
        self.subscribe_bars(BAR)

    def on_bar(self, bar: object) -> None:
        pass


class EveryThousand(Counted):
    """An order every thousand quotes."""

    def on_start(self) -> None:
        self.seen = 0
        self.subscribe_quote_ticks(SHARE.id)

    def on_quote_tick(self, tick: object) -> None:
        self.seen += 1
        if self.seen % 1000 == 0:
            self.trade(OrderSide.BUY if self.seen % 2000 else OrderSide.SELL)


def engine() -> BacktestEngine:
    risk = RiskEngineConfig(
        max_order_submit_rate="100000000/00:00:01", max_notional_per_order={"X.SIM": 1_000_000}
    )
    made = BacktestEngine(
        BacktestEngineConfig(
            logging=LoggingConfig(bypass_logging=True), risk_engine=risk, run_analysis=False
        )
    )
    made.add_venue(
        Venue("SIM"),
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=USD,
        starting_balances=[Money(CASH, USD)],
    )
    made.add_instrument(SHARE)
    return made


def run(strategy: Counted, frame: pd.DataFrame, wrangler: object) -> Ran:
    made = engine()
    begin = time.perf_counter()
    made.add_data(wrangler.process(frame))
    prepare_s = time.perf_counter() - begin
    made.add_strategy(strategy)
    with Timer() as timer:
        made.run()
    account = made.portfolio.account(Venue("SIM"))
    open_ = made.portfolio.unrealized_pnl(SHARE.id)
    equity = account.balance_total(USD).as_double() + (open_.as_double() if open_ else 0.0)
    return timer.ran(f"{strategy.fills} fills, equity {equity:,.2f}", prepare_s=prepare_s)


def bars(strategy: Counted) -> Ran:
    data = walk()
    frame = pd.DataFrame(
        {name: getattr(data, name) * TICK for name in ("open", "high", "low", "close")},
        index=pd.to_datetime(data.ts, utc=True),
    )
    frame["volume"] = data.volume.astype(float)
    return run(strategy, frame, BarDataWrangler(BAR, SHARE))


def quotes() -> Ran:
    data = quoted()
    frame = pd.DataFrame(
        {
            "bid_price": data.bid * TICK,
            "ask_price": data.ask * TICK,
            "bid_size": data.bid_size.astype(float),
            "ask_size": data.ask_size.astype(float),
        },
        index=pd.to_datetime(data.ts, utc=True),
    )
    return run(EveryThousand(), frame, QuoteTickDataWrangler(SHARE))


if __name__ == "__main__":
    main(
        "nautilus_trader",
        {
            "bars_event": lambda: bars(Cross()),
            "bars_bare": lambda: bars(Bare()),
            "quotes": quotes,
        },
    )
