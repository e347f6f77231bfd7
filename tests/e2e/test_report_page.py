"""The tear sheet in a real browser: every chart drawn, nothing said on the console."""

import dataclasses
import json
import re
import shutil
import subprocess
from datetime import date

import polars as pl
import pytest

from sluice.research.report import write_report
from unit.research.report.random_walk import fake_run

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium on the PATH to draw the page")


def browse(page, profile, *options: str) -> subprocess.CompletedProcess[str]:
    """Open the page headless and give its final document (stdout) and its console (stderr)."""
    return subprocess.run(
        [
            str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--enable-logging=stderr", "--log-level=0",
            f"--user-data-dir={profile}", "--window-size=1280,900",
            "--virtual-time-budget=20000", *options, page.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    path = write_report(fake_run(symbols=3, bars=24 * 200, hold=36), folder / "sheet.html")
    return browse(path, folder / "profile", "--dump-dom")


def test_every_chart_is_drawn(seen):
    places = re.findall(r'data-chart="(\w+)"', seen.stdout)
    assert len(places) == 10
    drawn = re.findall(r'<svg class="main-svg"', seen.stdout)
    assert len(drawn) >= len(places) + 1
    assert 'data-drawn="yes"' in seen.stdout


def test_the_console_stays_silent(seen):
    said = [line for line in seen.stderr.splitlines() if "CONSOLE" in line]
    assert said == []


def test_the_price_chart_shows_candles_and_fills(seen):
    shown = seen.stdout[seen.stdout.index('id="price-chart"') :]
    assert "1,200 candles of 4h from 4,800 bars" in shown
    assert 'class="trace boxes"' in shown
    assert shown.count('class="point') > 20


def test_a_script_that_fails_would_be_heard(tmp_path):
    page = tmp_path / "broken.html"
    page.write_text("<script>undefined_name();</script>")
    said = browse(page, tmp_path / "profile", "--dump-dom").stderr
    assert "CONSOLE" in said
    assert "undefined_name" in said


def test_a_hostile_name_runs_nothing_and_breaks_no_chart(tmp_path):
    hostile = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>"
    run = dataclasses.replace(fake_run(symbols=1, bars=500), title=hostile, currency=hostile)
    renamed = {
        name: getattr(run, name).with_columns(pl.lit(hostile).alias("instrument"))
        for name in ("bars", "fills", "round_trips")
    }
    page = write_report(dataclasses.replace(run, **renamed), tmp_path / "sheet.html")
    seen = browse(page, tmp_path / "profile", "--dump-dom")
    assert "<title>taken" not in seen.stdout
    assert 'data-drawn="yes"' in seen.stdout
    assert "CONSOLE" not in seen.stderr


PROBE = """
setTimeout(async () => {
  const heading = (name) => [...document.querySelectorAll("#trips th")]
    .find((th) => th.textContent.trim() === name);
  const first = () => document.querySelector("#trips tbody tr").cells[heading("P&L").cellIndex];
  heading("P&L").click();
  const best = first().textContent;
  heading("P&L").click();
  const worst = first().textContent;
  const chart = document.getElementById("price-chart");
  const choice = document.getElementById("instrument");
  choice.value = "1";
  choice.dispatchEvent(new Event("change"));
  const title = chart.layout.yaxis.title.text;
  const box = document.querySelector("[data-log=equity]");
  box.click();
  const scale = document.querySelector("[data-chart=equity]").layout.yaxis.type;
  await Plotly.relayout(chart, {"xaxis.range[0]": "2023-02-01", "xaxis.range[1]": "2023-02-08"});
  const range = chart.layout.yaxis.range;
  window.dispatchEvent(new Event("beforeprint"));
  const width = chart.layout.width;
  const found = JSON.stringify({best, worst, title, scale, range, width});
  document.body.insertAdjacentHTML("beforeend", `<pre id="probe">${found}</pre>`);
}, 4000);
"""


def test_sorting_choosing_zooming_and_printing_work(tmp_path):
    run = fake_run(symbols=2, bars=24 * 90, hold=36)
    page = write_report(run, tmp_path / "sheet.html")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    page.write_text(text.replace("</body></html>", f"<script>{PROBE}</script></body></html>"))
    seen = browse(page, tmp_path / "profile", "--dump-dom").stdout
    found = json.loads(re.findall(r'<pre id="probe">(.*?)</pre>', seen)[-1])
    assert found["best"] == f"+{run.round_trips['pnl'].max():,.2f}"
    assert found["worst"] == f"{run.round_trips['pnl'].min():,.2f}".replace("-", "−")
    second = re.findall(r'<option value="1">(.*?)</option>', seen)[0]
    assert found["title"] == f"Price of {second}"
    assert found["scale"] == "log"
    week = run.bars.filter(
        (pl.col("instrument") == second)
        & pl.col("ts_start").dt.date().is_between(date(2023, 2, 1), date(2023, 2, 7))
    )
    low, high = found["range"]
    assert low < week["low"].min() < week["high"].max() < high
    assert high - low < 1.2 * (week["high"].max() - week["low"].min())
    assert found["width"] == 670


def test_no_button_offers_to_upload_a_chart(seen):
    assert "sendChartToCloud" not in re.sub(r"<script.*?</script>", "", seen.stdout, flags=re.S)
    assert "Share chart" not in re.sub(r"<script.*?</script>", "", seen.stdout, flags=re.S)
