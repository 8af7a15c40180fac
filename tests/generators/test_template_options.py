"""What a template lets a request choose: which columns there are, how many, and how many rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.engine.pipeline import make_plan, make_rows
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.request import parse
from synthmill.generators.recipes.template import TemplateError, get_template, load_template
from tests.generators.test_template import SHOP


def table(template: str, rows: int | None = None, **parameters: Any) -> TablePlan:
    request = {"template": template, "seed": 1, "parameters": parameters}
    [found] = make_plan(parse(request if rows is None else request | {"rows": rows}).recipe).tables
    return found


def made(template: str, rows: int, **parameters: Any) -> pa.RecordBatch:
    plan = make_plan(parse({"template": template, "seed": 1, "rows": rows, "parameters": parameters}).recipe)
    return make_rows(plan, plan.tables[0].name, 0, rows)


def refused(template: str, rows: int | None = None, **parameters: Any) -> str:
    with pytest.raises(InvalidRequestError) as refusal:
        table(template, rows, **parameters)
    return str(refusal.value)


def test_names_and_addresses_are_there_only_if_asked_for() -> None:
    without, with_ = table("customer_data"), table("customer_data", include_pii=True)
    assert without == table("customer_data", include_pii=False)
    assert not [column.name for column in without.columns if KINDS.get(column.kind).pii]
    more = {column.name for column in with_.columns} - {column.name for column in without.columns}
    assert more == {"first_name", "last_name", "email", "phone", "street"}


def test_the_other_columns_stay_as_they_are() -> None:
    without = made("customer_data", 300)
    with_ = made("customer_data", 300, include_pii=True)
    assert with_.select(without.schema.names).equals(without)


def test_names_fit_the_gender_and_income_the_age() -> None:
    rows = made("customer_data", 4_000, include_pii=True).to_pylist()
    women = {row["first_name"] for row in rows if row["gender"] == "female"}
    assert not women & {row["first_name"] for row in rows if row["gender"] == "male"}
    assert all(row["email"].startswith(row["first_name"].lower()) for row in rows)
    assert min(row["age"] for row in rows) >= 18
    dates = [row["registration_date"] for row in rows]
    assert dates == sorted(dates)
    young, grown = (
        [row["income"] for row in rows if low <= row["age"] < high] for low, high in ((18, 25), (40, 50))
    )
    assert sorted(grown)[len(grown) // 2] > 1.5 * sorted(young)[len(young) // 2]
    rich, poor = (
        [row["is_premium"] for row in rows if (row["income"] >= 100_000) is above] for above in (True, False)
    )
    assert sum(rich) / len(rich) > 1.5 * sum(poor) / len(poor)


def test_sales_add_up_and_come_in_order_in_opening_hours() -> None:
    rows = made("sales_data", 4_000).to_pylist()
    for row in rows:
        exact = float(row["unit_price"]) * row["quantity"] * (100 - row["discount_percent"]) / 100
        assert abs(float(row["total"]) - exact) <= 0.0051
        assert row["sold_at"].hour >= 12 or row["sold_at"].hour < 3  # UTC; 8 to 21 in New York.
    times = [row["sold_at"] for row in rows]
    assert times == sorted(times)
    assert not [time for time in times if (time.month, time.day) == (12, 25) and time.hour > 12]
    prices = {(row["product"], row["unit_price"], row["category"]) for row in rows}
    assert len(prices) == len({product for product, _, _ in prices})
    hours = [time.hour for time in times]
    assert hours.count(22) > 1.2 * hours.count(14)


def test_a_table_has_as_many_columns_and_rows_as_are_asked_for() -> None:
    assert len(table("tabular_random").columns) == 5
    for count in (1, 50):
        found = table("tabular_random", num_columns=count, num_rows=17)
        assert (len(found.columns), found.rows) == (count, 17)
    assert table("customer_data", count=12).rows == table("customer_data", rows=12).rows == 12
    assert table("sales_data", transactions=9).rows == 9


def test_what_an_option_cant_be_is_refused_by_its_name() -> None:
    assert "parameters.include_pii: 'yes' is neither true nor false" in refused(
        "customer_data", include_pii="yes"
    )
    assert "parameters.num_columns: 51 is outside 1 to 50" in refused("tabular_random", num_columns=51)
    assert "parameters.count" in refused("customer_data", count=0)
    assert "parameters.count: there is `rows`, too" in refused("customer_data", rows=5, count=5)
    assert "did you mean include_pii" in refused("customer_data", include_pi=True)


OPTIONS = """
options:
  with_country:
    description: Whether there are countries.
    columns: {people: [country]}
"""


def test_a_template_of_ones_own_has_options(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP + OPTIONS)
    shop = load_template(tmp_path / "shop.yaml")
    for given, names in (({}, ["id"]), ({"with_country": True}, ["id", "country"])):
        request = {"template": "shop", "seed": 1, "parameters": given}
        plan = make_plan(parse(request, lambda _: shop).recipe)
        assert [column.name for column in plan.table("people").columns] == names
    assert shop.options_shown()["with_country"]["columns"] == {"people": ["country"]}
    assert get_template("retail").options_shown() == {}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("columns: {people: [town]}", "people has no town"),
        ("columns: {persons: [country]}", "no such table"),
        ("columns: {people: [country]}\n    rows_of: people", "needs one of"),
        ("columns_of: people", "goes with columns_of"),
        ("rows_of: humans", "no such table"),
    ],
)
def test_options_of_what_isnt_there_are_refused(tmp_path: Path, wrong: str, reason: str) -> None:
    text = f"{SHOP}\noptions:\n  mine:\n    description: Mine.\n    {wrong}\n"
    (tmp_path / "shop.yaml").write_text(text)
    with pytest.raises(TemplateError, match=reason):
        load_template(tmp_path / "shop.yaml")


def test_rules_about_columns_that_are_left_out_are_left_out_too() -> None:
    def rules(template: str, **parameters: Any) -> set[str]:
        request = {"template": template, "seed": 1, "rows": 50, "rules": "fail", "parameters": parameters}
        return {rule.name for rule in parse(request).recipe.rules}

    everything = {rule.name for rule in get_template("customer_data").rules}
    assert rules("customer_data", include_pii=True) == everything
    personal = {"names_fit_the_gender", "addresses_have_the_name", "phones_have_an_area_code"}
    assert rules("customer_data") == everything - personal
    assert rules("tabular_random", num_columns=1) == {"whole_numbers_in_range"}
    assert rules("market", table="bars") == {rule.name for rule in get_template("market").rules}
    with pytest.raises(InvalidRequestError, match="there are no domain rules to check"):
        rules("market", table="ticks")


def test_a_rule_that_names_what_no_table_has_is_refused_all_the_same(tmp_path: Path) -> None:
    rule = "{name: typo, says: It is., query: SELECT emial <> 'phone' FROM people}"
    (tmp_path / "shop.yaml").write_text(f"{SHOP}rules: [{rule}]\n")
    shop = load_template(tmp_path / "shop.yaml")
    request = {"template": "shop", "seed": 1, "rules": "fail"}
    with pytest.raises(InvalidRequestError, match="emial"):
        parse(request, find_template=lambda name: shop)
