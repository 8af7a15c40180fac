"""Markets and time series beside plain numpy: `python -m benchmarks.series` writes SERIES.md.

Everything runs in this process on one thread, in turn, round after round; CPU seconds are the process's.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import synthmill
from benchmarks import machine
from benchmarks.environments import HERE
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_recipe
from synthmill.generators.recipes.template import get_template, resolve
from synthmill.generators.strategies.market.market import Market
from synthmill.generators.strategies.market.tickers import PUBLISHED

PAGE = HERE / "SERIES.md"
MINUTES, PER_MINUTE = 1_440, 600
BLOCK = 65_536
Work = Callable[[], object]

HEAD = """# Markets and time series

Written by `python -m benchmarks.series`; what isn't in here wasn't measured. CPU seconds of one process on
one thread, contestants in turn, medians of the rounds. *Times* is how often Synthmill's CPU per row goes into
theirs, computed within a round. The machine is shared: ratios are more reliable than the numbers that they
come from.
"""


def day_of_ticks() -> Work:
    """A day of ticks of one security: price, bid, ask and volume, as the strategy makes them."""
    security = Market(tuple(PUBLISHED.values()), 3, 16_436).securities["TECH"]
    minutes = np.arange(20_000 * MINUTES, 20_001 * MINUTES, dtype=np.int64)
    return lambda: security.ticks(minutes)


def numpy_prices(count: int) -> dict[str, Any]:
    """What one writes without a library: normal steps, summed up, and the exponential."""
    rng = np.random.default_rng(3)
    steps = rng.standard_normal(count) * 1e-5
    return {"normal": steps, "price": 320.0 * np.exp(np.cumsum(steps))}


def numpy_ticks(count: int) -> dict[str, Any]:
    """The same with all columns of a tick."""
    made, rng = numpy_prices(count), np.random.default_rng(4)
    price = np.floor(made["price"] * 100 + 0.5)
    half = np.floor(price * rng.uniform(0.0005, 0.0015, count) + 0.5)
    volume = (np.abs(made["normal"]) * 1e9 + 10_000).astype(np.int64)
    return {
        "price": price.astype(np.int64),
        "bid": (price - half).astype(np.int64),
        "ask": (price + half).astype(np.int64),
        "volume": volume,
    }


def ticks_into_parquet(folder: Path) -> Work:
    """A dataset with its manifest: rows made, encoded, hashed and written."""
    parameters = {"tickers": ["TECH"], "start": "2024-01-01T00:00:00Z", "end": "2024-01-03T00:00:00Z"}

    def work() -> object:
        with tempfile.TemporaryDirectory(dir=folder) as out:
            return synthmill.generate(
                strategy="market", parameters=parameters, seed=1, format="parquet", out=out + "/d"
            )

    return work


def numpy_into_parquet(folder: Path, count: int) -> Work:
    def work() -> None:
        start = np.datetime64("2024-01-01", "us")
        times = start + np.arange(count) * np.timedelta64(100_000, "us")
        table = pa.table({"time": times, **numpy_ticks(count)})
        pq.write_table(table, folder / "numpy.parquet", compression="none", use_dictionary=False)

    return work


def series(component: Mapping[str, Any], rows: int) -> Work:
    """A million steps of one series, a block at a time."""
    column = {"name": "value", "components": [component]}
    recipe = make_recipe("time_series", {"tables": [{"name": "t", "rows": rows, "series": [column]}]}, 0)
    plan = make_plan(recipe)

    def work() -> None:
        for start in range(0, rows, BLOCK):
            make_cells(plan, "t", start, min(start + BLOCK, rows))

    return work


def loop(step: Callable[[float, float], float], count: int) -> Work:
    """A recursion as a loop over numpy's random numbers, the result in an array."""

    def work() -> None:
        shocks, out, state = np.random.default_rng(5).standard_normal(count), np.empty(count), 0.0
        for at, shock in enumerate(shocks.tolist()):
            state = step(state, shock)
            out[at] = state

    return work


def garch_loop(count: int) -> Work:
    def work() -> None:
        shocks, out, h = np.random.default_rng(5).standard_normal(count), np.empty(count), 1.0
        for at, shock in enumerate(shocks.tolist()):
            out[at] = x = h**0.5 * shock
            h = 0.05 + 0.1 * x * x + 0.85 * h

    return work


