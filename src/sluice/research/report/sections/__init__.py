"""The parts of the page between its head and its records."""
