"""Roles: found by names and values, printed, and overridden by the user."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning import fit, fit_options
from tests.learning.models import people, people_model

FOUND = {
    "customer_id": "key",
    "first_name": "personal",
    "email": "personal",
    "town": "category",
    "job": "category",
    "earnings": "number",
    "children": "number",
    "weight": "number",
    "member": "category",
    "born": "time",
    "moved": "time",
    "badge": "code",
    "note": "text",
    "nothing": "category",
    "same": "category",
}


def roles(model: Any) -> dict[str, str]:
    return {one["name"]: one["role"] for one in model.description["tables"][0]["columns"]}


def found(values: list[Any], name: str = "c") -> str:
    return roles(fit({"t": pa.table({name: values})}, fit_options({})))[name]


def test_roles_are_found_and_said() -> None:
    assert roles(people_model()) == FOUND


def test_codes_with_leading_zeros_are_categories_and_keep_them() -> None:
    rows = pa.table({"zip": ["00501", "07030", "90210"] * 20})
    model = fit({"t": rows}, fit_options({}))
    assert roles(model) == {"zip": "category"}
    assert set(model.sample(100)["t"].column("zip").to_pylist()) == {"00501", "07030", "90210"}


TEXTS = [f"{chr(97 + number % 26) * 3} {'so ' * (number % 9)}it was" for number in range(50)]


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("order_id", list(range(50)), "key"),
        ("amount", list(range(50)), "number"),
        ("contact", [f"a{number}@b.test" for number in range(50)], "personal"),
        ("phone", ["555 0100"] * 50, "personal"),
        ("reference", [f"AB-{number // 2:04}" for number in range(50)], "code"),
        ("remark", TEXTS, "text"),
    ],
)
def test_names_and_values_decide(name: str, values: list[Any], role: str) -> None:
    assert found(values, name) == role


def test_a_role_that_is_given_is_taken() -> None:
    given = {"people": {"town": "text", "children": "category", "weight": "ignore", "customer_id": "code"}}
    model = fit({"people": people()}, fit_options({"roles": given}))
    assert roles(model) == {
        name: role for name, role in (FOUND | given["people"]).items() if role != "ignore"
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"people": {"twon": "category"}}, r"roles\[people\]\[twon\]: there is no such column"),
        ({"people": {"town": "number"}}, "a column of string can't be a number"),
        ({"people": {"town": "kategory"}}, "isn't a role"),
        ({"persons": {"town": "category"}}, "there is no such table"),
        ({"people": {"town": "subject", "job": "subject"}}, "town and job are subjects"),
        ({"people": "category"}, "isn't an object of objects"),
    ],
)
def test_a_role_that_does_not_fit_is_refused_by_name(given: Any, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        fit({"people": people()}, fit_options({"roles": given}))
