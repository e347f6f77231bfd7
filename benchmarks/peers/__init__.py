"""The peers, each run by its own Python under .venv/peers, at the settings its guide advises."""
