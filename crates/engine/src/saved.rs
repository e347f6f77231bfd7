//! The whole state of an account as bytes and back: orders, held ones among them, positions, money.

use crate::Engine;
use crate::currencies::{Purse, RateSource};
use crate::holding::{Holding, Totals, Worth};
use crate::position::Position;
use sluice_types::state::{sealed, unsealed};
use sluice_types::{Fault, state_of};

const VERSION: u32 = 1;

state_of!(Position {
    quantity,
    basis,
    realized,
    fees,
});
state_of!(Worth { value, bound });
state_of!(Totals {
    value,
    gross,
    bound,
});
state_of!(RateSource {
    instrument,
    inverted,
});
state_of!(Purse {
    cash,
    totals,
    source,
});
state_of!(Holding {
    mark,
    position,
    working,
    worth,
    reserve,
    purse,
    open,
    contingent,
});
state_of!(Engine {
    instruments,
    holdings,
    orders,
    purses,
    leverage,
    now,
});

impl Engine {
    /// All of it, versioned and with a checksum; the same account is the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        sealed(VERSION, self)
    }

    /// The account that [`Engine::to_bytes`] wrote: it goes on as the other would have.
    ///
    /// # Errors
    /// [`Fault::BadData`] for bytes of another version, cut off or changed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        let engine: Self = unsealed(VERSION, bytes)?;
        let whole = engine.holdings.len() == engine.instruments.len()
            && (engine.holdings.iter()).all(|holding| holding.purse < engine.purses.len());
        if !whole {
            let what = "saved state: its parts do not fit together";
            return Err(Fault::BadData(what.into()));
        }
        Ok(engine)
    }
}
