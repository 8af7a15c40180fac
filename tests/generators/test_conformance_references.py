"""Conformance looks at where references lead: what conforms passes, and one that leads elsewhere is found."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.conformance.report import conformance, rows_of
from synthmill.generators.engine.pipeline import make_recipe
from tests.generators.towns import OPEN, SAME_CITY, staff, towns

REFERENCES: dict[str, tuple[dict[str, Any], str, str, set[str]]] = {
    "a branch": (
        towns(match=SAME_CITY, existing=OPEN, otherwise="null"),
        "orders",
        "branch_id",
        {"rows whose city_id is city_id", "rows that exist at ordered_at"},
    ),
    "a branch by a link": (
        towns(match={"city_id": "customer_id.city_id"}),
        "orders",
        "branch_id",
        {"rows whose city_id is customer_id.city_id"},
    ),
    "a manager": (
        staff(within="department_id", since="hired_on", until="left_on"),
        "staff",
        "manager_id",
        {"rows whose department_id is department_id", "rows that exist at hired_on"},
    ),
}


@pytest.mark.parametrize(("parameters", "table", "column", "said"), REFERENCES.values(), ids=REFERENCES)
def test_references_that_do_not_lead_where_they_should_are_found(
    parameters: dict[str, Any], table: str, column: str, said: set[str]
) -> None:
    recipe = make_recipe("tabular", parameters, 3)
    tables = rows_of(recipe)
    report = conformance(recipe, tables)
    assert report.failed == ()
    assert said <= {check.declared for check in report.checks if check.column == column}
    place = tables[table].schema.get_field_index(column)
    keys = tables[table].column(place).combine_chunks()
    moved = pa.concat_arrays([keys[1:], keys[:1]])
    bent = {**tables, table: tables[table].set_column(place, tables[table].schema.field(place), moved)}
    assert said <= {check.declared for check in conformance(recipe, bent).failed}
