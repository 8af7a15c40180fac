"""Files in whatever encoding they were saved: it is seen, or named, or asked for."""

from __future__ import annotations

import io

import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.csv_file import CsvOptions
from synthmill.generators.importing.data import read_data
from synthmill.generators.importing.encoding import decoded

SHOWN = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
FALLBACK = ["latin-1", "cp1252"]
DDL = "CREATE TABLE a (stadt text CHECK (stadt IN ('Köln', 'Ulm')));"
CSV = "id;stadt\n1;Köln\n2;Ulm\n3;Köln\n"


@pytest.mark.parametrize("encoding", SHOWN)
def test_what_a_file_shows_is_seen(encoding: str) -> None:
    notes = list[str]()
    assert decoded(DDL.encode(encoding), None, notes) == DDL
    assert notes == []


@pytest.mark.parametrize("encoding", FALLBACK)
def test_what_is_not_utf_8_is_read_as_that_of_windows_and_that_is_said(encoding: str) -> None:
    notes = list[str]()
    assert decoded(DDL.encode(encoding), None, notes) == DDL
    assert notes == ["it isn't UTF-8, so it was read as windows-1252; `encoding` (--encoding) names another"]


@pytest.mark.parametrize("encoding", ["cp1251", "shift_jis", "mac_roman", "utf-16-be"])
def test_an_encoding_that_is_named_is_taken(encoding: str) -> None:
    text = {"cp1251": "Москва", "shift_jis": "東京"}.get(encoding, "Köln")
    notes = list[str]()
    assert decoded(text.encode(encoding), encoding, notes) == text
    assert notes == []


@pytest.mark.parametrize(
    ("data", "encoding", "reason"),
    [
        (b"\x81\x8d", None, "isn't utf-8"),
        (b"K\xf6ln", "utf-8", "isn't utf-8"),
        (b"\xff\xfea", None, "isn't utf-16"),
        (b"a", "nope", "unknown encoding 'nope'"),
        (b"a", "base64", "unknown encoding 'base64'"),
        (b"a", "a\0b", "unknown encoding"),
    ],
)
def test_what_is_in_no_such_encoding_is_refused_with_the_name_of_the_option(
    data: bytes, encoding: str | None, reason: str
) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        decoded(data, encoding, [])
    [error] = refusal.value.errors
    assert error.field == "encoding"
    assert error.reason.startswith(reason)


@pytest.mark.parametrize("encoding", [*SHOWN, *FALLBACK])
def test_csv_is_read_in_any_of_them(encoding: str) -> None:
    facts = read_data(io.BytesIO(CSV.encode(encoding)), "t", "csv")
    parameters = facts.tables[0].columns["stadt"].parameters
    assert parameters is not None
    assert (list(facts.tables[0].columns), parameters["values"]) == (["id", "stadt"], ["Köln", "Ulm"])
    assert any("windows-1252" in note for note in facts.notes) == (encoding in FALLBACK)


def test_csv_is_read_in_the_encoding_that_is_named() -> None:
    content = io.BytesIO("id,x\n1,Москва\n2,Москва\n".encode("cp1251"))
    parameters = read_data(content, "t", "csv", CsvOptions("cp1251")).tables[0].columns["x"].parameters
    assert parameters is not None and parameters["values"] == ["Москва"]
