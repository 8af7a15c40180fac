"""The manifest, and what is refused as one."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.datasets import manifest as m
from synthmill.generators.datasets.blocks import WholeFile, file_prefix, make_blocks
from synthmill.generators.datasets.file_check import check_file
from synthmill.generators.datasets.hashes import root, section
from synthmill.generators.engine.pipeline import make_plan
from tests.generators.visits import output, recipe
from tests.roots import root_of

PROFILE = m.profile_entry(b"{}")
RECIPE = recipe()
PLAN = make_plan(RECIPE)


def manifest_in_parts(cuts: set[int]) -> dict[str, Any]:
    entries = []
    for table in PLAN.tables:
        borders = [0, *sorted(cuts & set(range(1, table.blocks))), table.blocks]
        file = WholeFile(table, output(), [])
        for first, last in itertools.pairwise(borders):
            made = make_blocks(PLAN, table.name, first, last, output())
            file.blocks.extend(block for block, _ in made)
        entries.append(m.file_entry(file))
    return m.manifest(RECIPE, output(), entries, PROFILE)


WHOLE = manifest_in_parts(set())


@settings(max_examples=5)
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
    at = entry["prefix"]["size"]
    assert blake3(data[:at]).hexdigest() == entry["prefix"]["blake3"]
    for block in entry["blocks"]:
        assert blake3(data[at : at + block["size"]]).hexdigest() == block["blake3"]
        at += block["size"]
    assert at == entry["size"]
    assert entry["suffix"] == {"size": 0, "blake3": blake3(b"").hexdigest()}
    assert entry["root"] == root_of(data, entry)


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
        (b'{"manifest": 3}', "of version 3, we read 1 and 2"),
        (changed(lambda c: c.__setitem__("root", "00")), "files' roots"),
        (changed(lambda c: c["recipe"].__setitem__("seed", 8)), "the recipe"),
        (changed(lambda c: c["files"][0]["blocks"].reverse()), "block hashes of people.csv"),
        (changed(lambda c: c["files"].reverse()), "files' roots"),
        (changed(set_in_file("rows", 1)), "people.csv lacks blocks"),
        (changed(set_in_file("name", "../people.csv")), "isn't the name"),
        (changed(set_in_file("table", "../people")), "isn't the name"),
        (changed(set_in_file("name", "manifest.json")), "isn't the name"),
        (changed(set_in_file("size", 1)), "the sections of people.csv"),
        (changed(set_in_file("size", -1)), "-1 isn't the size"),
        (changed(set_in_file("size", True)), "True isn't the size"),
        (changed(set_in_file("sha256", "0" * 64)), "has a sha256 where the output asks for none"),
        (changed(lambda c: c["output"].__setitem__("sha256", True)), "or lacks one"),
        (changed(lambda c: c["files"][0]["prefix"].__setitem__("blake3", "0" * 64)), "block hashes"),
        (changed(lambda c: c["files"][0]["suffix"].__setitem__("blake3", "0" * 64)), "block hashes"),
        (changed(lambda c: c["files"][0]["prefix"].__setitem__("blake3", "0" * 62)), "isn't a BLAKE3"),
        (changed(lambda c: c["files"][0]["prefix"].__setitem__("blake3", "0" * 64 + " ")), "isn't a BLAKE3"),
        (changed(lambda c: c["profile"].pop("blake3")), "not a manifest"),
    ],
)
def test_what_does_not_agree_with_itself_is_refused(stored: bytes, reason: str) -> None:
    with pytest.raises(m.ManifestError, match=reason):
        m.parse(stored)


@pytest.mark.parametrize("table", ["../people", "/tmp/people", "a/b", "..", "", "people\n", ".hidden"])
def test_no_name_leads_out_of_the_folder_though_all_hashes_fit(table: str) -> None:
    """A forger changes table and name alike, and makes the roots again."""
    content = copy.deepcopy(WHOLE)
    content["files"][0] |= {"table": table, "name": f"{table}.csv"}
    forged = m.manifest(RECIPE, output(), content["files"], PROFILE)
    with pytest.raises(m.ManifestError, match="isn't the name of a table's file"):
        m.parse(m.dumps(forged))


def test_a_profile_of_another_name_is_refused() -> None:
    forged = m.manifest(RECIPE, output(), WHOLE["files"], {**PROFILE, "name": "../profile.json"})
    with pytest.raises(m.ManifestError, match="isn't the name of a profile"):
        m.parse(m.dumps(forged))


def test_files_are_checked_by_size_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for version, entry in (
        (1, {"size": 3, "sha256": hashlib.sha256(b"abc").hexdigest()}),
        (2, {"size": 3, "blake3": blake3(b"abc").hexdigest()}),
    ):
        path.write_bytes(b"abc")
        check_file(version, entry, path)
        path.write_bytes(b"abd")
        with pytest.raises(m.ManifestError, match="isn't what the manifest promises, from byte 0 on"):
            check_file(version, entry, path)
        path.write_bytes(b"abcd")
        with pytest.raises(m.ManifestError, match="4 bytes instead of 3"):
            check_file(version, entry, path)


def test_two_files_that_differ_in_a_column_name_alone_have_different_roots() -> None:
    table = PLAN.table("people")
    blocks = [block for block, _ in make_blocks(PLAN, "people", 0, table.blocks, output())]
    renamed = replace(table, columns=(replace(table.columns[0], name="no"), *table.columns[1:]))
    assert WholeFile(table, output(), blocks).root != WholeFile(renamed, output(), blocks).root


def test_the_root_of_known_sections_is_the_documented_one() -> None:
    sections = [section(b"id\n"), section(b"1\n2\n"), section(b"")]
    assert root(sections).hex() == "35ab5d510e0382176a4fa3afb81f2a6861ed4c6897164b180fd9cb646b66f295"


def test_a_block_stands_on_a_line_of_its_own() -> None:
    lines = m.dumps(WHOLE).decode().splitlines()
    blocks = [line for line in lines if line.startswith('    {"size": ')]
    assert len(blocks) == sum(len(entry["blocks"]) for entry in WHOLE["files"])


def test_it_is_readable_json_with_unicode_as_it_is() -> None:
    text = m.dumps({"a": "é"}).decode()
    assert text == '{\n "a": "é"\n}\n'
    assert json.loads(text) == {"a": "é"}
