"""What a notebook gives that nothing can be learnt from, or no row made of, is refused by name."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import synthmill
from synthmill.generators.errors import InvalidRequestError
from tests.learning.models import people


def _refused(field: str, *args: Any, **options: Any) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        synthmill.fit(*args, **options)
    (problem,) = refused.value.errors
    assert problem.field == field
    assert problem.fix


def test_a_frame_with_a_name_twice_is_refused() -> None:
    _refused("tables[table]", pd.DataFrame([[1, 2]] * 30, columns=["a", "a"]))


def test_whole_numbers_beyond_64_bits_are_refused() -> None:
    _refused("tables[table]", pd.DataFrame({"a": [10**30 + number for number in range(30)]}))


def test_roles_that_are_no_mapping_are_refused() -> None:
    _refused("roles", pd.DataFrame({"a": range(30)}), roles=["a"])


def test_conditions_that_are_no_mapping_are_refused() -> None:
    model = synthmill.fit(people())
    with pytest.raises(InvalidRequestError, match="where: is a str"):
        model.sample(5, where="town=Ulm")  # type: ignore[arg-type]
