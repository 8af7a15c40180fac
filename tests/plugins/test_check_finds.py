"""`synthmill plugins check` says what an author did wrong, where, and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthmill.command import main
from synthmill.generators.contract_checks.run import Outcome, check_package
from tests.plugin_packages import on_the_path, write_package

KIND = """
import numpy as np, pyarrow as pa
import synthmill.plugins as sm

class OddParameters(sm.ColumnParameters):
    of = sm.NameField("The column to look at.", default=None, examples=["label"])
    words = sm.ItemsField("Words.", sm.TextField("A word."), default=None, examples=[{words}])

def compile_odd(parameters, scope):
    key = scope.key()
    def cells(rows):
        draws = sm.bounded(rows.draw(key), 1_000).astype(np.int64)
        {cells}
    {compile}

KIND = sm.Kind("odd", "Odd", "A kind of its own.", OddParameters, compile_odd, {example}, {more})
"""
GOOD = {
    "words": '["a", "b"]',
    "cells": "return sm.Integers(draws)",
    "compile": "return sm.Column(pa.int64(), cells)",
    "example": "{}",
    "more": "",
}
FORMAT = """
import pyarrow as pa
import synthmill.plugins as sm

class Odd:
    name, extension, media_type = "odd", "odd", "text/plain"
    compressions, compresses_inside = ("none",), False
    def codec(self, compression): return "odd 1"
    def prefix(self, table, compression): return b""
    def encode(self, table, cells, compression):
        {encode}
    def suffix(self, table, compression, blocks): return b""

FORMAT = Odd()
"""
STRATEGY = """
import numpy as np, pyarrow as pa
import synthmill.plugins as sm

class OddParameters(sm.Parameters):
    rows = sm.WholeField("How many rows.", 1, 9_000, default=3_000)

class Odd:
    name, title, description, Parameters = "odd", "Odd", "A strategy of its own.", OddParameters
    def inputs(self, parameters): return ()
    def plan(self, parameters, seed, inputs):
        columns = (sm.ColumnPlan("a", {type}, False, "a"),)
        return sm.Plan({name}, (sm.TablePlan("t", parameters["rows"], 1_024, columns),), sm.key(seed, "a"))
    def cells(self, plan, table, start, stop, columns, results):
        draws = sm.mix(plan.data, np.arange(start, stop, dtype=np.uint64))
        return {{"a": sm.Integers(sm.bounded(draws, 9).astype(np.int64))}}

