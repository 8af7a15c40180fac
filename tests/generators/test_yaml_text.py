"""YAML of ours keeps every text a text and every number a number, for us and for other readers."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.recipe import recipe_yaml, request_for
from synthmill.generators.limits import MAX_DEPTH, MAX_INTEGER
from synthmill.generators.recipes.yaml_text import dump_yaml, load_yaml

NUMBERLIKE = [
    *("080", "089", "090", "08056", "01067", "1e2", "1E5", "0o17", "017", "0x1F", "1_000", "1_0.5", "0b11"),
    *("+5", "+4915112345678", ".5", "5.", "-0", "1:30", "12:30:00", ".inf", "-.INF", ".nan", "NaN", "1e999"),
    *("2024-12-31", "2024-12-31 10:00:00", "2024-12-31T10:00:00Z"),
]
WORDLIKE = [
    "yes",
    "no",
    "NO",
    "on",
    "Off",
    "y",
    "n",
    "true",
    "True",
    "TRUE",
    "false",
    "null",
    "Null",
    "NULL",
    "~",
]
MARKED = [
    *(
        "",
        " ",
        " a",
        "a ",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#",
        "&a",
        "*a",
        "!a",
        "%",
        "@",
        "`",
        "<<",
        "=",
        "{",
        "[a",
    ),
    *("'", '"', "a\nb", "\n", "\t", "\u2028", "\x85", "\ufeff", "\x00", "---", "..."),
]
TEXTS = [*NUMBERLIKE, *WORDLIKE, *MARKED]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_as_the_same_text(text: str) -> None:
    content = {"values": [text], "kind": text, text: {"min": text}}
    dumped = dump_yaml(content)
    assert load_yaml(dumped) == content
    assert yaml.safe_load(dumped) == content


PLAIN = (
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(st.characters(codec="utf-8"))
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
KEYS = st.text(st.characters(codec="utf-8")) | st.sampled_from([*TEXTS, "kind"])
JSON = st.recursive(
    PLAIN | FINITE | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


@given(JSON)
def test_whatever_json_can_say_comes_back_as_it_was(content: Any) -> None:
    assert json.dumps(load_yaml(dump_yaml(content))) == json.dumps(content)


@pytest.mark.parametrize(
    "text", [one for one in NUMBERLIKE if one not in ("1e2", "1E5", ".5", "1e999", "-0")]
)
def test_without_quotes_it_is_text_unless_json_would_take_it_for_a_number(text: str) -> None:
    assert load_yaml(f"values: [{text}]") == {"values": [text]}


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-7", -7), ("1e2", 100.0), ("0.10", 0.1), ("-1.5E-3", -0.0015), (".5", 0.5)],
)
def test_numbers_are_as_json_writes_them(text: str, value: float) -> None:
    found = load_yaml(text)
    assert (found, type(found)) == (value, type(value))


def test_keys_are_text_whatever_they_look_like() -> None:
    assert load_yaml("1: a\n080: b\nnull: c\ntrue: d\n") == {"1": "a", "080": "b", "null": "c", "true": "d"}


def test_codes_of_a_check_are_codes_in_the_recipe_file() -> None:
    codes = ["008", "019", "1e2", "0o17", "yes", "null", "2024-12-31"]
    reported = ", ".join(f"'{one}'" for one in codes)
    recipe = recipe_yaml(request_for(read_ddl(f"CREATE TABLE a (c text NOT NULL CHECK (c IN ({reported})))")))
    assert load_yaml(recipe)["parameters"]["tables"][0]["columns"][0]["values"] == codes
    assert yaml.safe_load(recipe)["parameters"]["tables"][0]["columns"][0]["values"] == codes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\nb: 2\na: 3", "a comes twice, in line 3"),
        ("a: &x [1]\nb: *x", "aliases aren't allowed, in line 2"),
        ("a: !!int '5'", "the tag tag:yaml.org,2002:int isn't allowed"),
        ("a: !x {}", "the tag !x isn't allowed"),
        ("? {a: b}\n: 1", "a key isn't text"),
        ("a: 1\n---\nb: 2", "several documents"),
        ("a: " + "[" * (MAX_DEPTH + 1), f"nested more than {MAX_DEPTH} deep"),
        ("a: b: c", "not YAML"),
        ("".join(f"k{i}: 1\n" for i in range(300_000)), "more than 100 keys"),
        ("{" + "".join(f"k{i}: 1," for i in range(300_000)), "more than 100 keys"),
        ("a: [" + "[]," * 2_100_000, "more than 2000000 values"),
    ],
)
def test_what_is_no_content_of_a_recipe_is_refused_where_it_stands(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        load_yaml(text, most_keys=100)
