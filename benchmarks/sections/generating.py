"""Synthmill beside others that generate."""

from __future__ import annotations

from benchmarks.machine import tree
from benchmarks.measuring import Contestant, compete
from benchmarks.settings import Group, Settings

TITLE = "Generating"
ABOUT = """The customers table, generated and written as CSV, imports and start-up taken off. Each
library makes the ten fields with what it has for them, so values differ: Faker by its own providers,
Mimesis with providers bound once (its fastest way), misata by a schema of its own types, duckdb from
`range` and seeded hashes. Python's `random` is what a plain loop costs. Slow ones make fewer rows; what
counts is the CPU per row."""

FEWER = {"Faker": 100, "Faker, unweighted": 50, "Mimesis": 10, "misata": 10, "random": 10}
"""By how much fewer rows slow ones make."""


def measure(settings: Settings) -> list[Group]:
    out = settings.folder / "out.csv"
    words = str(tree() / "generators" / "columns" / "locales")

    def rows(name: str) -> int:
        return max(1_000, settings.rows // FEWER.get(name, 1))

    def peer(name: str, environment: str, *options: str) -> Contestant:
        given = (str(rows(name)), str(out), *options)
        return settings.peer(name, environment, f"generate_{environment}", rows(name), out, *given)

    duckdb = settings.peer(
        "duckdb", "tables", "generate_duckdb", settings.rows, out, str(settings.rows), str(out), words
    )
    plain = settings.peer(
        "random", "tables", "generate_random", rows("random"), out, str(rows("random")), str(out)
    )
    others = [
        duckdb,
        peer("misata", "misata"),
        peer("Mimesis", "mimesis"),
        plain,
        peer("Faker, unweighted", "faker", "unweighted"),
        peer("Faker", "faker", "weighted"),
    ]
    ours = settings.synthmill("Synthmill", "customers", settings.rows, out)
    return [{"title": "CSV", "entries": compete([ours, *others], settings.rounds)}]
