"""Who passed: the identity behind "Gate 1 passed by this code", and how long evidence is good."""

from collections.abc import Mapping
from dataclasses import dataclass

from sluice.domain.evidence import Json, Provenance, Value, digest
from sluice.lifecycle.thresholds import EVIDENCE_GOOD_DAYS

_DAY_NS = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class Identity:
    """The code that is judged: change any part and it is another, which has passed nothing.

    `source_digest`: the strategy's module and its imports that are not installed packages.
    `data_declaration`: the declaration as JSON, or the data set that replaced it.
    """

    source_digest: str
    params: Mapping[str, Value]
    data_declaration: Json
    core_digest: str
    sluice_digest: str

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the five parts."""
        return digest(
            {
                "source": self.source_digest,
                "params": self.params,
                "data": self.data_declaration,
                "core": self.core_digest,
                "sluice": self.sluice_digest,
            }
        )


def evidence_not_before_ns(now_ns: int, good_days: int = EVIDENCE_GOOD_DAYS) -> int:
    """The oldest stamp (UTC ns) at which evidence that is read now may have been recorded."""
    return now_ns - good_days * _DAY_NS


def may_promote(evidence: Provenance, feed: Provenance) -> bool:
    """Whether evidence of one provenance may promote onto a feed of another.

    Simulated evidence promotes only onto a simulated feed; recorded and live onto any.
    """
    return evidence != "simulated" or feed == "simulated"
