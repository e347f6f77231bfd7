"""The tear sheet as a file: whole, offline, true to its input, deaf to what a name tries to be."""

import base64
import dataclasses
import errno
import hashlib
import json
import re
import subprocess
import sys
from datetime import timedelta
from html.parser import HTMLParser

import plotly.graph_objects as go
import polars as pl
import pytest

from sluice.domain.errors import DiskFull, StorageError
from sluice.research.report import equity_figure, summary_html, write_report
from sluice.research.report.page import html_page
from sluice.research.report.write import write_whole
from unit.research.report.random_walk import fake_run

SECTIONS = [
    "verdict", "figures", "equity", "drawdown", "months", "rolling", "distribution", "exposure",
    "turnover", "costs", "attribution", "tail", "capacity", "prices", "trips", "counts",
    "warnings", "definitions", "manifest",
]  # fmt: skip
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)> & Ünïcode 移动平均"


class Reader(HTMLParser):
    """Elements with their attributes, text outside scripts, and the scripts' texts."""

    def __init__(self, page: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            attributes, text = self.scripts.pop()
            self.scripts.append((attributes, text + data))
        elif self._inside != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def data(self) -> dict:
        return json.loads(next(text for at, text in self.scripts if at.get("id") == "data"))

    @property
    def anchors(self) -> list[str | None]:
        return [at["id"] for _, at in self.elements if "id" in at]


@pytest.fixture(scope="module")
def run():
    return fake_run(symbols=3, bars=24 * 200, hold=36)


@pytest.fixture(scope="module")
def page(run):
    return Reader(html_page(run))


def quiet_run(**changes):
    """A run that never traded."""
    run = fake_run(symbols=1, bars=150, every=timedelta(days=1))
    flat = run.equity.with_columns(
        pl.lit(run.cash).alias("equity"), pl.lit(0.0).alias("gross"), pl.lit(0.0).alias("net")
    )
    nan = float("nan")
    stats = dict.fromkeys(run.stats, nan) | {"total_return": 0.0, "round_trips": 0.0, "fees": 0.0}
    fields = {
        "fills": run.fills.clear(), "round_trips": run.round_trips.clear(), "equity": flat,
        "stats": stats, "verdict": None, "counts": {}, "capacity": None,
    }  # fmt: skip
    return dataclasses.replace(run, **(fields | changes))


def test_every_part_stands_on_the_page_in_order(page):
    found = [anchor for anchor in page.anchors if anchor in SECTIONS]
    assert found == SECTIONS


def test_nothing_is_loaded_from_any_host(page):
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "img", "base", "object", "embed"}
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    own = [text for at, text in page.scripts if "plotly.js v" not in text[:40]]
    assert len(own) == 2
    for text in own:
        assert not re.search(r"https?:|fetch\(|XMLHttpRequest|import\(|@import|url\(", text)


def test_the_policy_forbids_all_requests_and_runs_only_the_two_scripts_of_the_page(page):
    policy = next(at["content"] for _, at in page.elements if "http-equiv" in at)
    assert "default-src 'none'" in policy
    running = [text for at, text in page.scripts if "type" not in at]
    assert len(running) == 2
    for text in running:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy


def test_no_button_uploads_a_chart(page):
    script = next(text for at, text in page.scripts if text.startswith("/* Draws"))
    assert "showSendToCloud: false" in script
    for chart in page.data["charts"].values():
        assert chart["layout"]["modebar"]["remove"] == ["sendChartToCloud"]


def test_figures_on_the_page_equal_the_input(run, page):
    stats = run.stats
    for shown in (
        f"{stats['total_return']:.2%}".replace("%", " %"),
        f"{stats['max_drawdown']:.2%}".replace("%", " %"),
        f"{stats['win_rate']:.2%}".replace("%", " %"),
        f"{stats['profit_factor']:.2f}",
        f"{stats['fees']:,.2f}" if stats["fees"] < 1000 else f"{stats['fees']:,.0f}",
    ):
        assert shown.replace("-", "−") in page.text
    assert f"{stats['sharpe']:.2f} ± 0.71".replace("-", "−") in page.text


