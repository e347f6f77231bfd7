"""What the README of the recorded data calls known dirt, held against the quality reports.

    python -m tests.campaigns.known_dirt [--data FOLDER] [--page docs/known-dirt.md]

Every line of the README on a data set that holds bars, quotes or trades is a claim here; each data
set is read and judged anew, and the page says which rule or note finds the claim, and the figure.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from sluice.domain.quality import QualityReport
from sluice.market.importers.raw import ImportOptions
from sluice.market.source import Source, read_source
from sluice.runtime.build import clock

REPOSITORY = Path(__file__).resolve().parents[2]
NEW_YORK: Mapping[str, str] = {"asset_class": "equity", "calendar": "XNYS"}
HOUR, MINUTE = 3_600_000_000_000, 60_000_000_000


@dataclass(frozen=True)
class Claim:
    """One line of the README: of which files, in its words, and what finds it.

    `said` gives the figure that the report holds for the claim; it must be `expected`.
    """

    path: str
    words: str
    finder: str
    expected: object
    said: Callable[[QualityReport], object]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The claim in a test's name."""
        return f"{self.path}: {self.words}"


def count(rule: str, symbol: str | None = None) -> Callable[[QualityReport], object]:
    """The sum of a rule's counts."""
    return lambda report: sum(finding.count for finding in report.of(rule, symbol))


def each(rule: str) -> Callable[[QualityReport], object]:
    """A rule's count by instrument."""
    return lambda report: {finding.instrument: finding.count for finding in report.of(rule)}


def step_of(
    rule: str, every_ns: int, symbol: str | None = None
) -> Callable[[QualityReport], object]:
    """The longest step from bar to bar in whole minutes: the longest hole and one bar."""
    return lambda report: max(
        ((finding.longest_ns or 0) + every_ns) // MINUTE for finding in report.of(rule, symbol)
    )


def holds(rule: str, text: str) -> Callable[[QualityReport], object]:
    """Whether a finding of the rule says this."""
    return lambda report: any(text in finding.text for finding in report.of(rule))


def noted(text: str) -> Callable[[QualityReport], object]:
    """Whether a note says this."""
    return lambda report: any(text in note for note in report.notes)


def steps_longer_than_a_bar(report: QualityReport) -> object:
    """Holes of the bid, expected closures included."""
    (gaps,) = report.of("gaps", "GBPUSD-BID")
    closures = int(gaps.text.split("; ")[1].split(" ")[0])
    return gaps.count + closures


def moves_above_half(report: QualityReport) -> object:
    """Moves of more than 50 %, over all stocks."""
    return sum(
        int(finding.text.split(" of them above 50 %")[0].split()[-1])
        for finding in report.of("large_moves")
    )


SPOT_24, SPOT_23 = "crypto-spot-5m-2024", "crypto-spot-5m-2023"
HOURLY, POUND, DOLLAR = "crypto-spot-1h-2017-2024", "fx-1m", "fx-5m-gbpusd-2017"
PIT = "us-equities-pit-2015-2017/prices_2015-03_2016-08.parquet"
QUOTES, TRADES = "us-taq-2018/sampleQDataRaw.parquet", "us-taq-2018/sampleTDataRaw.parquet"
IBM, BAC = "us-equity-ticks-2013/tick/ibm", "us-equity-ticks-2013/tick/bac"
IN_TRADES = {**NEW_YORK, "kind": "trades"}

