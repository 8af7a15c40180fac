"""What holds in every template, however many it has come to be: siblings come in the order of time."""

from __future__ import annotations

import itertools
from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.recipes.template import get_template, templates
from tests.domain_rules.test_templates import made


def _events(name: str) -> dict[str, tuple[str, str]]:
    """By table of children that have times: the column of their parent, and of their time."""
    found = {}
    for table in get_template(name).parameters.get("tables", ()):
        columns: list[dict[str, Any]] = table.get("columns", [])
        times = [column["name"] for column in columns if column["kind"] == "event_time"]
        parents = [
            column["name"] for column in columns if column["kind"] == "parent" and "through" not in column
        ]
        if times and parents and "children_of" in table:
            found[table["name"]] = (parents[0], times[0])
    return found


OF_EVENTS = [(name, table) for name in sorted(templates()) for table in _events(name)]


@pytest.mark.parametrize(("name", "table"), OF_EVENTS, ids=["-".join(one) for one in OF_EVENTS])
def test_children_of_one_parent_come_in_the_order_of_time(name: str, table: str) -> None:
    of, when = _events(name)[table]
    rows = made(name)[1][table]
    listed = zip(
        rows[of].to_pylist(),
        rows[when].cast(pa.int64() if pa.types.is_timestamp(rows[when].type) else pa.int32()).to_pylist(),
        strict=True,
    )
    for (parent, at), (next_parent, next_at) in itertools.pairwise(listed):
        assert parent != next_parent or at is None or next_at is None or next_at >= at, (parent, at, next_at)


def test_it_looks_at_most_templates() -> None:
    assert len({name for name, _ in OF_EVENTS}) >= 8
