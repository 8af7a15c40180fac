"""Small worlds whose laws are known, for evaluations to find what is wrong with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

ROWS = 2_000


def people(seed: int, correlation: float = 0.6, rows: int = ROWS) -> pd.DataFrame:
    """Ages and incomes that go together, a region, a plan, and whether somebody left, which follows from
    them."""
    rng = np.random.default_rng(seed)
    age, rest, use = rng.standard_normal((3, rows))
    income = correlation * age + (1 - correlation**2) ** 0.5 * rest
    region = np.array(["north", "south", "east", "west", "centre"])[(rng.random(rows) ** 2 * 5).astype(int)]
    odds = 1.5 * income - use + (region == "south")
    return pd.DataFrame(
        {
            "id": np.arange(rows) + seed * 100_000,
            "age": np.round(45 + 12 * age, 1),
            "income": np.where(rng.random(rows) < 0.1, np.nan, np.round(30_000 + 9_000 * income, 0)),
            "use": np.round(np.abs(use) * 20, 2),
            "region": region,
            "plan": np.where(rng.random(rows) < 0.3, "large", "small"),
            "churned": np.where(rng.random(rows) < 1 / (1 + np.exp(-odds)), "yes", "no"),
        }
    )


def families(seed: int, lagged: bool = True, parents: int = 400) -> dict[str, pd.DataFrame]:
    """Customers and their orders. What an order costs follows from its customer and, if `lagged`, from the
    order before."""
    rng = np.random.default_rng(seed)
    wealth = rng.standard_normal(parents)
    counts = rng.poisson(np.exp(1.2 + 0.4 * wealth))
    whose = np.repeat(np.arange(parents), counts)
    amounts = np.empty(len(whose))
    for at, one in enumerate(whose):
        steady = 0.9 if lagged and at and whose[at - 1] == one else 0.0
        before = amounts[at - 1] if steady else 0.0
        amounts[at] = steady * before + (1 - steady**2) ** 0.5 * rng.standard_normal()
    start = 1_000 * seed
    return {
        "customers": pd.DataFrame({"id": np.arange(parents) + start, "wealth": np.round(wealth, 2)}),
        "orders": pd.DataFrame(
            {
                "order_id": np.arange(len(whose)) + start * 100,
                "customer_id": whose + start,
                "amount": np.round(50 + 10 * amounts + 8 * wealth[whose], 2),
                "kind": rng.choice(["a", "b", "c"], len(whose)),
            }
        ),
    }
