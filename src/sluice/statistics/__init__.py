"""Pure functions over arrays: returns, metrics, the Sharpe ratio's error, capacity. numpy only.

Conventions: arrays are one-dimensional float64; a ratio is a fraction (0.15), never a percentage;
sample deviations divide by n - 1; kurtosis is raw (3 for the normal); what is undefined is NaN.
"""
