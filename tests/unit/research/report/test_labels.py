"""A run without costs is labeled so: Gate 1's page shows the theoretical run."""

import polars as pl

from sluice.research.report import write_report
from unit.research.report.random_walk import fake_run


def test_the_line_of_a_run_without_costs_says_no_costs(tmp_path):
    report = fake_run()
    free = report.fills.with_columns(pl.lit(0.0).alias("fee"), pl.lit(0.0).alias("slippage"))
    charged = write_report(report, tmp_path / "charged.html").read_text()
    theoretical = write_report(fake_run(fills=free), tmp_path / "free.html").read_text()
    assert "Strategy, after costs" in charged
    assert "Strategy, no costs" in theoretical
    assert "Strategy, after costs" not in theoretical
