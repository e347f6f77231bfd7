"""The tear sheet of a run, and what a notebook shows of it."""

from sluice.research.report.figure import equity_figure, summary_html
from sluice.research.report.input import ReportInput
from sluice.research.report.page import write_report

__all__ = ["ReportInput", "equity_figure", "summary_html", "write_report"]
