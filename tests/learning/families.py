"""Small tables that belong together, and models of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.learning import Model, fit, fit_options

KEYS = {
    "orders": {"customer_id": "customers.id", "shop_id": "shops.id"},
    "items": {"order_id": "orders.number"},
}
REGIONS = np.array(["north", "south", "west"])
WAYS = np.array(["card", "cash", "later"])
KINDS = np.array(["tea", "cake", "soup", "bread"])
SHOPS = 30


def families(customers: int = 400, seed: int = 0) -> dict[str, pa.Table]:
    """Customers, their orders one after another, at shops, and the lines of these.

    A customer's amounts go up and down together; an order is paid as the one before nine times of ten, comes
    after its customer did, and is mostly from a shop of the same region.
    """
    random = np.random.default_rng(seed)
    region = random.integers(0, 3, customers)
    since = 19_000 + random.integers(0, 300, customers)
    whose = np.repeat(np.arange(customers), random.poisson(2.0 + region))
    rows = len(whose)
    first = np.concatenate([[True], whose[1:] != whose[:-1]])
    paid = random.integers(0, 3, rows)
    same = ~first & (random.random(rows) < 0.9)
    days = np.cumsum(random.integers(1, 40, rows))
    for row in range(rows):
        paid[row] = paid[row - 1] if same[row] else paid[row]
    days = days - np.maximum.accumulate(np.where(first, days, 0)) + random.integers(0, 9, customers)[whose]
    near = np.where(random.random(rows) < 0.8, region[whose], random.integers(0, 3, rows))
    lines = random.integers(1, 4, rows)
    order = np.repeat(np.arange(rows), lines)
    ids = np.array([f"C{number:05}" for number in random.permutation(99_999)[:customers]])
    amounts = random.normal(50.0 + 20.0 * region, 15.0)[whose] + random.normal(0, 3, rows)
    return {
        "customers": pa.table({"id": ids, "region": REGIONS[region], "since": since.astype("datetime64[D]")}),
        "shops": pa.table({"id": np.arange(1, SHOPS + 1), "place": REGIONS[np.arange(SHOPS) % 3]}),
        "orders": pa.table(
            {
                "number": np.arange(rows) + 70_000,
                "customer_id": ids[whose],
                "day": (days + since[whose]).astype("datetime64[D]"),
                "amount": np.round(amounts, 2),
                "paid": WAYS[paid],
                "shop_id": pa.array(
                    3 * random.integers(0, SHOPS // 3, rows) + near + 1, mask=random.random(rows) < 0.1
                ),
            }
        ),
        "items": pa.table(
            {
                "order_id": order + 70_000,
                "kind": KINDS[(paid[order] + random.integers(0, 2, len(order))) % 4],
                "line": np.concatenate([np.arange(1, one + 1) for one in lines]),
            }
        ),
    }


def shuffled(tables: Mapping[str, pa.Table], seed: int) -> dict[str, pa.Table]:
    random = np.random.default_rng(seed)
    return {name: one.take(random.permutation(one.num_rows)) for name, one in tables.items()}


def options(**changes: Any) -> Any:
    return fit_options({"keys": KEYS, **changes})


@cache
def family_model(privacy: str = "careful") -> Model:
    return fit(families(), options(privacy=privacy))


@cache
def family_file() -> Path:
    """The careful model's file, in a folder of this process, named by its sha256 as inputs are."""
    model = family_model()
    path = Path(tempfile.mkdtemp(prefix="synthmill-test-")) / model.sha256
    model.save(path)
    return path
