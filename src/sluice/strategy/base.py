"""`Strategy`, the one class an author derives from; the same in every mode.

See `declaration.py` for what it declares, `callbacks.py` for what it may override, and
`evaluate.py` for how its expressions become targets.
"""

from sluice.strategy.declaration import Declaration
from sluice.strategy.describe import describe


class Strategy(Declaration):
    """An idea about a market: an expression where that is enough, callbacks where it is not.

    Declared on the class: `hypothesis`, `data`, `capacity_usd`, `sizing`, `rebalance`,
    `min_trade` (fraction of equity), `max_leverage`, `warmup` (bars, where it cannot be derived),
    `fill` ("close" is for research; Gate 2 refuses it). Parameters are annotated `Param`s.
    """

    def describe(self) -> str:
        """The Gate 1 document of this strategy, as markdown."""
        return describe(self)
