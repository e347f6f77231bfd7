"""What is here and what is missing: versions, home, disk, clock, core, and the optional parts.

Each examination is one function that gives one finding. A required one that fails is a fault of the
installation; an optional one says what it would take, and for what.
"""

import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from sluice.domain.errors import SluiceError
from sluice.runtime.build import clock, config, home, open_catalog, open_registry

State = Literal["ok", "doubtful", "missing", "broken"]
"""`doubtful` works, and should be looked at."""

FREE_BYTES_LEAST = 1_000_000_000
"""Less free room than this and a run with its sheets may not fit."""
_LIBRARIES = ("numpy", "polars", "sqlalchemy", "plotly", "pydantic", "exchange-calendars")


@dataclass(frozen=True, slots=True)
class Finding:
    """One examination: its name, how it is, what was seen, and what to do where it is not well."""

    name: str
    state: State
    seen: str
    remedy: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """A part that some work needs: modules and programs, what for, and how to get it."""

    name: str
    serves: str
    modules: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    remedy: str = ""


OPTIONAL = (
    Part(
        "notebooks",
        "running strategies in Jupyter",
        modules=("ipykernel",),
        remedy="pip install 'sluice[notebook]'",
    ),
    Part(
        "postgres",
        "a registry on PostgreSQL instead of SQLite (registry.url)",
        modules=("psycopg",),
        remedy="pip install 'psycopg[binary]'",
    ),
    Part(
        "browser",
        "the tests that look at the pages",
        programs=("chromium", "chromium-browser"),
        remedy="apt-get install chromium",
    ),
    Part(
        "rust",
        "building the core from a clone",
        programs=("cargo",),
        remedy="install rustup, then `rustup toolchain install` in the clone",
    ),
)


def examine() -> tuple[Finding, ...]:
    """Every finding, required ones first; nothing is created that was not there."""
    return (*(_guarded(name, look) for name, look in _REQUIRED.items()), *_optional())


def is_well(findings: tuple[Finding, ...]) -> bool:
    """Whether everything that is required is there and works."""
    return all(finding.state in ("ok", "doubtful") for finding in findings if finding.required)


def _guarded(name: str, look: Callable[[], Finding]) -> Finding:
    """A finding even where looking itself fails."""
    try:
        return look()
    except SluiceError as error:
        return Finding(name, "broken", str(error), "do what the message says")


def _python() -> Finding:
    """Which Python; an older one than Sluice needs cannot have come this far."""
    return Finding("python", "ok", f"Python {platform.python_version()} ({sys.executable})")


def _versions() -> Finding:
    missing = [name for name in _LIBRARIES if not _version(name)]
    said = ", ".join(f"{name} {_version(name)}" for name in ("sluice", *_LIBRARIES))
    if missing:
        return Finding("libraries", "broken", f"missing: {', '.join(missing)}", "run `make build`")
    return Finding("libraries", "ok", said)


def _core() -> Finding:
    from sluice import core

    path = core.binary_path()
    sources = _crates()
    newest = max((source.stat().st_mtime_ns for source in sources), default=0)
    if newest > path.stat().st_mtime_ns:
        return Finding(
            "core",
            "doubtful",
            f"{path.name} is older than its sources",
            "run `make build`, or results are those of the old core",
        )
    return Finding("core", "ok", f"{path.name}, {path.stat().st_size / 1e6:.1f} MB")


def _crates() -> list[Path]:
    """The core's sources where this runs from a clone; none elsewhere."""
    root = Path(__file__).resolve().parents[3] / "crates"
    return [*root.glob("*/src/**/*.rs"), *root.glob("*/Cargo.toml")] if root.is_dir() else []


def _settings() -> Finding:
    return Finding("configuration", "ok", f"valid, digest {config().digest[:12]}")


def _home() -> Finding:
    root = home().root
    if not root.exists():
        return Finding("home", "ok", f"{root} (not there yet: the first run makes it)")
    if not root.is_dir():
        return Finding("home", "broken", f"{root} is a file", "point SLUICE_HOME at a folder")
    try:
        probe = root / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        said = f"{root} cannot be written: {error.strerror}"
        return Finding("home", "broken", said, "make it writable, or point SLUICE_HOME elsewhere")
    return Finding("home", "ok", str(root))


def _disk() -> Finding:
    place = home().root
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    seen = f"{free / 1e9:,.1f} GB free at {place}"
    if free < FREE_BYTES_LEAST:
        return Finding("disk", "broken", seen, "free some space: runs may stop with a full disk")
    return Finding("disk", "ok", seen)


def _clock() -> Finding:
    """The host's clock against what it wrote before: records and files are not from tomorrow."""
    from sluice.market.calendars import utc_text

    now = clock().now_ns()
    seen = f"{utc_text(now // 10**9 * 10**9)} UTC"
    built = max((Path(__file__).stat().st_mtime_ns, _newest_record()))
    if now + 60 * 10**9 < built:
        said = f"{seen}, but something here is of {utc_text(built // 10**9 * 10**9)}"
        return Finding("clock", "broken", said, "set the clock (NTP): records are stamped by it")
    return Finding("clock", "ok", seen)


def _newest_record() -> int:
    if not config().settings.registry.url and not home().registry.exists():
        return 0
    with open_registry() as store:
        newest = store.runs(1, hidden=True)
    return newest[0].created_ns if newest else 0


def _registry() -> Finding:
    if not config().settings.registry.url and not home().registry.exists():
        return Finding("registry", "ok", "none yet: the first run makes it")
    with open_registry() as store:
        newest = store.runs(1, hidden=True)
    count = newest[0].run_id if newest else 0
    return Finding("registry", "ok", f"opens, {count} runs")


def _catalog() -> Finding:
    catalog = open_catalog()
    names = catalog.names()
    for name in names:
        catalog.info(name)
    if not names:
        return Finding("catalog", "ok", "empty: `sluice data simulate` or `import` fills it")
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return Finding("catalog", "ok", f"{len(names)} data sets: {shown}")


_REQUIRED: dict[str, Callable[[], Finding]] = {
    "python": _python,
    "libraries": _versions,
    "core": _core,
    "configuration": _settings,
    "home": _home,
    "disk": _disk,
    "clock": _clock,
    "registry": _registry,
    "catalog": _catalog,
}


def _optional() -> Iterator[Finding]:
    for part in OPTIONAL:
        modules = [name for name in part.modules if importlib.util.find_spec(name) is None]
        programs = [] if _any_program(part.programs) else [part.programs[0]]
        lacking = modules + programs
        if lacking:
            seen = f"{', '.join(lacking)} not found; for {part.serves}"
            yield Finding(part.name, "missing", seen, part.remedy, required=False)
        else:
            yield Finding(part.name, "ok", part.serves, required=False)


def _any_program(programs: tuple[str, ...]) -> bool:
    return not programs or any(shutil.which(name) for name in programs)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
