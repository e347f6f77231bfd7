"""Frames to files: a folder appears whole or not at all."""

import json
import math
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from sluice.domain.errors import DiskFull, StorageError, is_disk_full


def save_frames(
    frames: Mapping[str, pl.DataFrame],
    stats: Mapping[str, float],
    folder: Path,
    form: Literal["csv", "parquet"],
) -> Path:
    """Write each frame and `stats.json` into `folder`, replacing files of the same names.

    Everything is written beside first and moved when complete.

    Raises:
        DiskFull: no space is left; nothing was moved.
        StorageError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as beside:
            scratch = Path(beside)
            for name, frame in frames.items():
                if form == "csv":
                    frame.write_csv(scratch / f"{name}.csv")
                else:
                    frame.write_parquet(scratch / f"{name}.parquet")
            finite = {
                name: value if math.isfinite(value) else None for name, value in stats.items()
            }
            (scratch / "stats.json").write_text(json.dumps(finite, indent=2) + "\n")
            for made in sorted(scratch.iterdir()):
                shutil.move(made, folder / made.name)
    except OSError as error:
        if is_disk_full(error):
            msg = (
                f"no space is left for {folder}; free some and run again (nothing was written half)"
            )
            raise DiskFull(msg) from error
        msg = f"cannot write into {folder}: {error.strerror or error}"
        raise StorageError(msg) from error
    return folder
