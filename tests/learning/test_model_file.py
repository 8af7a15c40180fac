"""Model files: what is saved is what is read, and hostile bytes are refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.learning import ModelFileError, load
from tests.learning.models import people_model


@pytest.mark.parametrize("privacy", ["careful", "open"])
def test_a_model_that_is_saved_and_read_is_the_same(privacy: str, tmp_path: Path) -> None:
    model = people_model(privacy)
    model.save(tmp_path / "a.model")
    again = load(tmp_path / "a.model")
    assert again.sha256 == model.sha256
    assert again.description == model.description
    assert again.sample(300)["people"].equals(model.sample(300)["people"])


def test_the_description_is_json_and_says_what_the_model_is() -> None:
    said = json.loads(json.dumps(people_model().description))
    assert said["sha256"] == people_model().sha256
    assert said["method_used"] == "auto"
    assert "5 subjects" in said["privacy"]["statement"]
    assert [one["name"] for one in said["tables"][0]["columns"]][:3] == ["customer_id", "first_name", "email"]


DATA = people_model().to_bytes()


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
@settings(max_examples=300)
def test_a_changed_byte_is_refused_or_another_model(at: int, change: int) -> None:
    """It may be a model, as a weight may be another; then it makes rows and has another name."""
    damaged = bytearray(DATA)
    damaged[at] ^= change
    try:
        model = load(bytes(damaged))
    except ModelFileError:
        return
    assert model.sha256 != people_model().sha256
    assert model.sample(50)["people"].num_rows == 50


@given(st.binary(max_size=200))
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(ModelFileError):
        load(data)


@pytest.mark.parametrize("length", [0, 7, 8, 100, len(DATA) // 2, len(DATA) - 1])
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(ModelFileError):
        load(DATA[:length])


def changed(change: Any) -> bytes:
    """The model's file with another header."""
    size = int.from_bytes(DATA[:8], "little")
    header = json.loads(DATA[8 : 8 + size])
    model = json.loads(header["__metadata__"]["model"])
    change(header, model)
    header["__metadata__"]["model"] = json.dumps(model)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + DATA[8 + size :]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda header, model: header["__metadata__"].update(synthmill_model="99"), "it is of version 99"),
        (lambda header, model: header["__metadata__"].pop("synthmill_model"), "it isn't a model"),
        (lambda header, model: model.update(tables=[]), "it has no tables"),
        (lambda header, model: model.pop("tables"), "its description isn't one"),
        (lambda header, model: model["tables"][0]["order"].reverse(), "don't fit"),
        (lambda header, model: model["tables"][0].update(order=[0] * 16), "its chain isn't of its variables"),
        (lambda header, model: model["tables"][0]["columns"][0].update(codec="exec"), "a codec 'exec'"),
        (lambda header, model: model["tables"][0]["columns"][0].update(type="int64"), "doesn't fit its type"),
        (lambda header, model: header["0.t0.sums"].update(data_offsets=[0, 2**62]), "doesn't fit the file"),
        (lambda header, model: header["0.t0.sums"].update(shape=[2**40, 2**40]), "doesn't fit the file"),
        (lambda header, model: header["0.t0.sums"].update(dtype="F64"), "doesn't fit the file"),
        (lambda header, model: header.pop("0.t0.sums"), "it has no array 0.t0.sums"),
    ],
)  # fmt: skip
def test_a_header_that_was_changed_is_refused_with_what_is_wrong(change: Any, said: str) -> None:
    with pytest.raises(ModelFileError, match=said):
        load(changed(change))


def test_what_does_not_belong_to_the_model_is_refused() -> None:
    with pytest.raises(ModelFileError, match="it holds more than a model does"):
        load(DATA + b"and a virus")
