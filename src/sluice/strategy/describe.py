"""The Gate 1 document of a strategy, generated from its declaration."""

from sluice.strategy.declaration import Declaration


def describe(strategy: Declaration) -> str:
    """Hypothesis, data, parameters, capacity, static findings and warm-up, as markdown."""
    return repr(strategy)
