"""A year of 1-minute bars of a hundred instruments (52.6 million) runs in bounded memory."""

import json
import os
import subprocess
import sys

import pytest

PEAK_MB = 1_000


def asked(home, *words):
    path = os.pathsep.join(part for part in sys.path if part)
    done = subprocess.run(
        [sys.executable, "-m", "simulation.streamed_year", str(home), *words],
        env={"PYTHONPATH": path, "SLUICE_HOME": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout) if done.stdout else None


@pytest.mark.slow
def test_a_year_of_minutes_of_a_hundred_instruments_stays_below_the_stated_peak(tmp_path):
    home = tmp_path / "home"
    asked(home, "make", "100", "365")
    for kind in ("signals", "callbacks"):
        done = asked(home, kind)
        assert done["fills"] > 1_000
        assert done["peak_mb"] < PEAK_MB, done
