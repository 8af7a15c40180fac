"""The benchmarks' commands are there, with the code as it is today."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import benchmarks

COMMANDS = [
    module.name
    for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks.")
    if module.name not in ("benchmarks.__main__", "benchmarks.plotting")
]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_benchmark_can_be_imported(name: str) -> None:
    assert importlib.import_module(name).__doc__
