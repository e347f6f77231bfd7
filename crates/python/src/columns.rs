//! The record of a run as NumPy columns; each table is made at its first use and kept.

use crate::words::{kind_name, tif_name};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString};
use sluice_backtest::EquityRow;
use sluice_types::{
    Instrument, InstrumentId, Liquidity, Money, OrderId, OrderKind, Price, Trail, UNITS,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a run left. Money is in whole units of the base currency, stamps are ns UTC.
#[pyclass(frozen, module = "sluice._core")]
pub struct Run {
    record: sluice_backtest::Run,
    bars: Arc<sluice_backtest::BarColumns>,
    tags: Vec<String>,
    tables: [PyOnceLock<Py<PyDict>>; 7],
}

type Table<'py> = PyResult<Bound<'py, PyDict>>;

impl Run {
    pub fn new(
        record: sluice_backtest::Run,
        bars: Arc<sluice_backtest::BarColumns>,
        tags: Vec<String>,
    ) -> Self {
        Self {
            record,
            bars,
            tags,
            tables: std::array::from_fn(|_| PyOnceLock::new()),
        }
    }

    fn instrument(&self, id: InstrumentId) -> &Instrument {
        &self.bars.instruments()[id.index()]
    }

    /// The rate of each fill's currency then.
    fn rates(&self) -> Vec<f64> {
        let known = &self.record.rates;
        let at = |place: usize| known.get(place).map_or(1.0, |rate| rate.as_f64());
        (0..self.record.fills.len()).map(at).collect()
    }

    /// The labels as objects that rows share; the empty one is number 0.
    fn tags<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyString>> {
        let known = self.tags.iter().map(|tag| PyString::new(py, tag));
        if self.tags.is_empty() {
            vec![PyString::new(py, "")]
        } else {
            known.collect()
        }
    }

    /// The number under which the trader knows an order; 0 is no order's.
    fn known_as(&self, id: Option<OrderId>) -> u64 {
        id.map_or(0, |id| self.record.order_ref(id).0)
    }

    fn kept<'py>(
        &self,
        py: Python<'py>,
        place: usize,
        make: impl FnOnce() -> Table<'py>,
    ) -> Table<'py> {
        let table = self.tables[place].get_or_try_init(py, || make().map(Bound::unbind))?;
        Ok(table.bind(py).clone())
    }
}

/// A column from the rows of a list.
macro_rules! columns {
    ($py:expr, $table:expr, $rows:expr, $($name:literal: $value:expr),+ $(,)?) => {
        $( $table.set_item($name, PyArray1::from_iter($py, $rows.iter().map($value)))?; )+
    };
}

