"""A slow, plain model of the default trading: targets in, signed orders in lots out.

Free of costs, so that buying power is leverage × equity less what is bound; quantities are lots.
"""

import math
from dataclasses import dataclass, field


@dataclass
class Book:
    """What is held (lots) and the cash, with the last close of each instrument."""

    cash: float
    leverage: float
    lot: float
    shortable: tuple[bool, ...]
    held: list[int] = field(default_factory=list)
    effective: list[float] = field(default_factory=list)
    scale: float = 1.0

    def __post_init__(self) -> None:
        self.held = [0] * len(self.shortable)
        self.effective = [0.0] * len(self.shortable)

    def equity(self, marks: list[float]) -> float:
        return self.cash + sum(
            lots * self.lot * mark for lots, mark in zip(self.held, marks, strict=True)
        )

    def decide(self, targets: list[float | None], marks: list[float]) -> list[tuple[int, int]]:
        """(instrument, signed lots), reductions first."""
        moved = []
        for place, target in enumerate(targets):
            if target is not None and abs(target - self.effective[place]) > 1e-9:
                self.effective[place] = target
                moved.append(place)
        if not moved:
            return []
        allowed = [self.allowed(place) for place in range(len(targets))]
        total = sum(abs(weight) for weight in allowed)
        scale = self.leverage / total if total > self.leverage * (1 + 1e-12) else 1.0
        if abs(scale - self.scale) > 1e-12:
            moved, self.scale = list(range(len(targets))), scale
        equity = self.equity(marks)
        wanted = {p: self.lots(allowed[p] * scale * max(0.0, equity) / marks[p]) for p in moved}
        wanted = {p: lots for p, lots in wanted.items() if lots != self.held[p]}
        self.fit(wanted, marks, equity)
        orders = [(p, lots - self.held[p]) for p, lots in wanted.items() if lots != self.held[p]]
        return sorted(orders, key=lambda order: not self.reduces(order[0], wanted[order[0]]))

    def allowed(self, place: int) -> float:
        weight = self.effective[place]
        return weight if self.shortable[place] else max(0.0, weight)

    def lots(self, units: float) -> int:
        exact = units / self.lot
        near = round(exact)
        return near if abs(exact - near) <= 1e-9 * max(1.0, abs(near)) else math.trunc(exact)

    def reduces(self, place: int, lots: int) -> bool:
        return abs(lots) <= abs(self.held[place])

    def fit(self, wanted: dict[int, int], marks: list[float], equity: float) -> None:
        """Increases share what leverage × equity leaves once the reductions are done."""
        worth = {
            p: (abs(lots) - abs(self.held[p])) * self.lot * marks[p] for p, lots in wanted.items()
        }
        needed = sum(value for value in worth.values() if value > 0)
        released = -sum(value for value in worth.values() if value <= 0)
        bound = sum(abs(q) * self.lot * m for q, m in zip(self.held, marks, strict=True))
        available = self.leverage * equity - bound + released
        if needed <= 0 or needed <= available:
            return
        share = max(0.0, available / needed) * (1 - 1e-9)
        for place, value in worth.items():
            if value > 0:
                grown = (abs(wanted[place]) - abs(self.held[place])) * share
                size = abs(self.held[place]) + self.lots(grown * self.lot)
                wanted[place] = int(math.copysign(size, wanted[place]))

    def fill(self, place: int, lots: int, price: float) -> None:
        self.held[place] += lots
        self.cash -= lots * self.lot * price
