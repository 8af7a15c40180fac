"""Templates: files, merging, and how many rows each table gets."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators import limits
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.recipes.row_law import RowLaw
from synthmill.generators.recipes.template import (
    Template,
    TemplateError,
    get_template,
    load_template,
    merge,
    resolve,
    templates,
)

SHOP = """
name: shop
title: A shop
description: Orders and who makes them.
strategy: tabular
main: orders
default_rows: 1000
rows:
  people: {ratio: 0.3}
  countries: {rows: 20}
parameters:
  tables:
    - name: people
      columns:
        - {name: id, kind: sequence}
        - {name: country, kind: categorical, values: [NO, SE], weights: [1, 2.5]}
    - name: countries
      columns: [{name: code, kind: sequence}]
    - name: orders
      columns:
        - {name: id, kind: sequence}
        - {name: since, kind: date, start: 2024-01-01}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Template:
    return load(tmp_path, SHOP)


def load(folder: Path, text: str, name: str = "shop.yaml") -> Template:
    (folder / name).write_text(text)
    return load_template(folder / name)


def rows_of(parameters: dict[str, Any]) -> dict[str, int]:
    return {table["name"]: table["rows"] for table in parameters["tables"]}


def test_a_template_is_read_from_its_file(shop: Template) -> None:
    assert (shop.name, shop.main, shop.default_rows) == ("shop", "orders", 1000)
    assert shop.rows == {"people": RowLaw(ratio=Fraction(3, 10)), "countries": RowLaw(rows=20)}


def test_yaml_means_what_json_means(shop: Template) -> None:
    columns = shop.parameters["tables"][0]["columns"]
    assert columns[1]["values"] == ["NO", "SE"]
    assert shop.parameters["tables"][2]["columns"][1]["start"] == "2024-01-01"


def test_the_main_table_has_its_default_and_the_others_follow(shop: Template) -> None:
    assert rows_of(resolve(shop, {}, None)) == {"people": 300, "countries": 20, "orders": 1000}


@pytest.mark.parametrize(("rows", "people"), [(1, 1), (3, 1), (4, 2), (10, 3), (11, 4), (10**10, 3 * 10**9)])
def test_ratios_are_exact_and_rounded_up(shop: Template, rows: int, people: int) -> None:
    assert rows_of(resolve(shop, {}, rows)) == {"people": people, "countries": 20, "orders": rows}


