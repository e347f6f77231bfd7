"""The simulated market: seeded bars with the habits of real ones, and a planted effect."""

from sluice.market.simulate.market import SIMULATOR, SimulatedMarket, simulate_market

__all__ = ["SIMULATOR", "SimulatedMarket", "simulate_market"]