#[pymethods]
impl Run {
    /// ts, equity, gross: what figures rest on, one row per distinct end of a bar.
    #[getter]
    fn marks<'py>(&self, py: Python<'py>) -> Table<'py> {
        self.kept(py, 6, || {
            // A long table: every column in one pass over the rows.
            let rows = &self.record.equity;
            let mut ts = Vec::with_capacity(rows.len());
            let mut money: [Vec<f64>; 2] = std::array::from_fn(|_| Vec::with_capacity(rows.len()));
            for row in rows {
                ts.push(row.ts);
                money[0].push(row.equity.as_f64());
                money[1].push(row.gross);
            }
            let table = PyDict::new(py);
            table.set_item("ts", PyArray1::from_vec(py, ts))?;
            for (name, column) in ["equity", "gross"].into_iter().zip(money) {
                table.set_item(name, PyArray1::from_vec(py, column))?;
            }
            Ok(table)
        })
    }

    /// ts, equity, cash, gross, net: one row per distinct end of a bar.
    #[getter]
    fn equity<'py>(&self, py: Python<'py>) -> Table<'py> {
        self.kept(py, 0, || {
            let (rows, marks, table) = (&self.record.equity, self.marks(py)?, PyDict::new(py));
            let net = |row: &EquityRow| Money(row.equity.0 - row.cash.0).as_f64();
            table.set_item("ts", marks.get_item("ts")?)?;
            table.set_item("equity", marks.get_item("equity")?)?;
            columns!(py, table, rows, "cash": |row| row.cash.as_f64());
            table.set_item("gross", marks.get_item("gross")?)?;
            columns!(py, table, rows, "net": net);
            Ok(table)
        })
    }

    /// ts, instrument, side (+1, -1), qty, price, `ref_price`, notional, fee, slippage, liquidity (0 maker, 1 taker),
    /// `order_id`, tag.
    #[getter]
    fn fills<'py>(&self, py: Python<'py>) -> Table<'py> {
        self.kept(py, 1, || {
            let (table, rows) = (PyDict::new(py), &self.record.fills);
            let money = |fill: &sluice_types::Fill, price: Price| {
                let instrument = self.instrument(fill.instrument);
                let rounding = sluice_types::Rounding::Up;
                (instrument.notional(price, fill.quantity, rounding))
                    .map_or(f64::NAN, |m| m.as_f64())
            };
            let rates = self.rates();
            let paid = |fill: &sluice_types::Fill| {
                Price((fill.price.0 - fill.reference.0) * fill.side.sign())
            };
            columns!(py, table, rows,
                "ts": |fill| fill.ts,
                "instrument": |fill| fill.instrument.0,
                "side": |fill| fill.side.sign() as i8,
                "qty": |fill| self.instrument(fill.instrument).quantity_f64(fill.quantity),
                "price": |fill| self.instrument(fill.instrument).price_f64(fill.price),
                "ref_price": |fill| self.instrument(fill.instrument).price_f64(fill.reference),
            );
            let base = |of: &dyn Fn(&sluice_types::Fill) -> f64| {
                PyArray1::from_iter(
                    py,
                    rows.iter().zip(&rates).map(|(fill, rate)| of(fill) * rate),
                )
            };
            table.set_item("notional", base(&|fill| money(fill, fill.price)))?;
            table.set_item("fee", base(&|fill| fill.fee.as_f64()))?;
            table.set_item("slippage", base(&|fill| money(fill, paid(fill))))?;
            columns!(py, table, rows,
                "liquidity": |fill| u8::from(fill.liquidity == Liquidity::Taker),
                "order_id": |fill| self.record.order_ref(fill.order).0,
            );
            let tags = self.tags(py);
            let tag = |fill: &sluice_types::Fill| {
                &tags[self.record.orders[fill.order.0 as usize - 1].intent.tag.0 as usize]
            };
            table.set_item("tag", PyList::new(py, rows.iter().map(tag))?)?;
            Ok(table)
        })
    }

    /// `order_id`, `ts_decided`, `ts_final`, instrument, side, kind, tif, qty, limit, stop (NaN where none), status,
    /// `cum_qty`, `avg_px` (NaN where nothing filled), tag; `post_only`, `reduce_only`, trail, `trail_rate` (NaN where none), parent
    /// and group (the `order_id` it waits for, and the first of those that cancel each other; 0 where none).
    #[getter]
    fn orders<'py>(&self, py: Python<'py>) -> Table<'py> {
        self.kept(py, 2, || {
            let (table, rows) = (PyDict::new(py), &self.record.orders);
            let place = |order: &sluice_types::Order| self.instrument(order.intent.instrument);
            let shown = |order: &sluice_types::Order, price: Option<Price>| {
                price.map_or(f64::NAN, |price| place(order).price_f64(price))
            };
            let average = |order: &sluice_types::Order| {
                let instrument = place(order);
                let units = instrument.quantity_f64(order.cum_quantity);
                let multiplier = instrument.spec().multiplier as f64 / UNITS as f64;
                order.cum_notional.as_f64() / (units * multiplier) // 0/0 where nothing filled
            };
            table.set_item(
                "order_id",
                PyArray1::from_iter(py, self.record.refs.iter().map(|number| number.0)),
            )?;
            columns!(py, table, rows,
                "ts_decided": |order| order.decided_ns,
                "ts_final": |order| order.changed_ns,
                "instrument": |order| order.intent.instrument.0,
                "side": |order| order.intent.side.sign() as i8,
                "qty": |order| place(order).quantity_f64(order.intent.quantity),
                "limit": |order| shown(order, order.intent.kind.limit()),
                "stop": |order| shown(order, order.intent.kind.stop()),
                "cum_qty": |order| place(order).quantity_f64(order.cum_quantity),
                "avg_px": average,
                "post_only": |order| order.intent.post_only,
                "reduce_only": |order| order.intent.reduce_only,
                "trail": |order| match order.intent.kind {
                    OrderKind::Trailing(Trail::Distance(distance)) => {
                        place(order).price_f64(distance)
                    }
                    _ => f64::NAN,
                },
                "trail_rate": |order| match order.intent.kind {
                    OrderKind::Trailing(Trail::Rate(rate)) => rate.0 as f64 / UNITS as f64,
                    _ => f64::NAN,
                },
                "parent": |order| self.known_as(order.intent.links.parent),
            );
            let leaders: BTreeSet<OrderId> = (rows.iter())
                .filter_map(|order| order.intent.links.group)
                .collect();
            let group = |order: &sluice_types::Order| {
                let leads = leaders.contains(&order.id).then_some(order.id);
                self.known_as(order.intent.links.group.or(leads))
            };
            columns!(py, table, rows, "group": group);
            let text = |of: &dyn Fn(&sluice_types::Order) -> &str| {
                PyList::new(py, rows.iter().map(of).collect::<Vec<_>>())
            };
            table.set_item("kind", text(&|order| kind_name(order.intent.kind))?)?;
            table.set_item("tif", text(&|order| tif_name(order.intent.tif))?)?;
            table.set_item("status", text(&|order| order.status.name())?)?;
            let tags = self.tags(py);
            let tag = |order: &sluice_types::Order| &tags[order.intent.tag.0 as usize];
            table.set_item("tag", PyList::new(py, rows.iter().map(tag))?)?;
            Ok(table)
        })
    }

    /// ts, instrument, code, value, limit, `order_id`, side, qty.
    #[getter]
    fn denials<'py>(&self, py: Python<'py>) -> Table<'py> {
        self.kept(py, 3, || {
            let (table, rows) = (PyDict::new(py), &self.record.denials);
            columns!(py, table, rows,
                "ts": |(_, denial)| denial.ts,
                "instrument": |(_, denial)| denial.intent.instrument.0,
                "value": |(_, denial)| denial.value,
                "limit": |(_, denial)| denial.limit,
                "order_id": |(number, _)| number.0,
                "side": |(_, denial)| denial.intent.side.sign() as i8,
                "qty": |(_, denial)| {
                    self.instrument(denial.intent.instrument).quantity_f64(denial.intent.quantity)
                },
            );
            let codes = rows.iter().map(|(_, denial)| denial.code.code());
            table.set_item("code", PyList::new(py, codes.collect::<Vec<_>>())?)?;
            Ok(table)
        })
    }

    /// instrument, `entry_ts`, `exit_ts`, side (+1 long, -1 short), qty, `entry_px`, `exit_px`, pnl (after fees), fees,
    /// slippage, `open_at_end`, ledger (lines in the pnl), `fx_rate` (of its currency at the exit).
    #[getter]
    fn round_trips<'py>(&self, py: Python<'py>) -> Table<'py> {
        self.kept(py, 4, || {
            let (table, rows) = (PyDict::new(py), &self.record.round_trips);
            columns!(py, table, rows,
                "instrument": |trip| trip.instrument.0,
                "entry_ts": |trip| trip.entry_ts,
                "exit_ts": |trip| trip.exit_ts,
                "side": |trip| trip.side.sign() as i8,
                "qty": |trip| self.instrument(trip.instrument).quantity_f64(trip.quantity),
                "entry_px": |trip| trip.entry_price,
                "exit_px": |trip| trip.exit_price,
                "pnl": |trip| trip.pnl.as_f64(),
                "fees": |trip| trip.fees.as_f64(),
                "slippage": |trip| trip.slippage.as_f64(),
                "open_at_end": |trip| trip.open_at_end,
                "ledger": |trip| trip.ledger.as_f64(),
                "fx_rate": |trip| trip.rate.as_f64(),
            );
            Ok(table)
        })
    }

    /// How many orders passed the check.
    #[getter]
    fn order_count(&self) -> usize {
        self.record.orders.len()
    }

    /// How many orders our own check refused.
    #[getter]
    fn denial_count(&self) -> usize {
        self.record.denials.len()
    }

    /// ts, instrument, kind, qty, rate, amount: funding, borrow, dividends, splits, revaluations.
    #[getter]
    fn ledger<'py>(&self, py: Python<'py>) -> Table<'py> {
        self.kept(py, 5, || {
            crate::terms::ledger(py, &self.record, self.bars.instruments())
        })
    }

    /// Stamps at which targets were traded.
    #[getter]
    fn rebalances<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        PyArray1::from_slice(py, &self.record.rebalances)
    }

    /// How often something happened that a reader should know of, by name.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> Table<'py> {
        let table = PyDict::new(py);
        for (name, count) in self.record.counts.named().chain(self.record.lines()) {
            table.set_item(name, count)?;
        }
        Ok(table)
    }

    /// Final positions that are not flat: id → {qty, `avg_price`, mark}.
    #[getter]
    fn positions<'py>(&self, py: Python<'py>) -> Table<'py> {
        let table = PyDict::new(py);
        let all = self.bars.instruments().iter().zip(&self.record.positions);
        for ((instrument, position), mark) in all.zip(&self.record.marks) {
            if position.quantity.0 != 0 {
                let row = PyDict::new(py);
                row.set_item("qty", instrument.quantity_f64(position.quantity))?;
                row.set_item("avg_price", position.average_price(instrument))?;
                row.set_item("mark", mark.map(|mark| instrument.price_f64(mark)))?;
                table.set_item(instrument.name(), row)?;
            }
        }
        Ok(table)
    }

    /// Final equity in 1e-9 of the base currency, exact.
    #[getter]
    fn final_equity_nanos(&self) -> i128 {
        self.record.final_equity.0
    }

    /// Hex BLAKE3 over the exact integers of the record; the same in every process.
    fn digest(&self, py: Python<'_>) -> String {
        py.detach(|| self.record.digest())
    }

    fn __repr__(&self) -> String {
        format!(
            "Run({} fills, {} round trips, final equity {:.2})",
            self.record.fills.len(),
            self.record.round_trips.len(),
            self.record.final_equity.as_f64()
        )
    }
}
