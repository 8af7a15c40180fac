"""Kinds of identifiers, addresses and codes are well formed, and belong to nobody."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.schema.json_schema import object_schema
from tests.generators.fit import assert_shares
from tests.generators.worlds import cells, rows_of, world

N = 20_000


def values(kind: str, **parameters: Any) -> list[Any]:
    made: list[Any] = cells(kind, N, **parameters).to_pylist()
    return made


def choices(kind: str, parameter: str) -> list[str]:
    found: list[str] = object_schema(KINDS.get(kind).Parameters)["properties"][parameter]["enum"]
    return found


def test_uuids_of_version_7_rise_with_the_row_and_are_all_different() -> None:
    made = [
        uuid.UUID(text) for text in values("uuid7", start="2024-01-01T00:00:00Z", end="2024-01-02T00:00:00Z")
    ]
    assert len(set(made)) == N
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {uuid.RFC_4122}
    times = [one.int >> 80 for one in made]
    assert times == [1_704_067_200_000 + 86_400_000 * row // N for row in range(N)]


def test_uuids_of_version_7_take_a_columns_time() -> None:
    batch = rows_of(world({"name": "u", "kind": "uuid7", "column": "at"}), "cells").to_pylist()
    for row in batch:
        assert uuid.UUID(row["u"]).int >> 80 == int(row["at"].timestamp()) * 1_000
    with pytest.raises(InvalidRequestError, match="isn't a timestamp"):
        rows_of(world({"name": "u", "kind": "uuid7", "column": "id"}), "cells")


@pytest.mark.parametrize("version", ["4", "6"])
@pytest.mark.parametrize("range_", ["documentation", "private"])
def test_addresses_are_canonical_and_of_their_range(version: str, range_: str) -> None:
    for text in values("ip_address", version=version, range=range_):
        address = ipaddress.ip_address(text)
        assert str(address) == text
        assert str(address.version) == version
        assert address.is_private


def test_addresses_are_spread_over_all_of_the_given_networks() -> None:
    made = values("ip_address", networks=["192.0.2.0/29", "203.0.113.128/30"])
    hosts = [f"192.0.2.{at}" for at in range(8)] + [f"203.0.113.{at}" for at in range(128, 132)]
    assert_shares(Counter(made), dict.fromkeys(hosts, 1))
    for wrong in ("10.0.0.1/8", "2001:db8::/32", "nowhere"):
        with pytest.raises(InvalidRequestError, match="networks"):
            values("ip_address", networks=[wrong])


def test_mac_addresses_are_given_out_locally() -> None:
    for text in values("mac_address"):
        assert re.fullmatch("[0-9a-f]{2}(:[0-9a-f]{2}){5}", text)
        assert int(text[:2], 16) & 3 == 2


def luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


@pytest.mark.parametrize("brand", choices("card_number", "brand"))
def test_card_numbers_have_right_check_digits_and_are_of_test_ranges(brand: str) -> None:
    made = values("card_number", brand=brand)
    assert all(luhn(number) for number in made)
    assert len({number[:8] for number in made}) == 1
    assert len({len(number) for number in made}) == 1
    grouped = values("card_number", brand=brand, form="grouped")
    assert [text.replace(" ", "") for text in grouped] == made
    assert " " in grouped[0]


IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "CH": 21, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "IE": 22,
    "IT": 27, "LU": 20, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "SE": 24,
}  # fmt: skip


@pytest.mark.parametrize("country", choices("iban", "country"))
def test_ibans_have_right_check_digits_and_their_countrys_length(country: str) -> None:
    made = values("iban", country=country)
    for text in made:
        assert len(text) == IBAN_LENGTHS[country]
        assert int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1
    printed = values("iban", country=country, form="printed")
    assert [text.replace(" ", "") for text in printed] == made
    assert all(len(group) == 4 for group in printed[0].split(" ")[:-1])


def spain(number: str) -> bool:
    weights, checks = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6), []
    for part in ("00" + number[:8], number[10:]):
        rest = 11 - sum(int(digit) * weight for digit, weight in zip(part, weights, strict=True)) % 11
        checks.append({10: 1, 11: 0}.get(rest, rest))
    return number[8:10] == "".join(map(str, checks))


NATIONAL_CHECKS: dict[str, Callable[[str], bool]] = {
    "BE": lambda number: (int(number[:10]) - 1) % 97 + 1 == int(number[10:]),
    "ES": spain,
    "FI": luhn,
    "FR": lambda number: (
        (89 * int(number[:5]) + 15 * int(number[5:10]) + 3 * int(number[10:21]) + int(number[21:])) % 97 == 0
    ),
    "NO": lambda number: luhn(number[4:]),
    "PT": lambda number: int(number) % 97 == 1,
}


@pytest.mark.parametrize("country", NATIONAL_CHECKS)
def test_account_numbers_have_the_check_digits_of_their_country(country: str) -> None:
    made = values("iban", country=country)
    assert all(NATIONAL_CHECKS[country](text[4:]) for text in made)
    assert len(set(made)) > 0.98 * len(made)


def test_digests_have_their_length() -> None:
    for algorithm, digits in (("md5", 32), ("sha1", 40), ("sha256", 64), ("sha512", 128)):
        made = values("hash", algorithm=algorithm)
        assert all(re.fullmatch(f"[0-9a-f]{{{digits}}}", text) for text in made)
        assert len(set(made)) == N


def test_colours_have_their_forms() -> None:
    assert all(re.fullmatch("#[0-9a-f]{6}", text) for text in values("colour"))
    for text in values("colour", form="rgb"):
        found = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", text)
        assert found
        assert all(int(channel) < 256 for channel in found.groups())
    assert {"teal", "navy"} < set(values("colour", form="name"))


def test_urls_file_names_and_user_names_look_like_such() -> None:
    assert all(re.fullmatch(r"https://example\.(com|org|net)/\w+/\w+", text) for text in values("url"))
    assert all(re.fullmatch(r"\w+_\w+\.[a-z0-9]+", text) for text in values("file_name"))
    names = values("username")
    assert len(set(names)) == N
    assert all(re.fullmatch(r"[a-z]+_[a-z]+\d+", text) for text in names)


def test_licence_plates_have_their_countrys_form() -> None:
    assert all(
        re.fullmatch(r"[A-Z]{2}-\d{3}-[A-Z]{2}", text) for text in values("licence_plate", country="FR")
    )
    for country in choices("licence_plate", "country"):
        assert len(set(values("licence_plate", country=country))) > 1_000


def test_later_browsers_are_more_common() -> None:
    made = values("user_agent", device="desktop")
    assert not any("Mobile" in text for text in made)
    seen = Counter(text for text in made if "Chrome/145" in text or "Chrome/121" in text)
    newer, older = (sum(n for text, n in seen.items() if version in text) for version in ("e/145", "e/121"))
    assert newer > 5 * older


def test_sequences_of_version_7_never_fall() -> None:
    made = cells("uuid7", 1_000, start="2024-01-01T00:00:00Z", end="9999-01-01T00:00:00Z").to_pylist()
    assert all(one[:13] <= other[:13] for one, other in pairwise(made))
