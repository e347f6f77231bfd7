"""A notebook as a quant writes it, run by a kernel: backtest, figures, picture, files, report."""

import shutil
import sys

import nbformat
import pytest
from nbclient import NotebookClient

import door

CELLS = (
    """import sluice
from sluice.strategy.library.ema_cross import EmaCross
result = sluice.backtest(EmaCross(fast=10), data="tides")
result""",
    """assert result.stats["orders"] > 0 and result.trials == 1
{name: round(value, 4) for name, value in result.stats.items()}""",
    "result.plot()",
    "result.round_trips.head()",
    """path = result.report("ema.html")
folder = result.to_parquet("run")
print(path.stat().st_size > 100_000, len(list(folder.glob("*.parquet"))))""",
    """import polars as pl
from sluice import Param, Strategy, close, sma

class Mine(Strategy):
    n: int = Param(20, ge=2)

    def signals(self) -> pl.Expr:
        return (close > sma(close, self.n)).cast(pl.Float64) * 0.4

mine = [sluice.backtest(Mine(n=n), data="tides") for n in (10, 20)]
print([m.trials for m in mine], sluice.check(Mine()).passed)""",
    """try:
    sluice.backtest(Mine, data="tides")
except sluice.SluiceError as error:
    print(error)""",
)


def outputs(cell, kind):
    return [out["data"][kind] for out in cell.outputs if kind in out.get("data", {})]


def printed(cell):
    return "".join(out["text"] for out in cell.outputs if out.output_type == "stream")


@pytest.fixture(scope="module")
def ran(tide_home, tmp_path_factory):
    """The cells after a kernel ran them, the folder they ran in, and the home they used."""
    folder = tmp_path_factory.mktemp("notebook")
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        shutil.copytree(tide_home, home)
        patch.setenv("SLUICE_HOME", str(home))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.setenv("JUPYTER_PATH", f"{sys.prefix}/share/jupyter")
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
        run = {"metadata": {"path": str(folder)}}
        NotebookClient(book, timeout=120, kernel_name="python3", resources=run).execute()
    return book.cells, folder, home


def test_the_result_shows_itself_as_a_table(ran):
    (page,) = outputs(ran[0][0], "text/html")
    assert "EmaCross" in page
    assert "Sharpe" in page
    assert "<script" not in page


def test_the_figures_are_plain_numbers(ran):
    (text,) = outputs(ran[0][1], "text/plain")
    assert "'sharpe':" in text
    assert "np.float64" not in text


def test_the_picture_is_a_plotly_figure_without_an_upload_button(ran):
    (figure,) = outputs(ran[0][2], "application/vnd.plotly.v1+json")
    assert figure["data"]
    assert "sendChartToCloud" in figure["layout"]["modebar"]["remove"]


def test_frames_show_as_tables(ran):
    assert outputs(ran[0][3], "text/html")


def test_report_and_files_are_written_beside_the_notebook(ran):
    cells, folder, _ = ran
    assert printed(cells[4]).strip() == "True 7"
    assert (folder / "ema.html").is_file()


def test_a_strategy_written_in_a_cell_runs_and_its_trials_are_counted(ran):
    cells, _, home = ran
    assert printed(cells[5]).strip() == "[1, 2] True"
    assert len(door.rows(home)) == 3


def test_a_class_without_parentheses_is_told_in_a_sentence(ran):
    assert "write Mine()" in printed(ran[0][6])