def test_charts_end_at_the_last_mark_of_the_input(run, page):
    curve = page.data["charts"]["equity"]["data"][1]
    assert curve["y"][-1] == pytest.approx(run.equity["equity"][-1], rel=1e-8)
    x = curve["x"]
    last = x["from"] + x["unit"] * sum(x["steps"])
    assert last == run.equity["ts"].dt.epoch("ms")[-1]
    assert len(curve["y"]) <= 4_000


def test_thinned_curves_say_so(page):
    assert "Drawn from 4,800 marks" in page.text


def test_each_check_has_its_value_threshold_word_and_reason(run, page):
    for check in run.verdict["checks"]:
        assert check["id"] in page.text
        assert check["reason"] in page.text
    assert "> 1.20" in page.text
    assert "< 15.00 %" in page.text
    words = re.findall(r"\b(pass|fail)\b Gate|\b(pass|fail)\b [A-Z]", page.text)
    assert len(words) == len(run.verdict["checks"])


def test_a_check_that_counts_problems_says_none_or_how_many(run):
    checks = [
        {"id": "lookahead", "value": count, "op": "==", "threshold": 0, "passed": not count,
         "reason": ""}
        for count in (0, 3)
    ]  # fmt: skip
    verdict = {"gate": 1, "passed": False, "checks": checks}
    text = Reader(html_page(dataclasses.replace(run, verdict=verdict))).text
    assert "pass Look-ahead lookahead none none" in text
    assert "fail Look-ahead lookahead 3 found none" in text


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        ({"gate": 1, "passed": True, "checks": []}, "PASS"),
        ({"gate": 2, "passed": False, "checks": []}, "FAIL"),
        ({"gate": 2, "passed": False, "exploratory": True, "checks": []}, "EXPLORATORY"),
        (None, "NOT JUDGED"),
    ],
)
def test_the_verdict_is_one_word(run, verdict, word):
    text = Reader(html_page(dataclasses.replace(run, verdict=verdict))).text
    assert f" {word} " in text


@pytest.mark.parametrize(
    ("provenance", "words"),
    [("simulated", "Simulated market"), ("recorded", "Recorded market data")],
)
def test_the_provenance_is_named(run, provenance, words):
    assert words in Reader(html_page(dataclasses.replace(run, provenance=provenance))).text


def test_a_hostile_name_stays_text_wherever_it_appears(run):
    rename = {"instrument": pl.lit(HOSTILE)}
    one = run.bars["instrument"].unique().sort()[0]
    frames = {
        name: getattr(run, name)
        .filter(pl.col("instrument") == one)
        .with_columns(**rename)
        for name in ("bars", "fills", "round_trips")
    }  # fmt: skip
    hostile = dataclasses.replace(
        run,
        title=HOSTILE,
        currency="<i>",
        manifest={"strategy": HOSTILE, "params": {HOSTILE: HOSTILE}, "data": {"name": HOSTILE}},
        verdict={
            "gate": HOSTILE,
            "passed": False,
            "checks": [
                {"id": HOSTILE, "value": HOSTILE, "op": "<", "threshold": HOSTILE,
                 "passed": False, "reason": HOSTILE}
            ],
            "warnings": [HOSTILE],
            "result_digest": HOSTILE,
        },
        counts={HOSTILE: 1, f"denied.{HOSTILE}": 1},
        definitions={HOSTILE: HOSTILE},
        stats={**run.stats, HOSTILE: float("nan")},
        reasons={HOSTILE: HOSTILE},
        warnings=[HOSTILE],
        **frames,
    )  # fmt: skip
    page = Reader(html_page(hostile))
    assert len(page.scripts) == 3
    assert not [tag for tag, _ in page.elements if tag in {"img", "i"}]
    assert not [at for _, at in page.elements if any(name.startswith("on") for name in at)]
    assert page.data["prices"][0]["name"] == HOSTILE
    assert HOSTILE in page.text
    labels = page.data["charts"]["attribution"]["data"][0]["y"]
    assert all("<" not in label for label in labels)


