"""The figures as a table, on the terminal and in docs/benchmarks.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.workloads import WORKLOADS, Peer, Workload

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEAD = "| workload | engine | rate | ratio | wanted | | peak MB | prepared | answer |"
RULE = "|---|---|---:|---:|---:|---|---:|---:|---|"


def table(results: Mapping[str, Any]) -> str:
    """A Markdown table of every workload that was measured, with the machine and the dates."""
    measured = [(WORKLOADS[name], results[name]) for name in WORKLOADS if name in results]
    lines = [HEAD, RULE]
    for workload, found in measured:
        lines += _rows(workload, found["engines"])
    lines += ["", *(_run(workload.name, found) for workload, found in measured)]
    return "\n".join(lines)


def write_page(results: Mapping[str, Any]) -> None:
    """Put the table between the page's markers."""
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{rest.split(END)[1]}")


def _rows(workload: Workload, engines: Mapping[str, Any]) -> list[str]:
    ours = engines["sluice"]
    rows = [_row(workload.name, "**sluice**", ours, "", "", _memory(workload, engines))]
    for peer in workload.peers:
        if peer.name in engines:
            ratio = engines[peer.name]["seconds"] / ours["seconds"]
            said = _verdict(peer, ratio)
            wanted = f"{peer.target:g} ×" if peer.target else ""
            rows.append(_row("", peer.name, engines[peer.name], f"{ratio:.1f} ×", wanted, said))
    if "limit" in engines:
        share = engines["limit"]["seconds"] / ours["seconds"]
        rows.append(_row("", "the limit", engines["limit"], "", "", f"we reach {share:.0%} of it"))
    return rows


def _row(name: str, engine: str, of: Mapping[str, Any], ratio: str, wanted: str, said: str) -> str:
    version = f" {of['version']}" if engine not in ("**sluice**", "the limit") else ""
    prepared = f"{of['prepare_s'] * 1e3:,.0f} ms" if of["prepare_s"] is not None else ""
    cells = (
        f"`{name}`" if name else "",
        engine + version,
        _rate(of["rate"], of["unit"]),
        ratio,
        wanted,
        said,
        f"{of['peak_mb']:,.0f}",
        prepared,
        of["answer"],
    )
    return "| " + " | ".join(cells) + " |"


def _verdict(peer: Peer, ratio: float) -> str:
    if peer.target is None:
        return ""
    return "reached" if ratio >= peer.target else f"missed by {1 - ratio / peer.target:.0%}"


def _memory(workload: Workload, engines: Mapping[str, Any]) -> str:
    peak = engines["sluice"]["peak_mb"]
    others = [engines[peer.name]["peak_mb"] for peer in workload.peers if peer.name in engines]
    allowed = workload.peak_mb
    if workload.peak_share is not None and others:
        allowed = workload.peak_share * min(others)
    if allowed is None:
        return ""
    return f"memory: {allowed:,.0f} MB wanted, {'reached' if peak <= allowed else 'missed'}"


def _rate(rate: float, unit: str) -> str:
    if rate >= 1e5:
        return f"{rate / 1e6:,.2f} M {unit}"
    return f"{rate:,.0f} {unit}"


def _run(name: str, found: Mapping[str, Any]) -> str:
    noise = max(max(engine["others_cores"]) for engine in found["engines"].values())
    return (
        f"* `{name}`: {found['date']}, commit {found['commit']}, {found['rounds']} rounds, "
        f"{'CPU' if found['clock'] == 'cpu_seconds' else 'wall'} seconds, "
        f"{found['machine']}; other processes used up to {noise:.1f} cores meanwhile"
    )
