"""The words of the house that Python adds to the core's: no I/O, no dataframes, nothing above."""
