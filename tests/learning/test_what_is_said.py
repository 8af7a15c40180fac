"""What a fit changes of the data it says, and what it can't learn from it refuses by name."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import synthmill
from synthmill.generators.columns.locales import locale_data
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning import ModelFileError, fit, fit_options, load
from tests.learning.models import people_model


def warned(columns: Mapping[str, Any]) -> list[str]:
    found: list[str] = fit({"t": pa.table(columns)}, fit_options({})).description["warnings"]
    return found


def test_infinities_that_become_null_are_counted() -> None:
    said = warned({"a": [float("inf"), -float("inf"), float("nan"), 1.5, None] * 20})
    assert "a: 40 infinite numbers are learnt as null" in said


def test_durations_are_said_to_become_numbers() -> None:
    said = warned({"a": pa.array(list(range(40)), pa.duration("ms"))})
    assert said == ["a: durations are learnt, and made, as whole numbers of ms"]


def test_times_of_day_are_said_to_become_texts() -> None:
    assert "a: cells of time64[us] are learnt, and made, as texts" in warned(
        {"a": pa.array([one * 10**6 for one in range(40)], pa.time64("us"))}
    )


@pytest.mark.parametrize(
    "index",
    [pd.Index(list("ab") * 20), pd.RangeIndex(40, name="id"), pd.date_range("2020", periods=40)],
    ids=["texts", "a name", "dates"],
)
def test_an_index_that_says_something_is_refused_with_what_to_do(index: pd.Index) -> None:
    frame = pd.DataFrame({"a": range(40)}, index=index)
    with pytest.raises(InvalidRequestError, match=r"an index that isn't of row numbers.*reset_index"):
        synthmill.fit(frame)
    synthmill.fit(frame.reset_index(drop=True))


def test_the_row_numbers_of_a_filtered_frame_say_nothing() -> None:
    frame = pd.DataFrame({"a": range(80)})
    assert synthmill.fit(frame[frame.a % 2 == 0]).description["tables"][0]["rows"] == 40


def test_numbers_whose_means_overflow_are_refused_by_name() -> None:
    with pytest.raises(InvalidRequestError, match=r"tables\[t\]\.columns\[a\]: has numbers beyond 1e\+300"):
        warned({"a": [1.7e308, -1.7e308] * 20})


def test_numbers_near_the_limit_are_made_without_a_warning() -> None:
    values = np.random.default_rng(0).uniform(-1e300, 1e300, 400)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = fit({"t": pa.table({"a": values})}, fit_options({})).sample(300)["t"].column("a")
    assert np.isfinite(made.to_numpy()).all()


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([2**22 + one for one in range(40)], pa.int32()).cast(pa.date32()),
        pa.array([2**58 + one for one in range(40)], pa.timestamp("us")),
    ],
    ids=["dates", "times"],
)
def test_dates_beyond_the_year_9999_are_refused(cells: pa.Array) -> None:
    with pytest.raises(InvalidRequestError, match="has dates beyond the years 1 to 9999"):
        warned({"a": cells})


@pytest.mark.parametrize("value", [date(2020, 5, 17), datetime(2020, 5, 17)], ids=["date", "time"])
def test_a_damaged_model_with_a_date_beyond_the_year_9999_is_refused(value: Any) -> None:
    model = fit({"t": pa.table({"a": [value] * 40})}, fit_options({}))
    day = (date(2020, 5, 17) - date(1970, 1, 1)).days.to_bytes(8, "little")
    data = model.to_bytes()
    assert data.count(day) == 1
    with pytest.raises(ModelFileError, match="beyond the years 1 to 9999"):
        load(data.replace(day, (5_000_000).to_bytes(8, "little")))


def names(locale: str, of: str, count: int) -> list[str]:
    """Names as often as they come there."""
    listed = locale_data(locale)[of]["female"]
    weights = np.array(listed["weights"], float)
    drawn = np.random.default_rng(0).choice(listed["words"], count, p=weights / weights.sum())
    return [str(one) for one in drawn]


def german() -> pa.Table:
    return pa.table(
        {
            "first_name": names("de_DE", "first_names", 200),
            "last_name": names("de_DE", "last_names", 200),
            "phone": [f"+49 30 {1_000_000 + number}" for number in range(200)],
            "email": [f"n{number}@mail.test" for number in range(200)],
        }
    )


def known(values: list[str], locale: str, of: str) -> float:
    words = {word for sex in locale_data(locale)[of].values() for word in sex["words"]}
    return sum(one in words for one in values) / len(values)


def test_german_names_and_numbers_stay_german() -> None:
    made = fit({"t": german()}, fit_options({})).sample(300)["t"].to_pydict()
    assert known(made["first_name"], "de_DE", "first_names") == 1
    assert known(made["last_name"], "de_DE", "last_names") == 1
    assert all(one.startswith("+49") for one in made["phone"])


@pytest.mark.parametrize("locale", ["fr_FR", "it_IT", "en_US", "pl_PL", "es_MX"])
def test_the_locale_is_that_of_the_names(locale: str) -> None:
    rows = {"last_name": names(locale, "last_names", 300), "x": list(range(300))}
    made = fit({"t": pa.table(rows)}, fit_options({"roles": {"t": {"last_name": "personal"}}})).sample(300)
    assert known(made["t"].column("last_name").to_pylist(), locale, "last_names") == 1


def test_the_locale_can_be_said() -> None:
    made = fit({"t": german()}, fit_options({"locale": "fr_FR"})).sample(200)["t"].to_pydict()
    assert known(made["first_name"], "fr_FR", "first_names") == 1
    assert all(re.match(r"\+33", one) for one in made["phone"])
    with pytest.raises(InvalidRequestError, match="locale: 'xx_XX' isn't one of its values"):
        fit_options({"locale": "xx_XX"})


def test_a_model_with_a_locale_is_read_as_it_was_saved() -> None:
    model = fit({"t": german()}, fit_options({}))
    assert load(model.to_bytes()).sample(50)["t"].equals(model.sample(50)["t"])


def test_names_of_nowhere_are_replaced_by_the_usual_ones() -> None:
    made = people_model().sample(100)["people"].column("first_name").to_pylist()
    assert known(made, "en_US", "first_names") == 1
