"""Kinds that put columns together: within one another, beside one another, and hidden behind one another."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import stats

from synthmill.generators.datasets.manifest import description
from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.recipe import Output
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.formats import FORMATS
from synthmill.generators.kernels.backend import use
from synthmill.generators.kernels.derived.probability import normal_cdf
from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import mix
from tests.generators.fit import assert_continuous, assert_shares
from tests.generators.worlds import cells, rows_of

N = 20_000


def values(kind: str, **parameters: Any) -> list[Any]:
    made: list[Any] = cells(kind, N, **parameters).to_pylist()
    return made


def table(*columns: dict[str, Any], rows: int = N) -> pa.RecordBatch:
    return rows_of({"tables": [{"name": "t", "rows": rows, "columns": list(columns)}]}, "t")


def refused(*columns: dict[str, Any]) -> Any:
    with pytest.raises(InvalidRequestError) as refusal:
        table(*columns, rows=10)
    return refusal.value.errors[0]


ORDER: list[dict[str, Any]] = [
    {"name": "id", "kind": "sequence"},
    {
        "name": "order",
        "kind": "object",
        "nulls": 0.1,
        "members": [
            {
                "name": "note",
                "kind": "categorical",
                "values": ['say "hi"', "a\\b", "ü\n", "plain"],
                "nulls": 0.3,
            },
            {"name": "paid", "kind": "boolean"},
            {"name": "total", "kind": "money"},
            {"name": "at", "kind": "timestamp"},
            {"name": "rate", "kind": "normal"},
            {
                "name": "lines",
                "kind": "array",
                "min_items": 0,
                "max_items": 3,
                "of": {
                    "kind": "object",
                    "members": [
                        {"name": "sku", "kind": "pattern", "pattern": "[A-Z]{2}[0-9]"},
                        {"name": "n", "kind": "poisson", "mean": 2, "nulls": 0.2},
                    ],
                },
            },
        ],
    },
]


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return float(value) if hasattr(value, "as_tuple") else value


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_nested_columns_are_json_in_text_formats(backend: str) -> None:
    parameters = {"tables": [{"name": "t", "rows": 500, "columns": ORDER}]}
    batch = rows_of(parameters, "t")
    batch.validate(full=True)
    plan = make_plan(make_recipe("tabular", parameters, 0)).table("t")
    expected = [as_json(row["order"]) for row in batch.to_pylist()]
    with use(backend):
        lines = bytes(FORMATS.get("jsonl").encode(plan, cells_of(batch), "none").body).decode()
        csv = bytes(FORMATS.get("csv").encode(plan, cells_of(batch), "none").body).decode()
    assert [json.loads(line)["order"] for line in lines.split("\n")[:-1]] == expected
    texts = [line.partition(",")[2] for line in csv.split("\n")[:-1]]
    read = [json.loads(text[1:-1].replace('""', '"')) if text else None for text in texts]
    assert read == expected
    assert 20 < batch["order"].null_count < 80


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_nested_columns_stay_nested_in_binary_formats(name: str) -> None:
    parameters = {"tables": [{"name": "t", "rows": 500, "columns": ORDER}]}
    batch = rows_of(parameters, "t")
    plan = make_plan(make_recipe("tabular", parameters, 0)).table("t")
    made = FORMATS.get(name).encode(plan, cells_of(batch), "none")
    assert made.body
    assert pa.types.is_struct(batch.schema.field("order").type)
    assert pa.types.is_list(batch.schema.field("order").type.field("lines").type)


def test_lists_have_as_many_items_as_asked_for_each_with_a_draw_of_its_own() -> None:
    made = values("array", of={"kind": "integer", "min": 1, "max": 6}, min_items=1, max_items=4)
    assert_shares(Counter(map(len, made)), dict.fromkeys(range(1, 5), 1))
    for place in range(4):
        assert_shares(Counter(m[place] for m in made if len(m) > place), dict.fromkeys(range(1, 7), 1))
    pairs = Counter((m[0], m[1]) for m in made if len(m) > 1)
    assert_shares(pairs, {(a, b): 1 for a in range(1, 7) for b in range(1, 7)})
    assert refused({"name": "c", "kind": "array", "of": {"kind": "name"}, "min_items": 9}).field.endswith(
        "max_items"
    )


def listed(*most: int, of: dict[str, Any]) -> dict[str, Any]:
    """Lists of lists: the outermost's greatest length first."""
    for items in reversed(most):
        of = {"kind": "array", "of": of, "min_items": 0, "max_items": items}
    return {"name": "c", **of}


