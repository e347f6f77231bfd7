//! The words in which Python reads what an order is and what became of it.

use sluice_types::{Liquidity, OrderKind, Side, TimeInForce};

pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

pub fn liquidity_name(liquidity: Liquidity) -> &'static str {
    match liquidity {
        Liquidity::Maker => "maker",
        Liquidity::Taker => "taker",
    }
}

pub fn kind_name(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Market => "market",
        OrderKind::Limit(_) => "limit",
        OrderKind::Stop(_) => "stop",
        OrderKind::StopLimit { .. } => "stop_limit",
        OrderKind::Trailing(_) => "trailing",
    }
}

pub fn tif_name(tif: TimeInForce) -> &'static str {
    match tif {
        TimeInForce::Gtc => "GTC",
        TimeInForce::Day => "DAY",
        TimeInForce::Ioc => "IOC",
        TimeInForce::Fok => "FOK",
        TimeInForce::Gtd(_) => "GTD",
    }
}
