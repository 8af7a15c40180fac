"""Results as they are kept (results.json) and as they are read (RESULTS.md); the tool alone writes both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks import goals
from benchmarks.environments import HERE, versions

KEPT, PAGE = HERE / "results.json", HERE / "RESULTS.md"

_HEAD = """# Results

Written by `python -m benchmarks`; what isn't in here wasn't measured. CPU seconds are those of all threads
and children, with as few threads as each library can be set to. Contestants run in turn, round after round.
*Times* says how often Synthmill's CPU per row goes into theirs, and *share* how much of theirs Synthmill
needs: both are medians over the rounds, paired, and so more reliable than the numbers they come from. The
machine is shared: absolute numbers move with what else runs on it. The service itself: SERVICE.md; markets
and time series: SERIES.md; the service while everything around it breaks: CHAOS.md.
"""


def keep(name: str, section: Mapping[str, Any]) -> None:
    """Put a section's results in place of its former ones, and write the page anew."""
    kept = load()
    kept[name] = dict(section)
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")
    PAGE.write_text(page(kept))


def load() -> dict[str, Any]:
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def page(kept: Mapping[str, Any]) -> str:
    parts = [_HEAD, f"Peers: {', '.join(versions())}.\n"]
    if reached := goals.check(kept):
        header = ["goal", "of", "at most or at least", "measured", ""]
        parts += ["## Goals\n", _table(header, reached)]
    for name, section in kept.items():
        facts = section["facts"]
        parts.append(
            f"## {section['title']}\n\n{section['about']}\n\n![{section['title']}](plots/{name}.svg)\n"
        )
        parts.append(
            f"{facts['date']}, commit {facts['commit']}, {section['engine']}; {facts['processor']}, "
            f"{facts['memory']}, {facts['system']}; load {facts['load']}. `{section['command']}`\n"
        )
        for group in section["groups"]:
            parts.append(f"### {group['title']}\n")
            scale = "rows_per_second" in group["entries"][0]
            parts.append(_table(*(_of_scale if scale else _of_contest)(group["entries"])))
    return "\n".join(parts)


def _of_contest(entries: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    header = [
        "",
        "ns a row",
        "from - to",
        "rows per CPU second",
        "share",
        "times",
        "bytes a row",
        "start-up CPU s",
        "peak MB",
    ]
    rows = []
    for one in entries:
        spread = f"{one['least_ns_per_row']:,.0f} - {one['most_ns_per_row']:,.0f}"
        rows.append(
            [
                one["name"],
                f"{one['ns_per_row']:,.0f}",
                spread,
                f"{one['rows_per_cpu_second']:,.0f}",
                f"{one['ratio']:.3g}",
                f"{1 / one['ratio']:,.3g}" if one["ratio"] > 0.001 else f"{1 / one['ratio']:,.0f}",
                f"{one['bytes_per_row']:.1f}" if one["bytes_per_row"] else "",
                f"{one['start_up']:.2f}",
                f"{one['peak_mb']:.0f}",
            ]
        )
    return header, rows


def _of_scale(entries: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    header = ["rows", "processes", "ns of CPU a row", "rows per second", "peak MB", "bytes a row"]
    return header, [
        [
            f"{one['rows']:,}",
            str(one["processes"]),
            f"{one['ns_per_row']:,.0f}",
            f"{one['rows_per_second']:,.0f}",
            f"{one['peak_mb']:.0f}",
            f"{one['bytes_per_row']:.1f}",
        ]
        for one in entries
    ]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *("---:" for _ in header[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
