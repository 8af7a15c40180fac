"""Running text made of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.wordlist import mean_length, words, words_field
from synthmill.generators.engine.cells import Cells, Text
from synthmill.generators.engine.costs import Cost
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.texts import Vocabulary, phrases, slotted
from synthmill.generators.schema.fields import Choice, Whole, refused

_USUAL_LENGTH = 7
"""Letters of a word of our own list, roughly."""


class TextParameters(ColumnParameters):
    min_words = Whole("The fewest words.", 1, 1_000, default=3)
    max_words = Whole("The most words.", 1, 1_000, default=12)
    form = Choice(
        "sentence: a capital at the start and a full stop at the end; words: neither.",
        ("sentence", "words"),
        default="sentence",
    )
    words = words_field("Words to choose from instead.")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["min_words"] > data["max_words"]:
            raise refused(
                f"{data['max_words']} is less than min_words", "give at least min_words", "max_words"
            )


@dataclass(frozen=True)
class _Cells:
    count_key: int
    word_key: int
    fewest: int
    most: int
    vocabulary: Vocabulary
    """Every word in the four forms of `phrases`."""

    def __call__(self, rows: Rows) -> Cells:
        spread = bounded(rows.draw(self.count_key), self.most - self.fewest + 1)
        return Text(*phrases(self.vocabulary, rows.draw(self.word_key), spread.view(np.int64) + self.fewest))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    chosen = parameters["words"] or words("words")
    stop, first = "", list(chosen)
    if parameters["form"] == "sentence":
        stop, first = ".", [word[:1].upper() + word[1:] for word in chosen]
    forms = [[" " + word for word in chosen], first]
    forms += [[word + stop for word in form] for form in forms]
    together = slotted([word.encode() for form in forms for word in form])
    fewest, most = parameters["min_words"], parameters["max_words"]
    cells = _Cells(scope.key("count"), scope.key("words"), fewest, most, together)
    return Column(pa.string(), cells, (fewest + most) * (mean_length(chosen) + 1) // 2)


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    given = parameters["words"]
    count = (parameters["min_words"] + parameters["max_words"]) / 2
    size = count * ((mean_length(given) if given else _USUAL_LENGTH) + 1)
    kept = sum(map(len, given)) * 20.0 if given else 0.0
    plan_time = 0.3e-3 + (len(given) * 4e-6 if given else 0.0)
    return Cost(size=size, time=0.1e-6 + count * 30e-9, plan_time=plan_time, plan_size=4_096.0 + kept)


KIND = Kind(
    name="text",
    title="Text",
    description="Words of a list in random order, from `min_words` to `max_words` of them.",
    Parameters=TextParameters,
    compile=_compile,
    costs=_cost,
    example={"min_words": 3, "max_words": 12},
)
