"""Ten schemas that people use, and the dialect that each is written in."""

from __future__ import annotations

from pathlib import Path

from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.model import Imported

FOLDER = Path(__file__).parent / "ddl"
DIALECTS = {
    "chinook": "postgres",
    "django": "sqlite",
    "hr": "oracle",
    "northwind": "tsql",
    "pagila": "postgres",
    "rails": "postgres",
    "sakila": "mysql",
    "tpcc": "postgres",
    "tpch": "postgres",
    "wordpress": "mysql",
}


def schema(name: str) -> Imported:
    return read_ddl((FOLDER / f"{name}.sql").read_text(), DIALECTS[name])
