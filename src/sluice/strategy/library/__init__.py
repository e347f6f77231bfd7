"""The strategies that ship with the house, each with its hypothesis; most fail on real data."""
