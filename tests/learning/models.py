"""Small tables to learn from, and models of them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from synthmill.generators.learning import Model, fit, fit_options


def people(rows: int = 600, seed: int = 0) -> pa.Table:
    """A table with a column of every role; earnings follow from the job, and the job from the town."""
    random = np.random.default_rng(seed)
    towns = np.array(["Ulm", "Bonn", "Kiel", "Jena"])
    town = random.integers(0, 4, rows)
    job = (town + (random.random(rows) < 0.2)) % 4
    earnings = np.round(20_000 + 9_000.0 * job + random.normal(0, 900, rows), 2)
    moved = np.datetime64("2020-01-01T00:00:00") + random.integers(0, 90_000, rows) * np.timedelta64(600, "s")
    some = random.random(rows) < 0.1
    badges = [f"{'ABC'[number % 3]}{number % 7}-{number:03}" for number in np.arange(rows) // 2]
    words = ["good", "late", "paid", "new"]
    notes = [" ".join([*random.choice(words, number % 5), f"x{number}"]) for number in range(rows)]
    return pa.table(
        {
            "customer_id": pa.array([f"C-{number:06}" for number in random.permutation(10**6)[:rows]]),
            "first_name": pa.array([f"Name{number}" for number in random.integers(0, 50, rows)]),
            "email": pa.array([f"n{number}@mail.test" for number in range(rows)]),
            "town": pa.array(towns[town]),
            "job": pa.array(np.array(["cook", "smith", "clerk", "nurse"])[job]),
            "earnings": pa.array(earnings, mask=some),
            "children": pa.array(random.poisson(1.2, rows), pa.int32()),
            "weight": pa.array(random.normal(70, 9, rows)),
            "member": pa.array(random.random(rows) < 0.3),
            "born": pa.array((random.integers(-9_000, 9_000, rows)).astype(np.int32), pa.date32()),
            "moved": pa.array(moved.astype("datetime64[us]"), pa.timestamp("us", "Europe/Berlin")),
            "badge": pa.array(badges),
            "note": pa.array(notes),
            "nothing": pa.nulls(rows),
            "same": pa.array(["yes"] * rows),
        }
    )  # fmt: skip


@cache
def people_model(privacy: str = "careful", method: str = "auto") -> Model:
    return fit({"people": people()}, fit_options({"privacy": privacy, "method": method}))


@cache
def people_file() -> Path:
    """The careful model's file, in a folder of this process, named by its sha256 as inputs are."""
    model = people_model()
    path = Path(tempfile.mkdtemp(prefix="synthmill-test-")) / model.sha256
    model.save(path)
    return path
