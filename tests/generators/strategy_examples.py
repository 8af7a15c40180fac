"""Small parameters for every strategy, which the contract tests try; a further strategy adds its own here."""

from __future__ import annotations

from typing import Any

from synthmill.generators.engine.inputs import InputPaths
from tests.generators.series_worlds import everything
from tests.generators.worlds import all_kinds
from tests.learning.models import people_file

EXAMPLES: dict[str, dict[str, Any]] = {
    "accounting": {
        "tables": [{"name": "journal_entries", "rows": 1_500}, {"name": "customers", "rows": 40}],
        "months": 5,
        "start": "2023-11-01",
        "companies": [
            {"code": "US01", "name": "First", "country": "US", "fiscal_year_start": 10},
            {"code": "FR01", "name": "Second", "country": "FR", "weight": 2.5},
        ],
    },
    "market": {"tickers": ["SYNTH", {"ticker": "ACME", "initial_price": 5.0}], "end": "2024-01-01T00:00:40Z"},
    "model": {"model": people_file().name, "rows": 1_234},
    "tabular": all_kinds(),
    "time_series": everything(),
}

INPUTS: dict[str, InputPaths] = {"model": {people_file().name: people_file()}}
"""The files of those that have any."""
