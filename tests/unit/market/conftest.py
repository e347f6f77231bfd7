"""Small sources of bars, written as a user would have them."""

import pytest

from market_bars import HEADER, ROWS


@pytest.fixture
def csv(tmp_path):
    """Write lines to a CSV; the default is four sound hourly bars."""

    def write(rows=ROWS, header=HEADER, name="BTCUSDT-1h.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join((header, *rows)) + "\n")
        return path

    return write
