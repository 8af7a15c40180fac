"""The plots of RESULTS.md, from results.json. Runs in an environment of its own, which has matplotlib."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
OURS, THEIRS = "#0b6e4f", "#9aa5b1"


def contest(section: dict[str, Any], out: Path) -> None:
    """Bars of CPU per row, a panel a group, ours in colour; logarithmic where contestants are far apart."""
    groups = section["groups"]
    heights = [len(group["entries"]) + 0.7 for group in groups]
    figure, axes = plt.subplots(
        len(groups), 1, figsize=(8, 0.34 * sum(heights) + 0.7), squeeze=False, height_ratios=heights
    )
    for axis, group in zip(axes[:, 0], groups, strict=True):
        entries = group["entries"][::-1]
        values = [one["ns_per_row"] for one in entries]
        colours = [OURS if one["name"].startswith("Synthmill") else THEIRS for one in entries]
        axis.barh([one["name"] for one in entries], values, color=colours, height=0.7)
        if max(values) > 30 * min(values):
            # Bars of a logarithmic axis have no natural origin: a whole power of ten well below all of them.
            axis.set_xscale("log")
            axis.set_xlim(left=10)
        for at, value in enumerate(values):
            axis.annotate(f" {value:,.0f}", (value, at), va="center", fontsize=8)
        axis.set_title(group["title"], loc="left", fontsize=9)
        axis.margins(x=0.12)
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
    axes[-1, 0].set_xlabel("nanoseconds of CPU a row; less is better", fontsize=8)
    _save(figure, out)


def scale(section: dict[str, Any], out: Path) -> None:
    figure, (speed, memory) = plt.subplots(1, 2, figsize=(9, 3.6))
    for group, colour in zip(section["groups"], (OURS, "#c8553d", "#3d5a99"), strict=False):
        for processes, style in ((1, "-"), (2, "--")):
            some = [one for one in group["entries"] if one["processes"] == processes]
            rows = [one["rows"] for one in some]
            label = f"{group['title']}, {processes} process{'es' if processes > 1 else ''}"
            speed.plot(
                rows,
                [one["rows_per_second"] / 1e6 for one in some],
                style,
                marker="o",
                ms=3,
                label=label,
                color=colour,
            )
            memory.plot(rows, [one["peak_mb"] for one in some], style, marker="o", ms=3, color=colour)
    for axis, title in ((speed, "million rows per second"), (memory, "peak memory of a process, MB")):
        axis.set_xscale("log")
        axis.set_ylim(bottom=0)
        axis.set_xlabel("rows", fontsize=8)
        axis.set_title(title, loc="left", fontsize=9)
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
    speed.legend(fontsize=7, frameon=False)
    _save(figure, out)


def _save(figure: Any, out: Path) -> None:
    figure.tight_layout()
    # No date and no random ids: equal results make equal files.
    figure.savefig(out, metadata={"Date": None})
    plt.close(figure)


mpl.rcParams |= {"svg.hashsalt": "benchmarks", "svg.fonttype": "none"}
(HERE / "plots").mkdir(exist_ok=True)
for name, section in json.loads((HERE / "results.json").read_text()).items():
    (scale if name == "scale" else contest)(section, HERE / "plots" / f"{name}.svg")
