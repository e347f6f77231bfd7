"""Sluice: a quant trading platform in which nothing reaches a market without passing its gates.

The public names are loaded when they are first used, so that `import sluice` costs a millisecond.
"""

TYPE_CHECKING = False