CLAIMS = (
    Claim(
        SPOT_24,
        "files end at different minutes, first 2024-09-06 04:40",
        "`ragged_ends`",
        True,
        holds("ragged_ends", "(the first at 2024-09-06 04:45)"),
    ),
    Claim(
        SPOT_24,
        "one or two zero-volume bars (BCH, ETC)",
        "`zero_volume`",
        {"BCHUSDT": 1, "ETCUSDT": 2},
        each("zero_volume"),
    ),
    Claim(
        SPOT_23,
        "one hole of 85 minutes (step from bar to bar)",
        "`gaps`",
        85,
        step_of("gaps", 5 * MINUTE),
    ),
    Claim(SPOT_23, "the hole is on 2023-03-24", "`gaps`", True, holds("gaps", "2023-03-24")),
    Claim(
        SPOT_23,
        "14 zero-volume bars (in each file)",
        "`zero_volume`",
        {"BTCUSDT": 14, "ETHUSDT": 14},
        each("zero_volume"),
    ),
    Claim("crypto-perp-1m-2025", "no gap inside a file", "`gaps`", 0, count("gaps")),
    Claim(
        "crypto-perp-1m-2025",
        "starts differ by up to three minutes",
        "`ragged_ends`",
        True,
        holds("ragged_ends", "(the last at 2025-05-25 10:36)"),
    ),
    Claim(HOURLY, "28 holes", "`gaps`", 28, count("gaps")),
    Claim(
        HOURLY,
        "the longest of 34 hours (step from bar to bar)",
        "`gaps`",
        34 * 60,
        step_of("gaps", HOUR),
    ),
    Claim(HOURLY, "4 zero-volume bars", "`zero_volume`", 4, count("zero_volume")),
    Claim(
        POUND,
        "ask close below bid close in 347 of 30 117 minutes",
        "`crossed_sides`",
        True,
        holds("crossed_sides", "347 of 30117 bars close below"),
    ),
    Claim(
        POUND,
        "111 steps longer than a minute, weekends among them",
        "`gaps`",
        111,
        steps_longer_than_a_bar,
    ),
    Claim(
        POUND, "no volume", "`missing_volume`", True, holds("missing_volume", "no volume at all")
    ),
    Claim(
        DOLLAR, "no volume", "`missing_volume`", True, holds("missing_volume", "no volume at all")
    ),
    Claim(
        PIT,
        "adjusted closes of 3795 rows revised",
        "`revisions`",
        True,
        holds("revisions", "3795 adjusted closes"),
    ),
    Claim(
        PIT,
        "closes revised after publication",
        "`revisions`",
        True,
        holds("revisions", "511 closes"),
    ),
    Claim(
        PIT, "a few rows on exchange holidays", "`closed_days`", 7, count("closed_days"), NEW_YORK
    ),
    Claim(PIT, "51 rows without volume", "`zero_volume`", 51, count("zero_volume")),
    Claim(PIT, "80 moves above 50 % in a day", "`large_moves`", 80, moves_above_half),
    Claim(
        PIT,
        "delisted and renamed tickers end early",
        "`ragged_ends`",
        True,
        holds("ragged_ends", "166 end before 2016-09-01"),
    ),
    Claim(
        QUOTES,
        "96 quotes with a zero side",
        "note",
        True,
        noted("96 quotes with a side of zero"),
        NEW_YORK,
    ),
    Claim(TRADES, "2 corrected trades", "note", True, noted("corrected trades"), NEW_YORK),
    Claim(
        QUOTES,
        "several exchanges (12 of the 13 quote)",
        "note",
        True,
        noted("quotes of 12 exchanges"),
        NEW_YORK,
    ),
    Claim(
        TRADES,
        "several trades in one microsecond",
        "`shared_stamps`",
        41_757,
        count("shared_stamps"),
        NEW_YORK,
    ),
    Claim(
        TRADES,
        "extended hours",
        "`extended_hours`",
        True,
        lambda report: bool(report.of("extended_hours")),
        NEW_YORK,
    ),
    Claim(
        TRADES,
        "five stray trades after the second day",
        "`stray_ends`",
        5,
        count("stray_ends"),
        NEW_YORK,
    ),
    Claim(
        BAC,
        "pre-market and after-hours ticks",
        "`extended_hours`",
        True,
        lambda report: bool(report.of("extended_hours")),
        IN_TRADES,
    ),
    Claim(IBM, "odd lots", "`odd_lots`", 5, count("odd_lots"), IN_TRADES),
    Claim(
        IBM,
        "unfiltered prints (prices that come straight back)",
        "`outliers`",
        True,
        lambda report: bool(report.of("outliers")),
        IN_TRADES,
    ),
    Claim(
        "crypto-l2-raw/spot",
        "the recorder's clock is about 1.27 s behind the exchange's",
        "note",
        True,
        noted("-1,270.6 ms"),
        {"kind": "trades"},
    ),
)


@lru_cache(maxsize=4)
def _read(folder: Path, path: str, options: tuple[tuple[str, str], ...]) -> Source:
    said = ImportOptions(**dict(options))  # type: ignore[arg-type]
    return read_source(
        folder / path, said, name=Path(path).name, policy="quarantine", now_ns=clock().now_ns()
    )


def found(folder: Path, claim: Claim) -> tuple[object, Source]:
    """What the quality report holds for the claim, and the source."""
    options = dict(claim.options)
    if claim.path == PIT:
        options = dict(NEW_YORK)
    source = _read(folder, claim.path, tuple(sorted(options.items())))
    return claim.said(source.judged.report), source


def page(folder: Path, commit: str) -> str:
    """The text of docs/known-dirt.md."""
    day = datetime.fromtimestamp(clock().now_ns() / 1e9, UTC).date().isoformat()
    rows, digests = [], dict[str, str]()
    for claim in CLAIMS:
        value, source = found(folder, claim)
        assert source.data is not None, "quarantine keeps the sound rows"
        digests[claim.path] = source.data.digest
        words = "yes" if value is True else str(value)
        mark = "found" if value == claim.expected else f"**expected {claim.expected}**"
        rows.append(f"| {claim.path} | {claim.words} | {claim.finder} | {words} | {mark} |")
    data = [f"| {path} | `{digest}` |" for path, digest in digests.items()]
    template = (Path(__file__).parent / "known_dirt.template.md").read_text(encoding="utf-8")
    return template.format(
        day=day, commit=commit, rows="\n".join(rows), data="\n".join(data), claims=len(rows)
    )


def main() -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data")
    parser.add_argument("--page", type=Path, default=REPOSITORY / "docs" / "known-dirt.md")
    options = parser.parse_args()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    options.page.write_text(page(options.data, commit), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
