//! A share splits: what the venue holds of us and what it has of our orders.

use crate::BarVenue;
use crate::book::report;
use sluice_types::{
    Fault, InstrumentId, Ns, Order, OrderId, OrderKind, Quantity, Report, ReportKind,
    split_quantity,
};

impl BarVenue {
    /// Takes untouched market orders on their way to the new units; every other order is taken back.
    ///
    /// # Errors
    /// [`Fault::Overflow`], and [`Fault::BadData`] for a ratio that is not above zero; nothing has changed then.
    pub fn split(
        &mut self,
        instrument: InstrumentId,
        ratio: (i64, i64),
        ts: Ns,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let lot = self.instruments[instrument.index()].spec().lot;
        let scaled = |order: &Order| -> Result<Option<Quantity>, Fault> {
            let (size, _) = split_quantity(order.intent.quantity, lot, ratio)?;
            let untouched = order.cum_quantity == Quantity::ZERO && size > Quantity::ZERO;
            Ok((order.intent.kind == OrderKind::Market && untouched).then_some(size))
        };
        let book = &mut self.books[instrument.index()];
        let sizes = (book.arriving.iter())
            .map(|arriving| scaled(&arriving.order))
            .collect::<Result<Vec<_>, _>>()?;
        let resting = (book.resting.drain(..)).map(|one| one.order.id);
        for id in resting.chain(book.held.drain(..).map(|one| one.order.id)) {
            out.push(report(ts, id, ReportKind::Canceled));
        }
        let mut sizes = sizes.into_iter();
        book.arriving.retain_mut(|arriving| {
            let size = sizes.next().flatten();
            match size {
                Some(size) => arriving.order.intent.quantity = size,
                None => out.push(report(ts, arriving.order.id, ReportKind::Canceled)),
            }
            size.is_some()
        });
        Ok(())
    }

    /// The venue's own ledger after a split.
    pub fn rebook(&mut self, instrument: InstrumentId, held: Quantity) {
        self.books[instrument.index()].position = held.0;
    }

    /// Whether the venue has an order.
    pub fn has(&self, order: OrderId, instrument: InstrumentId) -> bool {
        let book = &self.books[instrument.index()];
        book.find(|known| known.id == order).is_some()
    }
}
