"""What a model doesn't hold: values of few, sentences, keys, names; and whose rows are counted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning import fit, fit_options
from tests.learning.models import people, people_model


def planted(rows: pa.Table) -> pa.Table:
    """The rows and one whose every value is nobody else's."""
    last = {name: rows.column(name)[0].as_py() for name in rows.column_names}
    last |= {
        "customer_id": "ZQ-999123",
        "first_name": "Xanthippe",
        "email": "xanthippe@quine.test",
        "town": "Quuxstadt",
        "job": "alchemist",
        "earnings": 987_654_321.25,
        "weight": 456.789,
        "badge": "Q9-777",
        "note": "planted secret sentence",
        "children": 97,
    }
    return pa.concat_tables([rows, pa.Table.from_pylist([last], rows.schema)])


@pytest.mark.parametrize("privacy", ["careful", "open"])
@pytest.mark.parametrize("method", ["auto", "bayes", "independent"])
def test_a_record_that_nobody_shares_is_in_no_model_and_no_sample(privacy: str, method: str) -> None:
    model = fit({"people": planted(people())}, fit_options({"privacy": privacy, "method": method}))
    data = model.to_bytes()
    for text in (
        "ZQ-999123",
        "Xanthippe",
        "xanthippe",
        "Quuxstadt",
        "alchemist",
        "Q9-777",
        "planted",
        "secret",
    ):
        assert text.encode() not in data
    for number in (987_654_321.25, 456.789):
        assert np.float64(number).tobytes() not in data
    assert np.int64(98_765_432_125).tobytes() not in data
    made = model.sample(20_000)["people"]
    for name, value in (
        ("town", "Quuxstadt"),
        ("job", "alchemist"),
        ("children", 97),
        ("earnings", 987_654_321.25),
    ):
        assert value not in made.column(name).to_pylist()


def test_keys_names_and_addresses_of_the_data_are_in_no_sample() -> None:
    made, real = people_model().sample(600)["people"], people()
    for name in ("first_name", "email", "note"):
        assert not set(made.column(name).to_pylist()) & (set(real.column(name).to_pylist()) - {None})


def test_a_value_of_four_subjects_is_not_held_however_many_rows_they_have() -> None:
    """Without a subject column the same value is shared by many rows, and is."""
    person = [f"p{number}" for number in range(60) for _ in range(10)]
    rows = pa.table(
        {"person": person, "town": ["Rareville" if number < 40 else "Bonn" for number in range(600)]}
    )
    counted = fit({"t": rows}, fit_options({"roles": {"t": {"person": "subject"}}}))
    assert b"Rareville" not in counted.to_bytes()
    assert counted.description["tables"][0]["subjects"] == 60
    assert b"Rareville" in fit({"t": rows.select(["town"])}, fit_options({})).to_bytes()


def test_a_number_of_one_subject_is_not_held_however_many_rows_he_has() -> None:
    person = np.repeat(np.arange(80), 10)
    amount = np.where(person == 7, 123_456.78, np.round(person * 1.5 + np.tile(np.arange(10), 80) / 7, 3))
    rows = pa.table({"person": person, "amount": amount})
    model = fit({"t": rows}, fit_options({"roles": {"t": {"person": "subject"}}}))
    made = model.sample(5_000)["t"].column("amount").to_numpy()
    assert 123_456.78 not in made


@pytest.mark.parametrize("rows", [0, 1, 19])
def test_too_few_rows_are_refused_with_the_reason(rows: int) -> None:
    with pytest.raises(InvalidRequestError, match=f"has {rows} rows: a model of so few would be about each"):
        fit({"people": people().slice(0, rows)}, fit_options({}))


def test_too_few_subjects_are_refused_however_many_rows_they_have() -> None:
    rows = pa.table({"person": np.arange(500) % 19, "x": np.arange(500)})
    with pytest.raises(InvalidRequestError, match="has 19 subjects"):
        fit({"t": rows}, fit_options({"roles": {"t": {"person": "subject"}}}))


def test_the_model_says_what_its_file_protects() -> None:
    careful, opened = (people_model(mode).description["privacy"] for mode in ("careful", "open"))
    assert careful["mode"] == "careful"
    assert "classes of values" in careful["statement"]
    assert "codes of rows" in opened["statement"]


def test_rows_that_are_held_out_are_not_learnt_from() -> None:
    rows = people(2_000)
    model = fit({"people": rows}, fit_options({"holdout": 0.25, "include_holdout": False}))
    learnt = model.description["tables"][0]["rows"]
    assert 1_400 < learnt < 1_600
    assert model.description["settings"]["include_holdout"] is False


def test_of_more_rows_than_are_looked_at_whole_subjects_are_taken_and_it_is_said() -> None:
    model = fit({"people": people()}, fit_options({"max_rows": 200}))
    (warning,) = [one for one in model.description["warnings"] if "learnt from" in one]
    assert warning.startswith("people: 200 of 600 rows were learnt from")
