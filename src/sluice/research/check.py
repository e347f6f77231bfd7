"""`sluice.check`: what a strategy would be refused for, before any data is read."""

from dataclasses import dataclass

from sluice.domain.errors import LookAheadError
from sluice.strategy.base import Strategy
from sluice.strategy.causality import Finding, static_check
from sluice.strategy.warmup import required


@dataclass(frozen=True)
class StrategyCheck:
    """Findings of the static look-ahead check, and the derived warm-up.

    `warmup` is the number of bars the last value depends on; None where it is unbounded and not
    declared, or where only callbacks speak.
    """

    strategy: Strategy
    findings: tuple[Finding, ...]
    warmup: int | None

    @property
    def passed(self) -> bool:
        """Whether no finding is an error; warnings run, and the gates test them on data."""
        return not any(finding.severity == "error" for finding in self.findings)

    def __str__(self) -> str:
        warmup = "unbounded" if self.warmup is None else f"{self.warmup} bars"
        lines = [f"{self.strategy!r}: warm-up {warmup}"]
        lines += [f"  {finding.severity}: {finding.message}" for finding in self.findings]
        if not self.findings:
            lines.append("  no look-ahead found in its expressions and source")
        return "\n".join(lines)


def check(strategy: Strategy) -> StrategyCheck:
    """Search the strategy's expressions and source for look-ahead; derive its warm-up."""
    return StrategyCheck(strategy, tuple(static_check(strategy)), required(strategy))


def refuse_lookahead(strategy: Strategy) -> None:
    """Refuse a strategy that provably reads the future.

    Raises:
        LookAheadError: names each guilty node.
    """
    errors = [
        f for f in static_check(strategy) if f.severity == "error" and f.rule != "same_bar_fill"
    ]
    if errors:
        found = "\n".join(f"  {finding.message}" for finding in errors)
        msg = f"{type(strategy).__name__} reads the future, so nothing was run:\n{found}"
        raise LookAheadError(msg)