def test_a_cell_of_more_values_than_fit_is_refused_before_one_is_made() -> None:
    wrong = refused(listed(300, 300, 300, of={"kind": "uuid"}))
    assert wrong.field == "tables[t].columns[c].of.max_items"
    assert "90,000 values" in wrong.reason and "10,000" in wrong.fix
    pair = {"kind": "object", "members": [{"name": m, "kind": "uuid"} for m in "ab"]}
    assert refused(listed(100, 51, of=pair)).field == "tables[t].columns[c].max_items"
    members = [{**listed(1_000, of={"kind": "uuid"}), "name": f"m{at}"} for at in range(11)]
    assert refused({"name": "o", "kind": "object", "members": members}).field.endswith("members")
    looked = {"kind": "parent", "column": "tags", "through": "next"}
    own = {"name": "next", "kind": "foreign_key", "table": "t", "column": "id"}
    tags = {**listed(1_000, of={"kind": "uuid"}), "name": "tags"}
    wrong = refused({"name": "id", "kind": "sequence"}, tags, own, listed(11, of=looked))
    assert "11,000 values" in wrong.reason


def test_the_most_values_that_a_cell_may_have_are_made_row_after_row() -> None:
    pair = {"kind": "object", "members": [{"name": "a", "kind": "uuid"}, {"name": "b", "kind": "boolean"}]}
    rows = table(listed(100, 50, of=pair), rows=300)
    most = max(sum(map(len, row)) for row in rows.column("c").slice(0, 100).to_pylist())
    assert 2_000 < most <= 5_000


def test_what_is_wrong_within_a_column_is_named() -> None:
    wrong = {"name": "o", "kind": "object", "members": [{"name": "m", "kind": "sequence", "step": 0}]}
    assert refused(wrong).field == "tables[t].columns[o].members[m].step"
    wrong = {"name": "o", "kind": "array", "of": {"kind": "integer", "colour": 1, "max": 3}}
    assert refused(wrong).field == "tables[t].columns[o].of.colour"
    wrong = {"name": "o", "kind": "array", "of": {"kind": "foreign_key", "table": "t", "column": "id"}}
    assert (
        refused({"name": "id", "kind": "sequence"}, wrong).reason
        == "a foreign_key can't stand inside another column"
    )
    twice = [{"name": "m", "kind": "uuid"}, {"name": "m", "kind": "uuid"}]
    assert refused({"name": "o", "kind": "object", "members": twice}).field.endswith("members")


def test_mixtures_are_of_their_components_by_weight() -> None:
    made = values(
        "mixture",
        components=[
            {"weight": 3, "of": {"kind": "normal", "mean": 0, "sd": 1}},
            {"weight": 1, "of": {"kind": "normal", "mean": 10, "sd": 2}},
        ],
    )
    law = stats.norm.cdf
    assert_continuous(made, lambda x: 0.75 * law(x) + 0.25 * law(x, 10, 2))
    mixed = cells(
        "mixture", 10, components=[{"of": {"kind": "normal"}}, {"of": {"kind": "integer", "max": 3}}]
    )
    assert mixed.type == pa.float64()
    error = refused(
        {"name": "c", "kind": "mixture", "components": [{"of": {"kind": "normal"}}, {"of": {"kind": "name"}}]}
    )
    assert error.reason == "are of different types: double, string"


MATRIX = [[1, 0.7, -0.3], [0.7, 1, 0.2], [-0.3, 0.2, 1]]


def test_correlated_columns_have_their_laws_and_their_correlations() -> None:
    inner = [
        {"kind": "normal", "mean": 5, "sd": 2},
        {"kind": "gamma", "shape": 2.5},
        {"kind": "integer", "min": 0, "max": 9},
    ]
    columns = [
        {"name": f"c{place}", "kind": "correlated", "matrix": MATRIX, "place": place, "of": of}
        for place, of in enumerate(inner, start=1)
    ]
    other = {
        "name": "other",
        "kind": "correlated",
        "group": "b",
        "matrix": MATRIX,
        "place": 1,
        "of": inner[0],
    }
    batch = table(*columns, other)
    made = [np.array(column.to_pylist(), np.float64) for column in batch.columns]
    assert_continuous(made[0], stats.norm(5, 2).cdf)
    assert_continuous(made[1], stats.gamma(2.5).cdf)
    assert_shares(Counter(made[2].tolist()), dict.fromkeys(map(float, range(10)), 1))
    # Spearman's of a Gaussian copula: 6 / pi * asin(r / 2).
    for i in range(3):
        for j in range(i):
            rank = stats.spearmanr(made[i], made[j]).statistic
            assert abs(rank - 6 / np.pi * np.arcsin(MATRIX[i][j] / 2)) < 0.025, (i, j)
        assert abs(stats.spearmanr(made[i], made[3]).statistic) < 0.03


def test_correlations_that_no_columns_have_are_refused() -> None:
    def wrong(matrix: list[list[float]], place: int = 1, **of: Any) -> str:
        of = of or {"kind": "normal"}
        column = {"name": "c", "kind": "correlated", "matrix": matrix, "place": place, "of": of}
        field: str = refused(column).field.removeprefix("tables[t].columns[c].")
        return field

    assert wrong([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]) == "matrix"
    assert wrong([[1, 0.5], [0.4, 1]]) == "matrix"
    assert wrong([[1, 0.5]]) == "matrix"
    assert wrong([[0.5]]) == "matrix"
    assert wrong([[1]], place=2) == "place"
    assert wrong([[1]], kind="text") == "of.kind"


