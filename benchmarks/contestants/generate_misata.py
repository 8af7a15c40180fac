"""misata: a schema of its own kinds, generated as a DataFrame and written by pandas."""

from __future__ import annotations

import sys
import warnings

import misata
from clock import measure

COUNTRIES = [
    "United States", "Germany", "United Kingdom", "France", "Japan", "Brazil", "India", "Canada", "Italy",
    "Spain", "Mexico", "Netherlands", "Poland", "Sweden", "Australia", "South Korea", "Turkey", "Switzerland",
    "Ireland", "Chile",
]  # fmt: skip


def write(rows: int, out: str) -> None:
    schema = misata.from_dict_schema(
        {
            "customers": {
                "id": {"type": "integer", "primary_key": True},
                "uuid": {"type": "uuid", "nullable": False},
                "first_name": {"type": "string", "nullable": False},
                "last_name": {"type": "string", "nullable": False},
                "email": {"type": "email", "nullable": False},
                "country": {"type": "string", "enum": COUNTRIES, "nullable": False},
                "signed_up_at": {
                    "type": "datetime", "min_date": "2020-01-01", "max_date": "2025-12-31", "nullable": False,
                },
                "age": {"type": "integer", "min": 18, "max": 90, "nullable": False},
                "balance": {"type": "float", "min": 0, "max": 50_000, "decimals": 2, "nullable": False},
                "is_active": {"type": "boolean", "nullable": False},
            }
        },
        row_count=rows,
        seed=1,
    )  # fmt: skip
    misata.generate_from_schema(schema)["customers"].to_csv(out, index=False)


warnings.simplefilter("ignore")
rows, out = int(sys.argv[1]), sys.argv[2]
measure(lambda: write(rows, out), lambda: write(50, out), out)
