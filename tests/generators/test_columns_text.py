"""Kinds of text and of time say what they should."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.columns.wordlist import entries, words
from synthmill.generators.errors import InvalidRequestError
from tests.generators.fit import assert_continuous, assert_shares
from tests.generators.worlds import KINDS, cells, rows_of, subject, world

N = 20_000


def values(kind: str, **parameters: Any) -> list[Any]:
    made: list[Any] = cells(kind, N, **parameters).to_pylist()
    return made


def test_uuids_are_version_4_and_all_different() -> None:
    made = values("uuid")
    assert len(set(made)) == N
    assert all(str(uuid.UUID(text)) == text for text in made)
    assert {uuid.UUID(text).version for text in made} == {4}
    assert {uuid.UUID(text).variant for text in made} == {uuid.RFC_4122}
    assert_shares(Counter(text[0] for text in made), dict.fromkeys("0123456789abcdef", 1))


@pytest.mark.parametrize("kind", ["first_name", "last_name"])
def test_names_of_a_list_of_ones_own_are_equally_likely(kind: str) -> None:
    assert_shares(Counter(values(kind, words=["Ö", "Ü"])), {"Ö": 1, "Ü": 1})


def test_whole_names_pair_any_first_with_any_last_name() -> None:
    made = values("name", first_names=["A", "B", "C"], last_names=["X", "Y Z"])
    assert_shares(Counter(made), {f"{a} {x}": 1 for a in "ABC" for x in ("X", "Y Z")})


def test_products_have_three_words_from_three_lists() -> None:
    lists = [{"Big", "Old"}, {"Oak", "Tin"}, {"Box", "Pen"}]
    for name in subject("product_name").to_pylist():
        assert all(word in listed for word, listed in zip(name.split(), lists, strict=True))


def test_addresses_are_made_of_the_rows_names() -> None:
    column = {"name": "email", "kind": "email", "columns": ["first", "last"], "numbered": True}
    batch = rows_of(world(column), "cells").to_pylist()
    for at, row in enumerate(batch):
        local = f"{row['first']}.{row['last']}{at + 1}".lower().replace(" ", ".")
        assert row["email"] in {f"{local}@example.{end}" for end in ("com", "org", "net")}
    assert len({row["email"] for row in batch}) == len(batch)


def test_an_address_is_null_where_a_name_is() -> None:
    parameters = world({"name": "email", "kind": "email", "columns": ["first", "last"]})
    (first,) = (column for column in parameters["tables"][2]["columns"] if column["name"] == "first")
    first["nulls"] = 0.5
    batch = rows_of(parameters, "cells")
    assert batch.schema.field("email").nullable
    assert batch["email"].is_null().equals(batch["first"].is_null())


def test_addresses_of_their_own_look_like_addresses() -> None:
    made = values("email")
    assert all(re.fullmatch(r"[a-z.]+@example\.(com|org|net)", text) for text in made)
    with pytest.raises(InvalidRequestError, match="isn't text"):
        subject("email", columns=["id"])


def test_phone_numbers_fill_their_pattern() -> None:
    made = values("phone")
    assert all(re.fullmatch(r"\+1-\d{3}-555-01\d{2}", text) for text in made)
    assert_shares(Counter(text[-1] for text in made), dict.fromkeys("0123456789", 1))
    assert values("phone", pattern="Tür 7")[0] == "Tür 7"
    with pytest.raises(InvalidRequestError, match="more than 15"):
        values("phone", pattern="#" * 16)


def test_countries_come_by_weight_in_either_form() -> None:
    weights = {code: float(weight) for _, code, weight in entries("countries")}
    assert_shares(Counter(values("country", form="code")), weights)
    codes = {name: code for name, code, _ in entries("countries")}
    assert [codes[name] for name in values("country")] == values("country", form="code")


@pytest.mark.parametrize("form", ["name", "code"])
def test_cities_lie_in_the_rows_country(form: str) -> None:
    place = 0 if form == "name" else 1
    country_of = {entry[1]: entry[place] for entry in entries("countries")}
    cities = {(city, country_of[code]) for city, code in entries("cities")}
    land = {"name": "place", "kind": "country", "form": form, "nulls": 0.1}
    batch = rows_of(world(land, {"name": "city", "kind": "city", "country": "place"}), "cells")
    pairs = set(zip(batch["city"].to_pylist(), batch["place"].to_pylist(), strict=True))
    assert pairs <= cities | {(None, None)}
    assert len(pairs) > 100
    assert set(values("city")) == set(words("cities"))


def test_every_city_belongs_to_a_country_and_lists_are_in_the_same_order() -> None:
    order = list(dict.fromkeys(code for _, code in entries("cities")))
    assert order == [code for _, code, _ in entries("countries")]


def test_sentences_have_their_numbers_of_words() -> None:
    made = values("text", min_words=1, max_words=4)
    assert all(re.fullmatch(r"[A-Z][a-z]*( [a-z]+){0,3}\.", text) for text in made)
    assert_shares(Counter(text.count(" ") + 1 for text in made), dict.fromkeys(range(1, 5), 1))
    listed = set(words("words"))
    assert {text.rstrip(".").lower().split()[-1] for text in made} == listed


def test_words_alone_are_as_given() -> None:
    made = values("text", min_words=2, max_words=2, form="words", words=["ß", "b"])
    assert_shares(Counter(made), dict.fromkeys(["ß ß", "ß b", "b ß", "b b"], 1))


def test_dates_are_spread_evenly() -> None:
    column = cells("date", N, start="2024-02-27", end="2024-03-02")
    assert column.type == pa.date32()
    days = {date(2024, 2, 27) + timedelta(days=d): 1 for d in range(5)}
    assert_shares(Counter(column.to_pylist()), days)


def test_timestamps_are_spread_evenly_in_steps() -> None:
    column = cells(
        "timestamp", N, start="2024-01-01T00:30:00", end="2024-01-01T05:30:00+01:00", precision="hour"
    )
    assert column.type == pa.timestamp("us", tz="UTC")
    hours = {datetime(2024, 1, 1, h, 30, tzinfo=UTC): 1 for h in range(5)}
    assert_shares(Counter(column.to_pylist()), hours)
    fine = cells(
        "timestamp",
        N,
        start="0001-01-01T00:00:00Z",
        end="9999-12-31T23:59:59.999999Z",
        precision="microsecond",
    )
    assert_continuous([moment.toordinal() for moment in fine.to_pylist()], lambda x: x / date.max.toordinal())


@pytest.mark.parametrize("through", [None, "folk", "friend_id"])
def test_later_times_are_later_by_what_they_should(through: str | None) -> None:
    later = {"name": "later", "kind": "later", "column": "at", "min": "2h", "max": "5h", "precision": "hour"}
    seen = {"name": "seen", "kind": "parent", "column": "at", "through": through} if through else {}
    batch = rows_of(world({**later, "through": through}, *([seen] if seen else [])), "cells").to_pylist()
    waits = Counter(row["later"] - row["seen" if through else "at"] for row in batch)
    assert_shares(waits, {timedelta(hours=h): 1 for h in (2, 3, 4, 5)})


def test_later_times_stop_at_the_end_but_keep_their_minimum() -> None:
    until = datetime(2023, 6, 1, tzinfo=UTC)
    column = {
        "name": "later",
        "kind": "later",
        "column": "at",
        "min": "1h",
        "max": "9000d",
        "until": until.isoformat(),
    }
    for row in rows_of(world(column), "cells").to_pylist():
        assert row["at"] + timedelta(hours=1) <= row["later"] <= max(until, row["at"] + timedelta(hours=1))


def test_later_times_are_the_same_whether_or_not_others_near_them_reach_the_end() -> None:
    column = {
        "name": "later",
        "kind": "later",
        "column": "at",
        "min": "1h",
        "max": "90d",
        "until": "2022-06-30T00:00:00Z",
    }
    together = rows_of(world(column), "cells")["later"]
    apart = [rows_of(world(column), "cells", start=row, stop=row + 1)["later"][0] for row in range(50)]
    assert together[:50].to_pylist() == [cell.as_py() for cell in apart]


def test_later_times_never_pass_the_last_year() -> None:
    column = {"name": "later", "kind": "later", "column": "at", "min": "99999w", "max": "499999w"}
    assert max(rows_of(world(column), "cells")["later"].to_pylist()).year == 9999


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("date", {"start": "2024-02-30"}, "start"),
        ("date", {"start": 5}, "start"),
        ("date", {"end": "1999-01-01"}, "end"),
        ("timestamp", {"start": "noon"}, "start"),
        ("timestamp", {"end": "1999-01-01T00:00:00Z"}, "end"),
        ("timestamp", {"precision": "week"}, "precision"),
        ("later", {"min": "9 days"}, "min"),
        ("later", {"max": "99999999w"}, "max"),
        ("later", {"max": "1ms"}, "max"),
        ("later", {"column": "id"}, "column"),
        ("text", {"min_words": 7}, "max_words"),
    ],
)
def test_times_that_make_no_sense_are_refused(kind: str, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        subject(kind, **change)
    assert refusal.value.errors[0].field == f"tables[cells].columns[subject].{field}"


def test_moments_are_kept_in_one_spelling() -> None:
    column = {"name": "c", **KINDS["timestamp"][0], "kind": "timestamp", "start": "2023-01-01 01:00+01:00"}
    same = {**column, "start": "2023-01-01T00:00:00Z"}
    assert rows_of(world(column), "cells")["c"].equals(rows_of(world(same), "cells")["c"])