def test_a_run_without_fills_says_so_instead_of_drawing_nothing():
    page = Reader(html_page(quiet_run()))
    assert "No round trips" in page.text
    assert "No fills" in page.text
    assert "Equity never fell below its peak." in page.text
    assert "Nothing was denied" in page.text
    assert "turnover" not in page.data["charts"]


def test_a_figure_without_a_value_is_an_en_dash_with_its_reason():
    page = Reader(html_page(quiet_run(reasons={"sharpe": "returns never vary"})))
    assert "Sharpe ratio – returns never vary" in page.text
    assert "Win rate – no round trips" in page.text
    assert not re.search(r"\bnan\b", page.text, re.IGNORECASE)


@pytest.mark.parametrize("symbols", [1, 24])
def test_one_bar_is_enough_for_a_page(symbols):
    page = Reader(html_page(fake_run(symbols=symbols, bars=1)))
    assert "a single mark" in page.text


def test_bars_without_volume_and_trips_of_the_whole_portfolio_are_shown(run):
    trips = run.round_trips.with_columns(
        pl.lit("portfolio").alias("instrument"), pl.lit("portfolio").alias("side")
    )
    bare = dataclasses.replace(run, bars=run.bars.drop("volume"), round_trips=trips)
    text = Reader(html_page(bare)).text
    assert "portfolio portfolio" in text
    assert "Round trips are those of the whole portfolio" in text


def test_long_lists_of_round_trips_show_the_worst_and_the_best_and_the_total(run):
    trips = pl.concat([run.round_trips] * 10)
    page = Reader(html_page(dataclasses.replace(run, round_trips=trips)))
    assert f"The 250 worst and 250 best by P&L of {trips.height:,} round trips" in page.text
    assert f"{trips['pnl'].min():,.2f}".replace("-", "−") in page.text
    assert f"+{trips['pnl'].max():,.2f}" in page.text


@pytest.mark.parametrize(
    ("symbols", "bars", "every"),
    [
        (8, 17_544, timedelta(hours=1)),
        (24, 4_000, timedelta(days=1)),
        (2, 40_000, timedelta(minutes=5)),
    ],
)
def test_the_file_stays_below_seven_megabytes(tmp_path, symbols, bars, every):
    path = write_report(fake_run(symbols=symbols, bars=bars, every=every), tmp_path / "r.html")
    assert path.stat().st_size < 7e6


def test_the_same_run_gives_the_same_bytes(run):
    assert html_page(run) == html_page(run)


def test_folders_are_made_and_no_other_file_is_left(run, tmp_path):
    path = write_report(run, tmp_path / "new" / "folder" / "sheet.html")
    assert [file.name for file in path.parent.iterdir()] == ["sheet.html"]


def test_a_full_disk_leaves_the_old_report_and_nothing_half(tmp_path):
    path = tmp_path / "sheet.html"
    path.write_text("the old one")

    def full(descriptor: int, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull, match=r"no space left .*nothing was written"):
        write_whole(path, "the new one", store=full)
    assert path.read_text() == "the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["sheet.html"]


def test_a_place_that_is_no_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        write_whole(tmp_path / "file" / "sheet.html", "page")


def test_importing_the_report_does_not_import_plotly():
    code = "import sys, sluice.research.report; sys.exit('plotly' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_notebook_figure_holds_both_curves_in_real_colors(run):
    figure = equity_figure(run.equity, run.bars, run.cash)
    assert isinstance(figure, go.Figure)
    assert [len(trace.y) <= 4_000 for trace in figure.data] == [True, True]
    assert figure.data[1].y[-1] == run.equity["equity"][-1]
    assert "@" not in figure.to_json()


def test_the_notebook_summary_is_small_escaped_and_names_the_verdict(run):
    text = summary_html(run.stats, run.verdict, {"strategy": HOSTILE})
    assert len(text) < 20_000
    assert "<script" not in text
    assert "PASS" in text or "FAIL" in text
    assert f"{run.stats['max_drawdown']:.2%}".replace("%", " %") in text
