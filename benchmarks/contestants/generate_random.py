"""A plain loop over Python's own `random`, written by its csv module: what one would write by hand."""

from __future__ import annotations

import csv
import sys
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from clock import measure

FIRST = ["Anna", "Ben", "Carla", "David", "Eva", "Felix", "Grace", "Henry", "Ida", "Jack"]
LAST = ["Smith", "Jones", "Brown", "Taylor", "Wilson", "Davies", "Evans", "Thomas", "Johnson", "Roberts"]
COUNTRIES = [
    "United States",
    "Germany",
    "France",
    "Japan",
    "Brazil",
    "India",
    "Canada",
    "Italy",
    "Spain",
    "Chile",
]
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


def write(rows: int, out: str) -> None:
    random = Random(1)  # noqa: S311
    start = datetime(2020, 1, 1)
    with Path(out).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(1, rows + 1):
            first, last = random.choice(FIRST), random.choice(LAST)
            writer.writerow(
                (
                    number,
                    UUID(int=random.getrandbits(128), version=4),
                    first,
                    last,
                    f"{first.lower()}.{last.lower()}{number}@example.com",
                    random.choice(COUNTRIES),
                    start + timedelta(seconds=random.randrange(189_388_800)),
                    random.randint(18, 90),
                    round(random.lognormvariate(4.79, 1.2), 2),
                    random.random() < 0.87,
                )
            )


rows, out = int(sys.argv[1]), sys.argv[2]
measure(lambda: write(rows, out), lambda: write(50, out), out)
