"""Rows of a model: any of them alone, any columns alone, as many as wanted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.engine.arrow_cells import to_batch
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.errors import InvalidRequestError
from tests.learning.models import people_file, people_model


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=40))
@settings(max_examples=30)
def test_any_rows_alone_are_those_of_the_whole(numbers: list[int]) -> None:
    model = people_model()
    (table,) = model.tables
    whole = model.sample(5_001, seed=3)["people"]
    alone = to_batch(table.cells(3, np.array(numbers, np.uint64), 5_001), table.schema)
    assert pa.Table.from_batches([alone]).equals(whole.take(pa.array(numbers)).combine_chunks())


def test_a_column_alone_is_that_of_the_whole() -> None:
    whole = people_model().sample(200)["people"]
    for name in whole.column_names:
        assert people_model().sample(200, columns=[name])["people"].equals(whole.select([name]))


def test_more_rows_begin_with_the_same_ones() -> None:
    few, many = (people_model().sample(rows)["people"] for rows in (100, 1_000))
    assert many.slice(0, 100).combine_chunks().equals(few.combine_chunks())


def test_another_seed_makes_other_rows() -> None:
    one, other = (people_model().sample(100, seed=seed)["people"] for seed in (0, 1))
    for name in ("earnings", "town", "customer_id", "email", "note"):
        assert not one.column(name).equals(other.column(name))


def test_left_to_itself_a_sample_has_as_many_rows_as_the_data() -> None:
    assert people_model().sample()["people"].num_rows == 600


def test_the_strategy_makes_the_rows_of_the_model() -> None:
    file = people_file()
    plan = make_plan(make_recipe("model", {"model": file.name, "rows": 500}, 9), {file.name: file})
    made = make_rows(plan, "people", 0, 500)
    assert pa.Table.from_batches([made]).equals(people_model().sample(500, seed=9)["people"].combine_chunks())


def test_the_strategy_refuses_a_file_that_is_no_model(tmp_path: object) -> None:
    file = people_file().parent / "other"
    file.write_bytes(b"not a model")
    with pytest.raises(InvalidRequestError, match="model: it doesn't begin as a safetensors file does"):
        make_plan(make_recipe("model", {"model": "0" * 64}, 0), {"0" * 64: file})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (0, "rows: 0 isn't a number of rows"),
        ({"peeple": 3}, "rows.peeple: there is no table peeple, did you"),
    ],
)
def test_rows_that_cannot_be_are_refused_by_name(rows: object, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        people_model().sample(rows)  # type: ignore[arg-type]


def test_a_column_that_is_not_there_is_refused_with_the_near_one() -> None:
    with pytest.raises(InvalidRequestError, match="columns: people has no column job_, did you mean job"):
        people_model().sample(10, columns=["job_"])
