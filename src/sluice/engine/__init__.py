"""Drivers of the core."""
