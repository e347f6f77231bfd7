//! The whole state of the venue as bytes and back: its rules, its books, what is on its way.

use crate::book::{Arriving, Book, Left};
use crate::resting::{Resting, Stage};
use crate::venue::Cancel;
use crate::{BarVenue, CostRule, Feed, VenueSettings};
use sluice_types::state::{State, sealed, unsealed};
use sluice_types::{Fault, Ns, state_of};

const VERSION: u32 = 1;

state_of!(CostRule {
    maker,
    taker,
    half_spread,
    volume_slippage,
    impact,
});
state_of!(Cancel {
    effective,
    order,
    instrument,
});
state_of!(Arriving { order, earliest });
state_of!(Resting { order, stage });
state_of!(Left { traded, asked, bid });
state_of!(Book {
    arriving,
    resting,
    held,
    position,
    left,
    opened,
    unknown_costs,
    unknown_volume,
});

impl State for Stage {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Self::Taking => 0_u8.put(to),
            Self::Making(limit) => {
                1_u8.put(to);
                limit.put(to);
            }
            Self::Waiting { stop, limit } => {
                2_u8.put(to);
                stop.put(to);
                limit.put(to);
            }
            Self::Trailing { stop, trail } => {
                3_u8.put(to);
                stop.put(to);
                trail.put(to);
            }
        }
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        match u8::take(from)? {
            0 => Ok(Self::Taking),
            1 => State::take(from).map(Self::Making),
            2 => Ok(Self::Waiting {
                stop: State::take(from)?,
                limit: State::take(from)?,
            }),
            3 => Ok(Self::Trailing {
                stop: State::take(from)?,
                trail: State::take(from)?,
            }),
            code => Err(unknown("stage of an order", code)),
        }
    }
}

impl State for Feed {
    fn put(&self, to: &mut Vec<u8>) {
        (*self as u8).put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        match u8::take(from)? {
            0 => Ok(Self::Bars),
            1 => Ok(Self::Trades),
            2 => Ok(Self::Quotes),
            code => Err(unknown("feed", code)),
        }
    }
}

impl State for VenueSettings {
    fn put(&self, to: &mut Vec<u8>) {
        self.latency_ns.put(to);
        self.latency_samples.to_vec().put(to);
        self.seed.put(to);
        self.bar_ns.put(to);
        self.touch_fills.put(to);
        self.fill_at_close.put(to);
        self.participation.put(to);
        self.session_ends.to_vec().put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        Ok(Self {
            latency_ns: State::take(from)?,
            latency_samples: Vec::<Ns>::take(from)?.into(),
            seed: State::take(from)?,
            bar_ns: State::take(from)?,
            touch_fills: State::take(from)?,
            fill_at_close: State::take(from)?,
            participation: State::take(from)?,
            session_ends: Vec::<Ns>::take(from)?.into(),
        })
    }
}

impl State for BarVenue {
    fn put(&self, to: &mut Vec<u8>) {
        self.instruments.put(to);
        self.costs.put(to);
        self.settings.put(to);
        self.books.put(to);
        self.feeds.put(to);
        self.best.put(to);
        self.cancels.put(to);
        self.next_due.put(to);
        self.last.put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        let (instruments, costs) = (State::take(from)?, State::take(from)?);
        let mut venue = Self::new(instruments, costs, State::take(from)?)?;
        venue.books = State::take(from)?;
        venue.feeds = State::take(from)?;
        venue.best = State::take(from)?;
        venue.cancels = State::take(from)?;
        venue.next_due = State::take(from)?;
        venue.last = State::take(from)?;
        let places = venue.instruments.len();
        if [venue.books.len(), venue.feeds.len(), venue.best.len()] != [places; 3] {
            let what = "saved state: its parts do not fit together";
            return Err(Fault::BadData(what.into()));
        }
        Ok(venue)
    }
}

fn unknown(what: &str, code: u8) -> Fault {
    Fault::BadData(format!("saved state: {code} is no {what}"))
}

impl BarVenue {
    /// All of it, versioned and with a checksum; the same venue is the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        sealed(VERSION, self)
    }

    /// The venue that [`BarVenue::to_bytes`] wrote: it goes on as the other would have.
    ///
    /// # Errors
    /// [`Fault::BadData`] for bytes of another version, cut off or changed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        unsealed(VERSION, bytes)
    }
}