def test_the_normals_distribution_function_is_near_the_truth() -> None:
    z = normal_quantile(open_unit(mix(9, np.arange(20_000, dtype=np.uint64))))
    assert np.abs(normal_cdf(z) / stats.norm.cdf(z) - 1).max() < 1e-13


def test_unique_numbers_are_all_different_and_in_no_order() -> None:
    made = values("unique_number", min=100, max=100 + N - 1)
    assert sorted(made) == list(range(100, 100 + N))
    assert abs(np.corrcoef(made, np.arange(N))[0, 1]) < 4 / N**0.5
    labels = values("unique_number", min=1, max=10**12, prefix="C-")
    assert len(set(labels)) == N
    assert all(re.fullmatch(r"C-\d{13}", label) for label in labels)
    error = refused({"name": "c", "kind": "unique_number", "min": 1, "max": 9})
    assert (error.field, error.fix) == ("tables[t].columns[c].max", "give at least 10")


def test_subcategories_belong_to_their_category() -> None:
    above = {"name": "above", "kind": "categorical", "values": ["a", "b", "c"], "nulls": 0.1}
    tree = {"a": {"x": 3, "y": 1}, "b": {"x": 1, "z": 1}}
    batch = table(above, {"name": "below", "kind": "subcategory", "column": "above", "values": tree})
    seen: dict[Any, Counter[Any]] = {}
    for row in batch.to_pylist():
        seen.setdefault(row["above"], Counter())[row["below"]] += 1
    for name, own in tree.items():
        assert_shares(seen[name], own)
    assert set(seen["c"]) == set(seen[None]) == {None}


def test_masks_hide_but_keep_equal_values_equal() -> None:
    source = {"name": "s", "kind": "categorical", "values": ["Ann-12", "bob-34", "Zoë"], "nulls": 0.1}
    masks = [
        {"name": m, "kind": "mask", "column": "s", "method": m, "keep": 2}
        for m in ("hash", "partial", "format")
    ]
    batch = table(source, *masks, rows=500)
    pairs = {tuple(row.values()) for row in batch.to_pylist()}
    assert len(pairs) == 4
    for value, digest, partial, other in pairs:
        if value is None:
            assert (digest, partial, other) == (None, None, None)
            continue
        assert re.fullmatch("[0-9a-f]{32}", digest)
        assert partial == "*" * (len(value) - 2) + value[-2:]
        form = re.sub("[0-9]", "9", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", value)))
        assert re.sub("[0-9]", "9", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", other))) == form
        assert other[-2:] == value[-2:]


def test_a_mask_of_numbers_and_dates_is_one_of_their_text() -> None:
    number = {"name": "n", "kind": "integer", "min": 1000, "max": 9999}
    mask = {"name": "m", "kind": "mask", "column": "n", "method": "partial", "keep": 1}
    assert all(row["m"] == f"***{row['n'] % 10}" for row in table(number, mask, rows=200).to_pylist())


def test_nulls_come_where_a_condition_says_so() -> None:
    status = {"name": "status", "kind": "categorical", "values": ["new", "sent"], "nulls": 0.1}
    sent = {"name": "sent_at", "kind": "timestamp", "nulls_when": "status = 'new'"}
    batch = table(status, sent, rows=1_000)
    assert batch.schema.field("sent_at").nullable
    for row in batch.to_pylist():
        assert (row["sent_at"] is None) == (row["status"] == "new")
    both = table(status, {**sent, "nulls": 0.5}, rows=1_000)
    kept = pc.equal(both["status"], "sent")
    assert 0.4 < both["sent_at"].filter(kept).null_count / pc.sum(kept).as_py() < 0.6
    assert refused({**sent, "nulls_when": "status"}, status).field == "tables[t].columns[sent_at].nulls_when"
    assert refused({**sent, "nulls_when": "nothing = 1"}).field == "tables[t].columns[sent_at].nulls_when"
    itself = refused({**sent, "nulls_when": "is_null(sent_at)"})
    assert "in a circle" in itself.reason


def test_what_would_tell_of_a_person_is_marked() -> None:
    columns: list[dict[str, Any]] = [
        {"name": "name", "kind": "name"},
        {"name": "age", "kind": "integer", "max": 99},
        {"name": "greeting", "kind": "formula", "formula": "'Hello ' & name"},
        {"name": "hidden", "kind": "mask", "column": "name"},
        {"name": "contact", "kind": "object", "members": [{"name": "mail", "kind": "email"}]},
    ]
    plan = make_plan(make_recipe("tabular", {"tables": [{"name": "t", "rows": 5, "columns": columns}]}, 0))
    expected = {"name": True, "age": False, "greeting": True, "hidden": False, "contact": True}
    assert {column.name: column.pii for column in plan.tables[0].columns} == expected
    output = Output("csv", "none", FORMATS.get("csv").codec("none"))
    entry = description(plan.tables[0], output)
    assert {column["name"]: column["pii"] for column in entry["columns"]} == expected