STRATEGY = Odd()
"""


def checked(folder: Path, group: str, attribute: str, source: str) -> list[Outcome]:
    module = f"odd_{folder.name}"
    package = f"odd-{folder.name}".replace("_", "-").lower()
    entry = f"[synthmill.{group}]\nodd = {module}:{attribute}\n"
    write_package(folder, package, "1.0", entry, {module: source})
    with on_the_path(folder):
        return list(check_package(package))


def kind(folder: Path, **changes: str) -> list[Outcome]:
    return checked(folder, "column_kinds", "KIND", KIND.format(**GOOD | changes))


def broken(outcomes: list[Outcome]) -> dict[str, str]:
    return {one.promise: str(one.reason) for one in outcomes if one.state == "broken"}


def in_state(outcomes: list[Outcome], state: str) -> set[str]:
    return {one.promise for one in outcomes if one.state == state}


OF = {"compile": "of = scope.source(parameters['of'])\n    return sm.Column(of.type, of.cells)"}
LABEL = '[{"name": "cells", "rows": 90, "columns": [{"name": "label", "kind": "first_name"}]}]'


def test_a_kind_that_looks_at_another_column_brings_the_table_that_it_is_in(tmp_path: Path) -> None:
    outcomes = kind(tmp_path, **OF, example='{"of": "label"}', more=f"check_tables={LABEL}")
    assert set(broken(outcomes)) <= {
        "every parameter changes something",
        "another seed gives other cells or nothing is random",
    }
    assert "cells have the planned type" in in_state(outcomes, "kept")


def test_a_column_that_is_not_there_is_one_broken_promise_and_the_rest_is_not_tried(tmp_path: Path) -> None:
    outcomes = kind(tmp_path, **OF, example='{"of": "label"}')
    (reason,) = broken(outcomes).values()
    assert "has no column label (there are: id, number, amount, word" in reason
    untried = in_state(outcomes, "not tried")
    assert {"cells follow from their row alone", "every format can write the cells"} <= untried
    assert {one.reason for one in outcomes if one.state == "not tried"} == {
        "because of: cells have the planned type"
    }


@pytest.mark.parametrize(
    ("changes", "promise", "reported"),
    [
        (
            {"compile": "return sm.Column(pa.string(), cells)"},
            "cells have the planned type",
            "they are Integers",
        ),
        ({"cells": "return pa.array(draws)"}, "cells have the planned type", "gave a Int64Array: give cells"),
        ({"words": '"WBA"'}, "the examples of parameters are valid", "words refuses its own example 'WBA'"),
        (
            {
                "cells": "return sm.Concat((b'seventeen-bytes-', sm.Digits(draws % 10, 1)))",
                "compile": "return sm.Column(pa.string(), cells, width=3)",
            },
            "text is about as long as planned",
            "17 bytes long on average, and the plan says width = 3",
        ),
    ],
)
def test_what_a_kind_does_wrong_is_said(
    changes: dict[str, str], promise: str, reported: str, tmp_path: Path
) -> None:
    assert reported in broken(kind(tmp_path, **changes))[promise]


def test_an_authors_mistake_is_told_once_with_its_place(tmp_path: Path) -> None:
    outcomes = kind(tmp_path, cells="return {}['maker']")
    (reason,) = broken(outcomes).values()
    line = KIND.format(**GOOD).splitlines().index("        return sm.Integers(draws)") + 1
    assert reason == f"KeyError: 'maker' (odd_{tmp_path.name}.py:{line}, in cells)"


def test_signed_numbers_given_to_mix_are_told_with_their_place(tmp_path: Path) -> None:
    outcomes = kind(tmp_path, cells="return sm.Integers(sm.mix(key, draws).astype(np.int64))")
    (reason,) = broken(outcomes).values()
    assert reason.endswith("in cells)")


@pytest.mark.parametrize(
    ("encode", "reported"),
    [
        ("return b'1'", "encode gives a bytes: give Encoded(body)"),
        ("raise ValueError('no')", "by ValueError (no): raise TypeError"),
        (
            "if any(pa.types.is_list(c.type) for c in table.columns): raise pa.ArrowInvalid('no')\n"
            "        return sm.Encoded(repr(sm.to_batch(cells, table.schema).to_pylist()).encode())",
            "by ArrowInvalid (no): raise TypeError",
        ),
    ],
)
def test_what_a_format_does_wrong_is_said_once(encode: str, reported: str, tmp_path: Path) -> None:
    outcomes = checked(tmp_path, "formats", "FORMAT", FORMAT.format(encode=encode))
    assert reported in broken(outcomes)["it writes every value or refuses its type (none)"]
    assert "blocks made in any order give one file (none)" in in_state(outcomes, "not tried")


def test_promises_about_what_there_is_not_do_not_apply(tmp_path: Path) -> None:
    encode = "return sm.Encoded(repr(sm.to_batch(cells, table.schema).to_pylist()).encode())"
    outcomes = checked(tmp_path, "formats", "FORMAT", FORMAT.format(encode=encode))
    assert broken(outcomes) == {}
    assert in_state(outcomes, "doesn't apply") == {
        "a file reads back as it was (none)",
        "a compressed block can be unpacked alone (none)",
    }
    folder = tmp_path / "strategy"
    folder.mkdir()
    outcomes = checked(folder, "strategies", "STRATEGY", STRATEGY.format(type="pa.int64()", name="self.name"))
    assert broken(outcomes) == {}
    assert in_state(outcomes, "doesn't apply") == {
        "an input that is not there is refused",
        "rows that need a stage are not made without",
        "the same results ask for the same stage",
        "the blocks of a pure stage are the same in any order",
        "any cut of a stage combines to the same",
        "any stretch of events is that of the whole",
    }


@pytest.mark.parametrize(
    ("type_", "name", "promise", "reported"),
    [
        (
            "pa.int64()",
            "'Odd'",
            "its plan is a plan of its own",
            "its name is 'odd', and its plan is one of 'Odd'",
        ),
        ("pa.string()", "self.name", "cells have the planned types", "t.a: they are Integers"),
    ],
)
def test_what_a_strategy_does_wrong_is_said_once(
    type_: str, name: str, promise: str, reported: str, tmp_path: Path
) -> None:
    outcomes = checked(tmp_path, "strategies", "STRATEGY", STRATEGY.format(type=type_, name=name))
    assert [(one, reported in reason) for one, reason in broken(outcomes).items()] == [(promise, True)]
    assert "any cut gives the same values" in in_state(outcomes, "not tried")


@pytest.mark.slow
def test_all_that_synthmill_brings_keeps_its_promises(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "check", "synthmill"]) == 0
    assert "broken" not in capsys.readouterr().err
