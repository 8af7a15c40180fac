"""The manifest, and what is refused as one."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.datasets import manifest as m
from synthmill.generators.datasets.blocks import Block, file_prefix, file_suffix, make_blocks
from synthmill.generators.engine.planning import make_plan
from tests.generators.visits import output, recipe

PROFILE = {"name": m.PROFILE_NAME, "size": 2, "sha256": "0" * 64}
RECIPE = recipe()
PLAN = make_plan(RECIPE)


def manifest_in_parts(cuts: set[int]) -> dict[str, Any]:
    entries = []
    for table in PLAN.tables:
        borders = [0, *sorted(cuts & set(range(1, table.blocks))), table.blocks]
        blocks: list[Block] = []
        data = file_prefix(table, output())
        for first, last in itertools.pairwise(borders):
            for block, body in make_blocks(PLAN, table.name, first, last, output()):
                blocks.append(block)
                data += body
        data += file_suffix(table, output(), blocks)
        entries.append(m.file_entry(table, output(), blocks, len(data), hashlib.sha256(data).hexdigest()))
    return m.manifest(RECIPE, output(), entries, PROFILE)


WHOLE = manifest_in_parts(set())


@settings(max_examples=5, deadline=None)
@given(st.sets(st.integers(1, 2)))
def test_the_manifest_does_not_depend_on_the_cut(cuts: set[int]) -> None:
    assert m.dumps(manifest_in_parts(cuts)) == m.dumps(WHOLE)


def test_a_manifest_reads_back() -> None:
    assert m.parse(m.dumps(WHOLE)) == WHOLE
    assert m.recipe_of(WHOLE) == RECIPE
    assert m.output_of(WHOLE) == output()


def test_it_says_what_the_files_are() -> None:
    assert [entry["name"] for entry in WHOLE["files"]] == ["people.csv", "visits.csv"]
    assert WHOLE["rows"] == 210_001
    assert WHOLE["size"] == sum(entry["size"] for entry in WHOLE["files"])
    people = m.get_file(WHOLE, "people.csv")
    assert people["primary_key"] == ["id"]
    assert people["columns"] == [
        {"name": "id", "type": "int64", "nullable": False, "kind": "sequence", "pii": False},
        {"name": "size", "type": "int64", "nullable": True, "kind": "integer", "pii": False},
    ]
    with pytest.raises(KeyError):
        m.get_file(WHOLE, "nobody.csv")


def test_blocks_can_be_found_in_the_file() -> None:
    table, entry = PLAN.table("visits"), m.get_file(WHOLE, "visits.csv")
    data = file_prefix(table, output())
    data += b"".join(body for _, body in make_blocks(PLAN, "visits", 0, 3, output()))
    at = entry["prefix_size"]
    for block in entry["blocks"]:
        assert hashlib.sha256(data[at : at + block["size"]]).hexdigest() == block["sha256"]
        at += block["size"]
    assert at == entry["size"]


def test_it_holds_nothing_of_when_and_where() -> None:
    assert not {"created_at", "id", "job", "host"} & set(WHOLE)


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    content = copy.deepcopy(WHOLE)
    change(content)
    return m.dumps(content)


def set_in_file(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["files"][0].__setitem__(key, value)


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (b"", "not a manifest"),
        (b"[]", "not a manifest"),
        (b"{}", "not a manifest"),
        (b"\xff\xfe", "not a manifest"),
        (b'{"manifest": 2}', "of version 2"),
        (changed(lambda c: c.__setitem__("root", "00")), "files' roots"),
        (changed(lambda c: c["recipe"].__setitem__("seed", 8)), "the recipe"),
        (changed(lambda c: c["files"][0]["blocks"].reverse()), "block hashes of people.csv"),
        (changed(lambda c: c["files"].reverse()), "files' roots"),
        (changed(set_in_file("rows", 1)), "people.csv lacks blocks"),
        (changed(set_in_file("name", "../people.csv")), "isn't the name"),
        (changed(set_in_file("table", "../people")), "isn't the name"),
        (changed(set_in_file("name", "manifest.json")), "isn't the name"),
    ],
)
def test_what_does_not_agree_with_itself_is_refused(stored: bytes, reason: str) -> None:
    with pytest.raises(m.ManifestError, match=reason):
        m.parse(stored)


def test_files_are_checked_by_size_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"abc")
    entry = {"size": 3, "sha256": hashlib.sha256(b"abc").hexdigest()}
    m.check_file(entry, path)
    path.write_bytes(b"abd")
    with pytest.raises(m.ManifestError, match="sha256"):
        m.check_file(entry, path)
    path.write_bytes(b"abcd")
    with pytest.raises(m.ManifestError, match="4 bytes instead of 3"):
        m.check_file(entry, path)


def test_it_is_readable_json_with_unicode_as_it_is() -> None:
    text = m.dumps({"a": "é"}).decode()
    assert text == '{\n "a": "é"\n}\n'
    assert json.loads(text) == {"a": "é"}
