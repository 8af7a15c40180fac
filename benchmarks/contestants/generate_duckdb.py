"""duckdb: a row number and hashes of it with seeds, so that any thread makes the same row; COPY writes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb
from clock import measure

COUNTRIES = [
    "United States", "Germany", "United Kingdom", "France", "Japan", "Brazil", "India", "Canada", "Italy",
    "Spain", "Mexico", "Netherlands", "Poland", "Sweden", "Australia", "South Korea", "Turkey", "Switzerland",
    "Ireland", "Chile",
]  # fmt: skip

QUERY = """
COPY (
    SELECT
        i + 1 AS id,
        (hash(i, 1)::UHUGEINT * 18446744073709551616 + hash(i, 2))::UUID AS uuid,
        first AS first_name,
        last AS last_name,
        lower(first) || '.' || lower(last) || (i + 1) || '@example.com' AS email,
        {countries}[1 + (hash(i, 5) % 20)::INT] AS country,
        make_timestamp(1577836800000000 + (hash(i, 6) % 189388800)::BIGINT * 1000000) AS signed_up_at,
        18 + hash(i, 7) % 73 AS age,
        CAST(120 * exp(1.2 * sqrt(-2 * ln((hash(i, 8) % 4294967295 + 1) / 4294967296.0))
            * cos(2 * pi() * (hash(i, 9) % 4294967296) / 4294967296.0)) AS DECIMAL(12, 2)) AS balance,
        hash(i, 10) % 100 < 87 AS is_active
    FROM (
        SELECT range AS i, {firsts}[1 + (hash(range, 3) % {first_count})::INT] AS first,
            {lasts}[1 + (hash(range, 4) % {last_count})::INT] AS last
        FROM range({rows})
    )
) TO '{out}' ({options})
"""


def words(folder: str, name: str) -> list[str]:
    found = json.loads(Path(folder, "en_US.json").read_text("utf-8"))[name]
    return list(dict.fromkeys([*found["female"]["words"], *found["male"]["words"]]))


def listed(values: list[str]) -> str:
    return "[" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + "]"


def write(rows: int, out: str, folder: str) -> None:
    firsts, lasts = words(folder, "first_names"), words(folder, "last_names")
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute(
        QUERY.format(
            countries=listed(COUNTRIES),
            firsts=listed(firsts),
            lasts=listed(lasts),
            first_count=len(firsts),
            last_count=len(lasts),
            rows=rows,
            out=out,
            options="FORMAT csv, HEADER" if out.endswith(".csv") else "FORMAT parquet",
        )
    )


rows, out, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
measure(lambda: write(rows, out, folder), lambda: write(50, out, folder), out)
