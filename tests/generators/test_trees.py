"""Rows stand under others of their group that are there at the time: managers who are employed."""

from __future__ import annotations

from typing import Any

import pytest

from synthmill.generators.columns.linking import ranks
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.errors import InvalidRequestError
from tests.generators.towns import replanned, staff
from tests.generators.worlds import rows_of

EMPLOYED = {"within": "department_id", "since": "hired_on", "until": "left_on"}


def people(parameters: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in rows_of(parameters, "staff").to_pylist()}


@pytest.mark.parametrize("shape", ["even", "random"])
def test_a_manager_is_of_the_department_was_there_before_and_has_not_left(shape: str) -> None:
    staff_of = people(staff(**EMPLOYED, shape=shape))
    for one in staff_of.values():
        if one["manager_id"] is None:
            continue
        manager = staff_of[one["manager_id"]]
        assert manager["department_id"] == one["department_id"]
        assert (manager["hired_on"], manager["id"]) < (one["hired_on"], one["id"])
        assert manager["left_on"] is None or manager["left_on"] > one["hired_on"]
    assert sum(one["manager_id"] is None for one in staff_of.values()) < 80


def test_only_one_of_each_department_has_no_manager_where_nobody_leaves() -> None:
    staff_of = people(staff(within="department_id", since="hired_on"))
    top = [one for one in staff_of.values() if one["manager_id"] is None]
    assert len({one["department_id"] for one in top}) == len(top) == 8
    for one in top:
        mates = [mate for mate in staff_of.values() if mate["department_id"] == one["department_id"]]
        assert one["hired_on"] == min(mate["hired_on"] for mate in mates)


def test_who_has_no_manager_is_whose_managers_all_left_or_the_first() -> None:
    """The nearest above who is there is taken: whoever was passed over had left."""
    with_all = people(staff(within="department_id", since="hired_on"))
    employed = people(staff(**EMPLOYED))
    for key, one in employed.items():
        above = with_all[key]["manager_id"]
        while above is not None and (
            with_all[above]["left_on"] is not None and with_all[above]["left_on"] <= one["hired_on"]
        ):
            above = with_all[above]["manager_id"]
        assert one["manager_id"] == above


@pytest.mark.parametrize("asked", [EMPLOYED, {"within": "department_id"}, {"since": "hired_on"}])
def test_any_part_of_the_rows_has_the_same_managers(asked: dict[str, Any]) -> None:
    whole = rows_of(staff(**asked), "staff")["manager_id"]
    for start, stop in ((0, 1), (250, 290), (599, 600)):
        assert rows_of(staff(**asked), "staff", start, stop)["manager_id"].equals(whole[start:stop])


def test_siblings_need_no_sorting_and_have_the_same_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = staff(within="department_id")
    sorted_rows = rows_of(parameters, "staff")["manager_id"]
    monkeypatch.setattr(ranks, "MAX_INDEXED_ROWS", 10)
    assert rows_of(replanned(parameters, "long"), "staff")["manager_id"].equals(sorted_rows)


REFUSED = {
    "no such column": ({"within": "town"}, "within", "table staff has no column town"),
    "no times": ({"since": "department_id"}, "since", "department_id is of type int64"),
    "no begin": ({"until": "left_on"}, "until", "means nothing without since"),
    "a chain": ({**EMPLOYED, "span": 1}, "span", "would make one chain of all rows"),
}


@pytest.mark.parametrize(("asked", "parameter", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_is_refused(asked: dict[str, Any], parameter: str, reason: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", staff(**asked), 0))
    (error,) = caught.value.errors
    assert error.field.endswith(f".{parameter}")
    assert reason in error.reason


def test_a_long_table_that_is_no_departments_child_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ranks, "MAX_INDEXED_ROWS", 10)
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", replanned(staff(**EMPLOYED), "long"), 0))
    (error,) = caught.value.errors
    assert "600 rows, and at most 10 can be sorted" in error.reason
    assert "leave `since` out" in error.fix


def test_a_time_that_follows_from_the_manager_is_a_circle_that_is_named() -> None:
    parameters = staff(**EMPLOYED)
    parameters["tables"][1]["columns"][2] = {
        "name": "hired_on",
        "kind": "later",
        "column": "left_on",
        "through": "manager_id",
        "max": "9d",
    }
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", parameters, 0))
    assert "staff.hired_on -> staff.manager_id -> staff.hired_on" in caught.value.errors[0].reason
