"""Fakes at the ports, written once and held to the same contract as the real thing."""
