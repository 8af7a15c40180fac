"""What the engine is meant to reach, and whether the results say that it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEFAULTS = "Parquet, Synthmill's zstd against defaults"


@dataclass(frozen=True)
class Goal:
    section: str
    group: str
    peers: Sequence[str]
    """Of several, the better counts."""
    bound: float
    measure: str = "share"
    """`share` of the peer's CPU, at most; `times` as fast, at least; `size`: share of its size, at most."""

    def reached(self, value: float) -> bool:
        return value >= self.bound if self.measure == "times" else value <= self.bound


GOALS = (
    Goal("writing", "CSV", ("pyarrow", "polars"), 0.45),
    Goal("writing", "JSON Lines", ("polars",), 0.40),
    Goal("writing", "Parquet, uncompressed", ("pyarrow, same layout",), 0.5),
    Goal("writing", "Parquet, zstd", ("pyarrow, same layout",), 0.9),
    Goal("writing", DEFAULTS, ("pyarrow, default",), 0.25),
    Goal("writing", DEFAULTS, ("pyarrow, default",), 0.75, "size"),
    Goal("generating", "CSV", ("Faker",), 1_000, "times"),
    Goal("generating", "CSV", ("Mimesis",), 120, "times"),
    Goal("generating", "CSV", ("misata",), 300, "times"),
    Goal("lineitem", "CSV", ("tpchgen-cli",), 3, "times"),
    Goal("lineitem", "Parquet, uncompressed", ("tpchgen-cli",), 1.5, "times"),
    Goal("lineitem", "Parquet, zstd 1", ("tpchgen-cli",), 1.5, "times"),
)


def check(kept: Mapping[str, Any]) -> list[list[str]]:
    """A row of text for every goal that was measured."""
    return [_row(goal, value) for goal in GOALS if (value := _value(goal, kept)) is not None]


def _value(goal: Goal, kept: Mapping[str, Any]) -> float | None:
    for group in kept.get(goal.section, {}).get("groups", ()):
        if group["title"] == goal.group:
            ours, *others = group["entries"]
            chosen = [one for one in others if one["name"] in goal.peers]
            if goal.measure == "size":
                return float(ours["bytes_per_row"] / min(one["bytes_per_row"] for one in chosen))
            share = float(max(one["ratio"] for one in chosen))
            return 1 / share if goal.measure == "times" else share
    return None


def _row(goal: Goal, value: float) -> list[str]:
    what = {"share": "share of the CPU", "times": "times as fast", "size": "share of the size"}[goal.measure]
    text = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
    peers = " or ".join(f"*{peer}*" for peer in goal.peers)
    return [
        f"{goal.section}, {goal.group}: {what}",
        peers,
        f"{goal.bound:,}",
        text,
        "reached" if goal.reached(value) else "missed",
    ]
