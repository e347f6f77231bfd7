"""The quality report of market data: what was found, how bad, and what was done about it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self, get_args

Severity = Literal["error", "warning"]
Policy = Literal["refuse", "quarantine", "accept"]
POLICIES: tuple[str, ...] = get_args(Policy)
Example = dict[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule on one instrument ("*" is the whole data set).

    `count` is rows, or holes, runs and ends where the rule speaks of those; `first_ns` and
    `last_ns` are bar starts (UTC ns); `longest_ns` is the longest hole or run, null elsewhere.
    """

    instrument: str
    rule: str
    severity: Severity
    count: int
    first_ns: int | None
    last_ns: int | None
    text: str
    longest_ns: int | None = None
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Everything that was found on one import; nothing in it was repaired.

    `rows_in` = `rows_kept` + `rows_quarantined` unless the data was refused, then nothing was kept.
    `notes` are what the importer guessed or assumed, in words.
    """

    dataset: str
    policy: Policy
    rows_in: int
    rows_kept: int
    rows_quarantined: int
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    refused: bool = False

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity "error"."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings of severity "warning"."""
        return tuple(f for f in self.findings if f.severity == "warning")

    def of(self, rule: str, instrument: str | None = None) -> tuple[Finding, ...]:
        """The findings of one rule, of one instrument where it is given."""
        return tuple(
            f for f in self.findings if f.rule == rule and instrument in (None, f.instrument)
        )

    def renamed(self, dataset: str) -> Self:
        """The same report under the name the data set is stored by."""
        return replace(self, dataset=dataset)

    def to_json(self) -> dict[str, Any]:
        """Plain values for dataset.json."""
        out = asdict(self)
        out["findings"] = [asdict(f) | {"examples": list(f.examples)} for f in self.findings]
        out["notes"] = list(self.notes)
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The report of `to_json`."""
        findings = tuple(
            Finding(**(f | {"examples": tuple(f["examples"])})) for f in data["findings"]
        )
        return cls(**(dict(data) | {"findings": findings, "notes": tuple(data["notes"])}))