def template(name: str, rows: int, folder: Path) -> Work:
    def work() -> object:
        with tempfile.TemporaryDirectory(dir=folder) as out:
            return synthmill.generate(name, rows=rows, seed=1, format="parquet", out=out + "/d")

    assert resolve(get_template(name), {}, rows)
    return work


Contest = tuple[str, list[tuple[str, int, Work]]]


def contests(folder: Path, quick: int) -> list[Contest]:
    """Title, and contestants with the rows that they make; ours is the first."""
    ticks, rows, few = MINUTES * PER_MINUTE, 2_000_000 // quick, 200_000 // quick
    recursions: dict[str, tuple[dict[str, Any], Work]] = {
        "AR(1)": ({"kind": "arma", "ar": [0.9], "sd": 1}, loop(lambda x, e: 0.9 * x + e, few)),
        "Ornstein-Uhlenbeck": (
            {"kind": "ou", "half_life": "1h", "sd": 1},
            loop(lambda x, e: 0.9885 * x + 0.1512 * e, few),
        ),
        "GARCH(1,1)": ({"kind": "garch", "sd": 1}, garch_loop(few)),
        "random walk": (
            {"kind": "random_walk", "sd": 1},
            lambda: np.cumsum(np.random.default_rng(5).standard_normal(few)),
        ),
    }
    return [
        (
            "Ticks of geometric Brownian motion",
            [
                ("Synthmill: price, bid, ask, volume", ticks, day_of_ticks()),
                ("numpy: price alone (normal, cumsum, exp)", ticks, lambda: numpy_prices(ticks)),
                ("numpy: price, bid, ask, volume", ticks, lambda: numpy_ticks(ticks)),
            ],
        ),
        (
            "Ticks into a Parquet file",
            [
                ("Synthmill, with hashes and manifest", 2 * ticks, ticks_into_parquet(folder)),
                (
                    "numpy and pyarrow, plain encoding, not compressed",
                    2 * ticks,
                    numpy_into_parquet(folder, 2 * ticks),
                ),
            ],
        ),
        *(
            (
                f"A series of one component: {name}",
                [
                    ("Synthmill", rows, series(ours, rows)),
                    (
                        "numpy's cumsum, in memory"
                        if name == "random walk"
                        else "a loop over numpy's random numbers",
                        few,
                        theirs,
                    ),
                ],
            )
            for name, (ours, theirs) in recursions.items()
        ),
        *(
            (
                f"Template {name} into Parquet",
                [("Synthmill, with hashes and manifest", rows // 4, template(name, rows // 4, folder))],
            )
            for name in ("iot_fleet", "web_traffic", "energy_load", "server_metrics")
        ),
    ]


def compete(contest: Contest, rounds: int) -> list[list[str]]:
    title, contestants = contest
    cost: dict[str, list[float]] = {name: [] for name, *_ in contestants}
    for number in range(rounds + 1):
        for name, rows, work in contestants:
            began = time.process_time()
            work()
            if number:  # The first round warms up.
                cost[name].append((time.process_time() - began) / rows)
    first, lines = cost[contestants[0][0]], []
    for name, found in cost.items():
        times = statistics.median(theirs / ours for ours, theirs in zip(first, found, strict=True))
        middle = statistics.median(found)
        lines.append(
            [
                name,
                f"{middle * 1e9:,.1f}",
                f"{min(found) * 1e9:,.1f} - {max(found) * 1e9:,.1f}",
                f"{1e-6 / middle:,.1f}",
                f"{times:,.2f}",
            ]
        )
        print(f"{title:48} {name:52} {middle * 1e9:8.1f} ns/row {times:8.2f}", flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--quick", type=int, default=1, help="so many times fewer rows of series and templates"
    )
    asked = parser.parse_args()
    facts = machine.facts()
    parts = [
        HEAD,
        (
            f"{facts['date']}, commit {facts['commit']}, {machine.engine()}; {facts['processor']}, "
            f"{facts['memory']}, {facts['system']}; load {facts['load']}. "
            f"`python -m benchmarks.series --rounds {asked.rounds} --quick {asked.quick}`\n"
        ),
    ]
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        for contest in contests(Path(folder), asked.quick):
            header = ["", "ns a row", "from - to", "million rows per CPU second", "times"]
            lines = [header, ["---", *("---:" for _ in header[1:])], *compete(contest, asked.rounds)]
            parts.append(
                f"## {contest[0]}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
            )
    PAGE.write_text("\n".join(parts))


if __name__ == "__main__":
    main()
