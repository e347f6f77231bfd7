"""Research: backtests, their look-ahead and capacity tests, their verdicts and reports."""
