//! The digest of a run: BLAKE3 over its exact integers, the same in every process and on every machine.

use crate::Run;
use sluice_types::{Liquidity, Ns, OrderKind, TimeInForce, Trail};

const BLOCK: usize = 1 << 17;

impl Run {
    /// Hex digest over fills, orders, denials, the equity curve, final cash and counts.
    ///
    /// Floats are left out: they are for eyes.
    pub fn digest(&self) -> String {
        let mut hash = blake3::Hasher::new();
        let mut buffer = Vec::with_capacity(2 * BLOCK);
        buffer.extend_from_slice(b"sluice.run/1");
        buffer.extend_from_slice(b"equity");
        buffer.extend_from_slice(&(self.equity.len() as u64).to_le_bytes());
        for row in &self.equity {
            let mut bytes = [0; 40];
            bytes[..8].copy_from_slice(&row.ts.to_le_bytes());
            bytes[8..24].copy_from_slice(&row.equity.0.to_le_bytes());
            bytes[24..].copy_from_slice(&row.cash.0.to_le_bytes());
            buffer.extend_from_slice(&bytes);
            spill(&mut hash, &mut buffer);
        }
        put(&mut buffer, &[self.fills.len() as i128]);
        for fill in &self.fills {
            put(
                &mut buffer,
                &[
                    fill.ts.into(),
                    self.order_ref(fill.order).0.into(),
                    fill.instrument.0.into(),
                    fill.side.sign().into(),
                    fill.quantity.0.into(),
                    fill.price.0.into(),
                    fill.reference.0.into(),
                    fill.fee.0,
                    i128::from(fill.liquidity == Liquidity::Taker),
                ],
            );
            spill(&mut hash, &mut buffer);
        }
        put(&mut buffer, &[self.orders.len() as i128]);
        for (order, number) in self.orders.iter().zip(&self.refs) {
            let (kind, price, second) = terms(order.intent.kind);
            let (tif, until) = life(order.intent.tif);
            let links = order.intent.links;
            put(
                &mut buffer,
                &[
                    number.0.into(),
                    order.intent.instrument.0.into(),
                    order.intent.side.sign().into(),
                    order.intent.quantity.0.into(),
                    kind,
                    price.into(),
                    second.into(),
                    tif,
                    until.into(),
                    order.intent.post_only.into(),
                    order.intent.reduce_only.into(),
                    links.parent.map_or(0, |id| id.0).into(),
                    links.group.map_or(0, |id| id.0).into(),
                    order.decided_ns.into(),
                    order.changed_ns.into(),
                    order.status as i128,
                    order.cum_quantity.0.into(),
                    order.cum_notional.0,
                ],
            );
            spill(&mut hash, &mut buffer);
        }
        put(&mut buffer, &[self.denials.len() as i128]);
        for (number, denial) in &self.denials {
            let code = denial.code as i128;
            put(&mut buffer, &[number.0.into(), denial.ts.into(), code]);
        }
        self.put_ledger(&mut buffer);
        put(&mut buffer, &[self.cash.0, self.final_equity.0]);
        for (name, count) in self.counts.named() {
            buffer.extend_from_slice(name.as_bytes());
            put(&mut buffer, &[count.into()]);
        }
        hash.update(&buffer);
        hash.finalize().to_hex().to_string()
    }

    /// Nothing at all where there is no line, so that a run without adjustments keeps its digest.
    fn put_ledger(&self, buffer: &mut Vec<u8>) {
        for written in &self.ledger {
            let line = &written.line;
            buffer.extend_from_slice(line.kind.name().as_bytes());
            put(
                buffer,
                &[
                    line.ts.into(),
                    written.after as i128,
                    line.instrument.0.into(),
                    line.quantity.0.into(),
                    line.rate.0.into(),
                    line.amount.0,
                ],
            );
        }
    }
}

/// A number of the kind, and its prices.
fn terms(kind: OrderKind) -> (i128, i64, i64) {
    match kind {
        OrderKind::Market => (0, 0, 0),
        OrderKind::Limit(price) => (1, price.0, 0),
        OrderKind::Stop(price) => (2, price.0, 0),
        OrderKind::StopLimit { stop, limit } => (3, stop.0, limit.0),
        OrderKind::Trailing(Trail::Distance(distance)) => (4, distance.0, 0),
        OrderKind::Trailing(Trail::Rate(rate)) => (5, rate.0, 0),
    }
}

/// A number of the time in force, and until when.
fn life(tif: TimeInForce) -> (i128, Ns) {
    match tif {
        TimeInForce::Gtc => (0, 0),
        TimeInForce::Day => (1, 0),
        TimeInForce::Ioc => (2, 0),
        TimeInForce::Fok => (3, 0),
        TimeInForce::Gtd(until) => (4, until),
    }
}

fn put(buffer: &mut Vec<u8>, numbers: &[i128]) {
    for number in numbers {
        buffer.extend_from_slice(&number.to_le_bytes());
    }
}

/// Hashes whole blocks and keeps the rest: BLAKE3 is fastest on aligned powers of two.
#[inline]
fn spill(hash: &mut blake3::Hasher, buffer: &mut Vec<u8>) {
    if buffer.len() >= BLOCK {
        hash.update(&buffer[..BLOCK]);
        buffer.drain(..BLOCK);
    }
}

impl crate::BarColumns {
    /// Hex digest over the instruments and every column.
    pub fn digest(&self) -> String {
        let mut hash = blake3::Hasher::new();
        let mut buffer = Vec::with_capacity(2 * BLOCK);
        buffer.extend_from_slice(b"sluice.bar_columns/1");
        for instrument in self.instruments() {
            buffer.extend_from_slice(format!("{:?}", instrument.spec()).as_bytes());
        }
        for column in [
            &self.ts_start,
            &self.ts_end,
            &self.open,
            &self.high,
            &self.low,
            &self.close,
        ] {
            for value in column {
                buffer.extend_from_slice(&value.to_le_bytes());
                spill(&mut hash, &mut buffer);
            }
        }
        for place in &self.instrument {
            buffer.extend_from_slice(&place.to_le_bytes());
            spill(&mut hash, &mut buffer);
        }
        for column in [Some(&self.volume), self.adv.as_ref(), self.sigma.as_ref()] {
            buffer.push(u8::from(column.is_some()));
            for value in column.into_iter().flatten() {
                // One NaN and one zero, whatever their bits.
                let value = if value.is_nan() {
                    f64::NAN
                } else {
                    value + 0.0
                };
                buffer.extend_from_slice(&value.to_bits().to_le_bytes());
                spill(&mut hash, &mut buffer);
            }
        }
        hash.update(&buffer);
        hash.finalize().to_hex().to_string()
    }
}
