"""Documents are tested: every command in README and guides runs, every snippet of Python too.

Commands stand in ```sh blocks and run in order, page by page, from a folder that looks like the
clone, with `prices.csv` and a file of each layout as the user's own data, and with an archive on
this machine for what is fetched. A command may pass or be judged and fail (exit 0 or
1); a usage, data or environment error (2) fails the test.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import archive_server
import sample_files

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page
    for page in [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
    if re.search(r"^```(sh|python)$", page.read_text(), re.MULTILINE)
)


FIRST_MS = 1_640_995_200_000  # 2022-01-01


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def clone(tmp_path, home, monkeypatch):
    """A folder with the clone's scripts and configuration, and files of the user's own data.

    `sluice data fetch` asks an archive on this machine.
    """
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in ("scripts", "config", ".venv"):
        (folder / name).symlink_to(REPOSITORY / name)
    write_prices(folder / "prices.csv")
    sample_files.write_samples(folder)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with archive_server.serving() as archive:
        sample_files.fill_archive(archive)
        (home / "config").mkdir(parents=True)
        (home / "config" / "base.toml").write_text(f'[data]\narchive_url = "{archive.url}"\n')
        yield folder


def write_prices(path: Path) -> None:
    """Hourly bars of two years and a bit, a seeded walk, as a spreadsheet would hold them."""
    rng = np.random.default_rng(7)
    hours = 800 * 24
    close = np.round(20_000 * np.exp(np.cumsum(rng.normal(0, 0.004, hours))), 2)
    opened = np.concatenate(([20_000.0], close[:-1]))
    span = np.round(np.abs(rng.normal(0, 20, hours)), 2)
    pl.DataFrame(
        {
            "date": pl.Series(np.arange(hours) * 3_600_000 + FIRST_MS).cast(pl.Datetime("ms")),
            "open": opened,
            "high": np.maximum(opened, close) + span,
            "low": np.minimum(opened, close) - span,
            "close": close,
            "volume": np.round(rng.uniform(100, 1000, hours), 3),
        }
    ).write_csv(path)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One command as a user types it, with the clone's environment on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_documented_command_and_snippet_runs(page, clone):
    for block in blocks(page, "sh"):
        for command in block.replace("\\\n", " ").splitlines():
            if not command.strip() or command.lstrip().startswith("#"):
                continue
            done = run(command, clone)
            assert done.returncode in (0, 1), f"$ {command}\n{done.stdout}\n{done.stderr}"
            assert "Traceback" not in done.stderr, f"$ {command}\n{done.stderr}"
    snippets = blocks(page, "python")
    if snippets:
        script = clone / "snippets.py"
        script.write_text("\n\n".join(snippets))
        if "sluice.backtest(" in script.read_text():
            assert run("sluice data list | grep -q simulated || sluice data simulate", clone)
        done = run(f"python {script.name}", clone)
        assert done.returncode == 0, done.stderr


PEERS = REPOSITORY / ".venv" / "peers"
OTHERS = [
    (page, tool)
    for page in sorted((REPOSITORY / "docs").rglob("*.md"))
    for tool in re.findall(r"^```python (\w+)$", page.read_text(), re.MULTILINE)
]


@pytest.mark.parametrize(("page", "tool"), OTHERS, ids=[tool for _, tool in OTHERS])
def test_a_snippet_of_another_tool_is_python_and_runs_where_that_tool_is_installed(
    page, tool, clone
):
    """Theirs beside ours: each tool has an environment of its own (`make bench` makes some)."""
    snippets = blocks(page, f"python {tool}")
    for snippet in snippets:
        compile(snippet, page.name, "exec")
    interpreter = PEERS / tool / "bin" / "python"
    if not interpreter.exists():
        return
    script = clone / "theirs.py"
    script.write_text("\n\n".join(snippets))
    done = run(f"{interpreter} {script.name}", clone)
    assert done.returncode == 0, done.stderr


def test_the_page_of_figures_is_what_the_code_says():
    sys.path.insert(0, str(REPOSITORY / "scripts"))
    from build_docs import figures_page

    assert (REPOSITORY / "docs" / "figures.md").read_text() == figures_page(), "run `make docs`"
