//! Money of several currencies in one account: a purse each, valued in the base currency at the last known rate.
//!
//! The base currency is purse 0, and with it alone nothing here costs anything: a rate is read from the mark of its
//! instrument when a sum is asked for, never kept up to date.

use crate::Engine;
use crate::holding::Totals;
use sluice_types::{Conversion, Fault, InstrumentId, Money, Rounding};

/// The instrument whose mark is the rate of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateSource {
    /// Which one.
    pub instrument: InstrumentId,
    /// Whether it quotes the base currency in the foreign one.
    pub inverted: bool,
}

/// Which currencies a run knows. The default is one, the base currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Currencies {
    /// The purse of each instrument: 0 is the base currency. Empty: all are quoted in it.
    pub purses: Vec<u32>,
    /// Where the rate of purse 1, 2 … is read; None where the run holds no rate, which denies its orders.
    pub rates: Vec<Option<RateSource>>,
}

/// Cash of one currency, and the totals of what is quoted in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Purse {
    pub cash: Money,
    pub totals: Totals,
    pub(crate) source: Option<RateSource>,
}

impl Engine {
    /// The same account with a purse for each currency; before the first event.
    ///
    /// # Errors
    /// [`Fault::BadData`] where purses, rates and instruments do not fit together.
    pub fn with_currencies(mut self, currencies: &Currencies) -> Result<Self, Fault> {
        let bad = |what: &str| Err(Fault::BadData(format!("currencies: {what}")));
        if !currencies.purses.is_empty() && currencies.purses.len() != self.instruments.len() {
            return bad("there must be one purse per instrument");
        }
        for source in currencies.rates.iter().flatten() {
            let Some(instrument) = self.instruments.get(source.instrument.index()) else {
                return bad("a rate names an instrument that is not of this run");
            };
            if instrument.spec().multiplier != 1_000_000_000 {
                return bad("an instrument with a multiplier cannot give a rate");
            }
        }
        self.purses.truncate(1);
        self.purses
            .extend(currencies.rates.iter().map(|&source| Purse {
                source,
                ..Purse::default()
            }));
        for (holding, &purse) in self.holdings.iter_mut().zip(&currencies.purses) {
            if purse as usize >= self.purses.len() {
                return bad("an instrument names a purse that is not there");
            }
            holding.purse = purse as usize;
        }
        Ok(self)
    }

    /// The rate of an instrument's currency; None before it is known. One for the base currency.
    #[inline]
    pub fn conversion(&self, id: InstrumentId) -> Option<Conversion> {
        self.purse_conversion(self.holdings.get(id.index())?.purse)
    }

    /// The rate of purse `purse`.
    #[inline]
    fn purse_conversion(&self, purse: usize) -> Option<Conversion> {
        if purse == 0 {
            return Some(Conversion::ONE);
        }
        let source = self.purses[purse].source?;
        let mark = self.mark(source.instrument)?.0;
        let scale = self.instruments[source.instrument.index()]
            .spec()
            .price_scale;
        let one = 10_i64.pow(u32::from(scale)); // at most 1e12
        if source.inverted {
            Conversion::new(one, mark)
        } else {
            Conversion::new(mark, one)
        }
    }

    /// The purse of an instrument's currency; 0 is the base currency's.
    pub fn purse(&self, id: InstrumentId) -> usize {
        self.holdings
            .get(id.index())
            .map_or(0, |holding| holding.purse)
    }

    /// The foreign purses whose rate is known: number, source, rate, and what each is worth in the base currency.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn foreign(&self) -> Result<Vec<(usize, RateSource, Conversion, Money)>, Fault> {
        let mut found = Vec::new();
        for (place, purse) in self.purses.iter().enumerate().skip(1) {
            if let (Some(source), Some(rate)) = (purse.source, self.purse_conversion(place)) {
                let own = purse.cash.plus(purse.totals.value)?;
                found.push((place, source, rate, rate.of(own, Rounding::Down)?));
            }
        }
        Ok(found)
    }

    /// Σ over the purses of a sum of each, in the base currency.
    #[inline]
    pub(crate) fn in_base(
        &self,
        rounding: Rounding,
        of: impl Fn(usize, &Purse) -> Result<Money, Fault>,
    ) -> Result<Money, Fault> {
        let mut total = of(0, &self.purses[0])?;
        if self.purses.len() > 1 {
            for (place, purse) in self.purses.iter().enumerate().skip(1) {
                let own = of(place, purse)?;
                if own != Money::ZERO {
                    let rate = self.purse_conversion(place).ok_or_else(no_rate)?;
                    total = total.plus(rate.of(own, rounding)?)?;
                }
            }
        }
        Ok(total)
    }
}

/// The check denies every order of a currency before its rate is known, so nothing can be held in it.
#[cold]
fn no_rate() -> Fault {
    Fault::BadData("money is held in a currency without a rate".into())
}
