//! The venue on quotes and trades: a tick is a path of one point, and the real spread takes the place of the scheduled.
//!
//! With quotes a taker pays the ask or gets the bid; the scheduled half-spread is not added, volume slippage and impact
//! are. With trades alone a print is a price like an open. A resting limit fills at its limit once the other side
//! quotes it, or a print goes through it; a stop triggers on its own side of the quote or on a print, and then takes.

use crate::matching::{Drawn, Matching, Rules};
use crate::resting::Point;
use crate::{BarVenue, Conditions, CostRule};
use sluice_types::{Fault, InstrumentId, Ns, Quote, Rate, Report, Trade};

/// What an instrument is filled on: the finest that the stream holds of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Feed {
    /// Opens and closed bars.
    #[default]
    Bars,
    /// Prints, and nothing of its bars.
    Trades,
    /// Quotes for takers, quotes and prints for what rests.
    Quotes,
}

impl BarVenue {
    /// Says what an instrument is filled on; bars where nothing is said.
    pub fn set_feed(&mut self, instrument: InstrumentId, feed: Feed) {
        self.feeds[instrument.index()] = feed;
    }

    /// What an instrument is filled on.
    #[inline]
    pub fn feed(&self, instrument: InstrumentId) -> Feed {
        self.feeds[instrument.index()]
    }

    /// Takes note of a quote, for the stops that a print triggers.
    #[inline]
    pub fn note(&mut self, quote: &Quote) {
        self.best[quote.instrument.index()] = Some(*quote);
    }

    /// A new best bid and ask: resting orders that they meet, then orders that arrive.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn on_quote(
        &mut self,
        quote: &Quote,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let at = point(quote);
        let costs = self.quoted_costs(quote.instrument);
        let place = quote.instrument.index();
        let share = |size| (self.settings).share_of(&self.instruments[place], size);
        let (asked, bid) = (share(quote.ask_size), share(quote.bid_size));
        (self.books[place].left.asked, self.books[place].left.bid) = (asked, bid);
        // A limit that the other side quotes is filled: no print has to go through it.
        self.tick(
            (quote.ts, quote.instrument),
            at,
            (&costs, true, Drawn::Quoted),
            conditions,
            out,
        )
        .jump(at)
    }

    /// A print. With quotes in the stream it meets what rests; without, it is a price for all orders.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn on_trade(
        &mut self,
        trade: &Trade,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let stamp = (trade.ts, trade.instrument);
        let touch = self.settings.touch_fills;
        let alone = Point::at(trade.price);
        let place = trade.instrument.index();
        self.books[place].left.traded =
            (self.settings).share_of(&self.instruments[place], trade.size);
        if self.feed(trade.instrument) == Feed::Trades {
            let costs = self.costs[place];
            return self
                .tick(
                    stamp,
                    alone,
                    (&costs, touch, Drawn::Traded),
                    conditions,
                    out,
                )
                .jump(alone);
        }
        let costs = self.quoted_costs(trade.instrument);
        let unquoted = Point {
            offered: (false, false),
            ..alone
        };
        let best = self.best[place];
        let at = best.map_or(unquoted, |best| point(&best));
        self.tick(stamp, at, (&costs, touch, Drawn::Printed), conditions, out)
            .print(trade.price)
    }

    /// Under quotes the real spread takes the place of the scheduled one.
    fn quoted_costs(&self, instrument: InstrumentId) -> CostRule {
        CostRule {
            half_spread: Rate(0),
            ..self.costs[instrument.index()]
        }
    }

    /// Matching at one tick.
    fn tick<'a>(
        &'a mut self,
        (ts, instrument): (Ns, InstrumentId),
        at: Point,
        (costs, touch_fills, drawn): (&'a CostRule, bool, Drawn),
        conditions: &'a Conditions,
        out: &'a mut Vec<Report>,
    ) -> Matching<'a> {
        let place = instrument.index();
        let rules = Rules {
            instrument: &self.instruments[place],
            costs,
            conditions,
            touch_fills,
            limited: self.settings.participation.is_some(),
            drawn,
        };
        Matching {
            rules,
            ts,
            since: ts,
            at,
            book: &mut self.books[place],
            out,
        }
    }
}

/// What is quoted. A size that is not known counts as displayed; the slippage of a fill is measured from the mid.
fn point(quote: &Quote) -> Point {
    Point {
        ask: quote.ask,
        bid: quote.bid,
        mid: Some(quote.mid()),
        offered: (quote.ask_size != 0.0, quote.bid_size != 0.0),
    }
}
