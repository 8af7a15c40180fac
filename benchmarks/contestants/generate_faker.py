"""Faker, every field by its own provider, written by Python's csv module."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

from clock import measure
from faker import Faker

HEADER = [
    "id",
    "uuid",
    "first_name",
    "last_name",
    "email",
    "country",
    "signed_up_at",
    "age",
    "balance",
    "is_active",
]
START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)


def write(rows: int, out: str, weighted: bool) -> None:
    fake = Faker("en_US", use_weighting=weighted)
    Faker.seed(1)
    with Path(out).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(1, rows + 1):
            writer.writerow(
                (
                    number,
                    fake.uuid4(),
                    fake.first_name(),
                    fake.last_name(),
                    fake.email(),
                    fake.country(),
                    fake.date_time_between(START, END),
                    fake.random_int(18, 90),
                    fake.pydecimal(right_digits=2, min_value=0, max_value=50_000),
                    fake.boolean(87),
                )
            )


rows, out, weighted = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "weighted"
measure(lambda: write(rows, out, weighted), lambda: write(50, out, weighted), out)
