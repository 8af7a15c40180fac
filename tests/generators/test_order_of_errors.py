"""Of several things wrong, the first in the request comes first, in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.request import parse

NAMES = ["unique", "null_rate", "colour", "zeta", "alpha", "min"]

def reported(request):
    try:
        parse(request)
    except InvalidRequestError as error:
        return [one.field.rpartition(".")[2] for one in error.errors]

column = {"name": "c", "kind": "integer", **dict.fromkeys(NAMES, "wrong")}
tables = [{"name": "t", "rows": 1, "columns": [column]}]
print(*reported({"strategy": "tabular", "parameters": {"tables": tables}}))
print(*reported({**dict.fromkeys(NAMES, 1), "strategy": "tabular"}))
"""
COLUMN = "unique null_rate colour zeta alpha min max"
REQUEST = "unique null_rate colour zeta alpha min"


@pytest.mark.parametrize("seed", ["1", "2"])
def test_errors_come_in_the_order_of_the_request(seed: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == [COLUMN, REQUEST]
