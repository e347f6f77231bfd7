"""Strategies: what they declare, what their expressions say, and whether those read the future."""
