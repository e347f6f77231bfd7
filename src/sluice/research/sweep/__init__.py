"""Sweeps: one strategy at every point of a grid of parameters, each point counted as a trial."""
