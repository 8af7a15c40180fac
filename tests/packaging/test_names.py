"""What `import synthmill` gives."""

from __future__ import annotations

import builtins
import inspect
import re
from types import ModuleType

import pytest

import synthmill
from synthmill import errors, library
from synthmill.client import client, job
from synthmill.generators.datasets import verify


def error_classes(module: ModuleType) -> set[str]:
    return {
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, Exception) and value.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", synthmill.__all__)
def test_every_name_leads_somewhere(name: str) -> None:
    assert getattr(synthmill, name) is not None


def test_every_error_of_a_server_can_be_caught_by_its_name() -> None:
    assert error_classes(errors) <= set(synthmill.__all__)


@pytest.mark.parametrize("module", [library, client, job, verify], ids=lambda module: module.__name__)
def test_every_error_that_a_page_of_ours_warns_of_can_be_caught_by_its_name(module: ModuleType) -> None:
    warnings = " ".join(re.findall(r"Raises? .*?\.\s", inspect.getsource(module), re.DOTALL))
    named = set(re.findall(r"\b[A-Z]\w+Error\b", warnings))
    assert named
    assert named - set(vars(builtins)) <= set(synthmill.__all__)
