"""The kind `sentences`: text that agrees with the row's other columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.grammars.built_in import built_in_grammar, grammar_names

GRAMMAR: dict[str, Any] = {
    "rules": {
        "text": ["{Name} paid {amount} on {day}: {verdict}.", "{a name}, {amount}, {verdict}"],
        "verdict": {"mood": {"good": ["fine", "well done"], "bad": ["late", "too little"]}},
    },
    "labels": {"mood": {"good": 3, "bad": 1}},
}
ID = {"name": "id", "kind": "sequence"}
NAME = {"name": "name", "kind": "categorical", "values": ["ada", "bo"]}
AMOUNT = {"name": "amount", "kind": "decimal", "min": 1, "max": 9, "scale": 2}
DAY = {"name": "day", "kind": "date", "start": "2024-01-01", "end": "2024-01-09"}
STARS = {"name": "stars", "kind": "categorical", "values": [1, 5]}
MEANINGS = [{"at": 1, "value": "bad"}, {"at": 5, "value": "good"}]
BY_STARS = [{"label": "mood", "column": "stars", "entries": MEANINGS}]


def text(grammar: Any = GRAMMAR, **more: Any) -> dict[str, Any]:
    return {"name": "text", "kind": "sentences", "grammar": grammar, **more}


def made(*columns: dict[str, Any], rows: int = 400) -> pa.RecordBatch:
    parameters = {"tables": [{"name": "t", "rows": rows, "columns": list(columns)}]}
    return make_rows(make_plan(make_recipe("tabular", parameters, 1)), "t", 0, rows)


def refused(*columns: dict[str, Any], rows: int = 400) -> tuple[str, str]:
    with pytest.raises(InvalidRequestError) as caught:
        made(*columns, rows=rows)
    (error,) = caught.value.errors
    assert error.fix
    return error.field, error.reason


def test_slots_and_labels_are_those_of_the_row() -> None:
    found = made(NAME, AMOUNT, DAY, STARS, text(labels=BY_STARS))
    for row in found.to_pylist():
        assert str(row["amount"]) in row["text"]
        assert row["text"].startswith(
            (f"{row['name'].capitalize()} paid", f"a{'n' * (row['name'] == 'ada')} {row['name']},")
        )
        assert ("fine" in row["text"] or "well done" in row["text"]) == (row["stars"] == 5)
        if "paid" in row["text"]:
            assert str(row["day"]) in row["text"]
    assert not found.schema.field("text").nullable


def test_a_label_s_own_words_can_stand_in_a_column_of_its_name() -> None:
    mood = {"name": "mood", "kind": "categorical", "values": ["good", "bad"]}
    for row in made(NAME, AMOUNT, DAY, mood, text()).to_pylist():
        assert ("fine" in row["text"] or "well done" in row["text"]) == (row["mood"] == "good")


def test_a_label_that_no_column_says_is_drawn_by_its_weights() -> None:
    found = made(NAME, AMOUNT, DAY, text(), rows=4_000).column("text").to_pylist()
    assert abs(sum("fine" in one or "well done" in one for one in found) / 4_000 - 0.75) < 0.03


def test_a_slot_can_be_filled_from_the_row_that_a_link_leads_to() -> None:
    tables = [
        {
            "name": "people",
            "rows": 5,
            "primary_key": ["id"],
            "columns": [ID, {"name": "called", "kind": "sequence", "prefix": "P"}],
        },
        {
            "name": "notes",
            "rows": 60,
            "columns": [
                {"name": "person_id", "kind": "foreign_key", "table": "people"},
                text(
                    {"rules": {"text": ["Seen {who}."]}},
                    slots=[{"slot": "who", "column": "called", "through": "person_id"}],
                ),
            ],
        },
    ]
    plan = make_plan(make_recipe("tabular", {"tables": tables}, 1))
    for row in make_rows(plan, "notes", 0, 60).to_pylist():
        assert row["text"] == f"Seen P{row['person_id']}."


def test_where_a_slot_or_a_label_is_null_so_is_the_text() -> None:
    stars = {**STARS, "nulls": 0.3}
    found = made({**NAME, "nulls": 0.3}, AMOUNT, DAY, stars, text(labels=BY_STARS))
    assert found.schema.field("text").nullable
    for row in found.to_pylist():
        assert (row["text"] is None) == (row["name"] is None or row["stars"] is None)


def test_distinct_texts_are_distinct_and_refused_where_there_are_too_few() -> None:
    found = made(text("course_description", distinct=True), rows=20_000).column("text").to_pylist()
    assert len(set(found)) == 20_000
    small = {"rules": {"text": ["[a|b] {w} {w}"], "w": ["x", "y"]}}
    assert refused(text(small, distinct=True)) == (
        "tables[t].columns[text].distinct",
        "most texts of this grammar have too few words to choose for 400 rows to differ in them",
    )


@pytest.mark.parametrize(
    ("column", "field", "reason"),
    [
        (text(), "slots", "nothing fills the slot name"),
        (text("poem"), "grammar", "'poem' isn't one of its values"),
        (text(3), "grammar", "3 is no grammar"),
        (text({"rules": {"a": ["{"]}}), "grammar.rules", "a[0]: a { is never closed: {"),
        (text({"rules": {"a": ["{a}"]}}), "grammar.rules", "a: leads back to itself: a -> a"),
        (text(slots=[{"slot": "age", "column": "id"}]), "slots[0].slot", "the grammar has no slot age"),
        (
            text("claim_note", labels=[{"label": "age", "column": "id"}]),
            "labels[0].label",
            "the grammar has no label age",
        ),
        (text(slots=[{"slot": "name", "column": "nom"}]), "slots[0].column", "table t has no column nom"),
    ],
)
def test_what_cannot_be_written_is_refused_where_it_is_wrong(
    column: dict[str, Any], field: str, reason: str
) -> None:
    assert refused(ID, column) == (f"tables[t].columns[text].{field}", reason)


def test_a_value_that_means_nothing_is_refused() -> None:
    assert refused(NAME, AMOUNT, DAY, {**STARS, "values": [1, 3, 5]}, text(labels=BY_STARS)) == (
        "tables[t].columns[text].labels[0]",
        "stars can be 3, which is no value of the label",
    )
    wrong = [{**BY_STARS[0], "entries": [{"at": 1, "value": "angry"}]}]
    assert refused(NAME, AMOUNT, DAY, STARS, text(labels=wrong))[1] == "the label is never 'angry'"
    moment = {"name": "name", "kind": "timestamp", "start": "2024-01-01", "end": "2024-01-09"}
    assert refused(moment, AMOUNT, DAY, text())[0] == "tables[t].columns[text].slots[name]"


@pytest.mark.parametrize("name", grammar_names())
def test_grammars_of_the_package_need_no_columns_and_take_them(name: str) -> None:
    alone = made(text(name), rows=50).column("text").to_pylist()
    slots = {slot: f"Zz{slot}" for slot in built_in_grammar(name).slots}
    columns = [{"name": slot, "kind": "constant", "value": word} for slot, word in slots.items()]
    filled = made(*columns, text(name), rows=300).column("text").to_pylist()
    assert all(alone)
    assert all(any(word in one for one in filled) for word in slots.values())