@given(st.integers(1, 10**9), st.integers(1, 10**6))
def test_any_decimal_ratio_is_exact(rows: int, millionths: int) -> None:
    rule = Fraction(str(millionths / 10**6))
    assert rule == Fraction(millionths, 10**6)
    tables = {"tables": [{"name": "a"}, {"name": "b"}]}
    template = Template("t", "", "", "s", "a", 1, {"b": RowLaw(ratio=rule)}, tables)
    expected = max(1, -(-rows * millionths // 10**6))
    assert rows_of(resolve(template, {}, rows)) == {"a": rows, "b": expected}


@pytest.mark.parametrize(
    ("written", "ratio"),
    [("0.4", Fraction(2, 5)), ('"1/3"', Fraction(1, 3)), ("0.00001", Fraction(1, 10**5)), ("2", Fraction(2))],
)
def test_ratios_are_what_the_file_says(tmp_path: Path, written: str, ratio: Fraction) -> None:
    assert load(tmp_path, SHOP.replace("ratio: 0.3", f"ratio: {written}")).rows["people"].ratio == ratio


@pytest.mark.parametrize(
    ("rows", "countries"), [(1, 3), (10, 3), (40, 4), (250, 10), (999, 20), (1000, 20), (10**9, 20)]
)
def test_a_table_with_a_least_shrinks_with_the_square_root_and_never_grows(
    tmp_path: Path, rows: int, countries: int
) -> None:
    shop = load(tmp_path, SHOP.replace("rows: 20", "rows: 20, least: 3"))
    assert rows_of(resolve(shop, {}, rows))["countries"] == countries
    assert rows_of(resolve(shop, {}, {"orders": rows}))["countries"] == countries
    assert rows_of(resolve(shop, {}, {"orders": rows, "countries": 7}))["countries"] == 7
    assert shop.row_laws()["countries"] == {"rows": 20, "least": 3}


@given(st.integers(1, 10**10), st.integers(1, 10**10), st.integers(1, 10**7))
def test_the_square_root_is_exact_and_rounded_up(rows: int, main: int, default: int) -> None:
    count = RowLaw(rows=rows, least=1).count(main, default)
    if main >= default:
        assert count == rows
    else:
        assert (count - 1) ** 2 * default < rows**2 * main <= count**2 * default


def test_rows_per_table_are_taken_and_the_rest_follow(shop: Template) -> None:
    assert rows_of(resolve(shop, {}, {"people": 5})) == {"people": 5, "countries": 20, "orders": 1000}
    assert rows_of(resolve(shop, {}, {"orders": 50})) == {"people": 15, "countries": 20, "orders": 50}
    assert rows_of(resolve(shop, {}, {"countries": 2, "orders": 9})) == {
        "people": 3,
        "countries": 2,
        "orders": 9,
    }


def test_rows_in_the_parameters_count_and_rows_beside_them_win(shop: Template) -> None:
    over = {"tables": [{"name": "orders", "rows": 40}]}
    assert rows_of(resolve(shop, over, None)) == {"people": 12, "countries": 20, "orders": 40}
    assert rows_of(resolve(shop, over, 80)) == {"people": 24, "countries": 20, "orders": 80}


def test_a_table_of_ones_own_brings_its_rows(shop: Template) -> None:
    over = {"tables": [{"name": "extra", "rows": 3, "columns": []}]}
    assert rows_of(resolve(shop, over, 10))["extra"] == 3


@pytest.mark.parametrize(
    ("rows", "field", "reason"),
    [
        (0, "rows", "outside the limit"),
        (-5, "rows", "outside the limit"),
        (10**15, "rows", "limit of 1 to 10000000000"),
        (True, "rows", "isn't a whole number"),
        ({"people": 0}, "rows.people", "outside the limit"),
        ({"people": 1.5}, "rows.people", "isn't a whole number"),
        ({"nobody": 5}, "rows.nobody", "no such table"),
    ],
)
def test_wrong_rows_are_refused_by_name(shop: Template, rows: Any, field: str, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=reason) as caught:
        resolve(shop, {}, rows)
    assert caught.value.errors[0].field == field
    assert caught.value.errors[0].fix


def test_a_ratio_that_gives_too_many_rows_is_refused() -> None:
    tables = {"tables": [{"name": "a"}, {"name": "b"}]}
    template = Template("t", "", "", "s", "a", 1, {"b": RowLaw(ratio=Fraction(5, 2))}, tables)
    with pytest.raises(InvalidRequestError, match=r"rows\.b: 25000000000 is outside") as caught:
        resolve(template, {}, limits.MAX_TABLE_ROWS)
    assert caught.value.errors[0].field == "rows.b"


def test_wrong_rows_in_the_parameters_are_refused_by_name(shop: Template) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        resolve(shop, {"tables": [{"name": "orders", "rows": "many"}]}, None)
    assert caught.value.errors[0].field == "parameters.tables[orders].rows"


def test_columns_are_merged_by_name(shop: Template) -> None:
    over = {
        "tables": [{"name": "people", "columns": [{"name": "country", "weights": [1, 1]}, {"name": "new"}]}]
    }
    people = resolve(shop, over, None)["tables"][0]
    assert people["columns"] == [
        {"name": "id", "kind": "sequence"},
        {"name": "country", "kind": "categorical", "values": ["NO", "SE"], "weights": [1, 1]},
        {"name": "new"},
    ]


def test_a_column_that_changes_its_kind_is_replaced(shop: Template) -> None:
    over = {"tables": [{"name": "people", "columns": [{"name": "country", "kind": "constant", "value": 1}]}]}
    assert resolve(shop, over, None)["tables"][0]["columns"][1] == over["tables"][0]["columns"][0]


def test_resolving_changes_neither_template_nor_overrides(shop: Template) -> None:
    over = {"tables": [{"name": "people", "columns": [{"name": "id", "start": 5}]}]}
    before = repr((shop, over))
    resolved = resolve(shop, over, 5)
    resolved["tables"][0]["columns"][0]["start"] = 9
    assert repr((shop, over)) == before


def test_other_lists_are_replaced() -> None:
    assert merge({"a": [1, 2], "b": 1}, {"a": [3], "c": {"d": None}}) == {"a": [3], "b": 1, "c": {"d": None}}
    assert merge([{"name": "x"}], []) == []
    assert merge({"a": 1}, {"a": None}) == {"a": None}


def test_an_unknown_template_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="unknown template 'nothing'"):
        get_template("nothing")


def test_our_own_templates_can_be_read() -> None:
    assert all(template.name == name for name, template in templates().items())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("main: orders", "main: nothing", "no such table in parameters: nothing"),
        ("people: {ratio", "nobody: {ratio", "no such table in parameters: nobody"),
        ("ratio: 0.3", "ratio: 0", "greater than 0"),
        ("ratio: 0.3", "ratio: -1", "greater than 0"),
        ("ratio: 0.3", 'ratio: "1e999999999"', "isn't a ratio"),
        ("ratio: 0.3", "ratio: 1/0", "isn't a ratio"),
        ("ratio: 0.3", "ratio: 1e300", "isn't a ratio"),
        ("rows: 20", "rows: 20, ratio: 1", "either ratio or rows"),
        ("rows: 20", "least: 20", "either ratio or rows"),
        ("ratio: 0.3", "ratio: 0.3, least: 2", "either ratio or rows"),
        ("rows: 20", "rows: 20, least: 21", "21 isn't a number of rows"),
        ("parameters:", "rules: [{name: a, says: b}]\nparameters:", r"rules\[a\]\.query: is missing"),
        ("parameters:", "rules: [{name: a b}]\nparameters:", r"'a b' can't be a name"),
        ("name: shop", "name: other", "not that of its file"),
        ("title: A shop", "heading: A shop", "heading"),
        ("title: A shop", "title: A shop\ntitle: Another", "title comes twice"),
        ("title: A shop", "title: [", "not YAML"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=rf"(?s)shop\.yaml: .*{reason}"):
        load(tmp_path, SHOP.replace(old, new, 1))
