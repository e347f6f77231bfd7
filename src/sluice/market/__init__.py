"""Market data: catalog, importers, quality, calendars, bars, and the simulated market."""
