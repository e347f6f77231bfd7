"""The bars that the shipped strategies declare: the whole simulated market."""

from sluice.domain.strategy import Bars

SIMULATED_MARKET = Bars(
    *("ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL"),
    every="1h",
    history="730d",
    max_gap="3h",
)
