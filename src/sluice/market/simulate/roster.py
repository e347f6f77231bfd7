"""The eight invented instruments of the simulated market: their price levels, steps and volumes."""

from dataclasses import dataclass
from decimal import Decimal

from sluice.domain.instrument import Instrument

VENUE = "SIM"


@dataclass(frozen=True, slots=True)
class Listing:
    """First price (USD), tick, lot, daily volume (USD), yearly volatility, factor loading."""

    symbol: str
    price: float
    tick: str
    lot: str
    adv_usd: float
    volatility: float
    loading: float

    def instrument(self) -> Instrument:
        """A linear perpetual at the venue SIM; its record is stated, nothing is inferred."""
        return Instrument(
            symbol=self.symbol,
            venue=VENUE,
            asset_class="perpetual",
            currency="USD",
            tick_size=Decimal(self.tick),
            lot_size=Decimal(self.lot),
            min_notional=Decimal(5),
        )


ROSTER = (
    Listing("ALPHA", 42_000.0, "0.1", "0.0001", 900e6, 0.36, 0.50),
    Listing("BRAVO", 2_600.0, "0.01", "0.001", 600e6, 0.40, 0.50),
    Listing("CHARLIE", 145.0, "0.001", "0.01", 300e6, 0.46, 0.40),
    Listing("DELTA", 0.62, "0.00001", "1", 200e6, 0.44, 0.35),
    Listing("ECHO", 11.5, "0.0001", "0.1", 150e6, 0.48, 0.35),
    Listing("FOXTROT", 74.0, "0.001", "0.01", 150e6, 0.42, 0.40),
    Listing("GOLF", 0.081, "0.000001", "10", 120e6, 0.50, 0.30),
    Listing("HOTEL", 318.0, "0.01", "0.001", 250e6, 0.38, 0.45),
)
