"""Charts as plotly JSON in plain dictionaries; plotly itself is only loaded to embed or to plot."""
