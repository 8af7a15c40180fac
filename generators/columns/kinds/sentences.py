"""Readable text from a weighted grammar, filled from the row's other columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.texts.bindings import (
    LabelParameters,
    SlotParameters,
    bound_labels,
    slot_sources,
)
from synthmill.generators.columns.texts.grammar_field import GrammarField
from synthmill.generators.columns.texts.label import Label
from synthmill.generators.columns.texts.slot_text import SlotText, slot_text
from synthmill.generators.engine.cells import Cells, Flags, Text
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.plan import Packing
from synthmill.generators.grammars.built_in import built_in_grammar
from synthmill.generators.grammars.grammar import Grammar, GrammarError, grammar_of
from synthmill.generators.grammars.tables import LONGEST_TEXT, CompiledGrammar
from synthmill.generators.kernels.grammar import GrammarTables, told_apart, written
from synthmill.generators.kernels.mix import mix
from synthmill.generators.kernels.permutation import Permutation
from synthmill.generators.kernels.texts import SPARE
from synthmill.generators.schema.fields import Flag, Items

_SAMPLE = 512
"""Texts that are written at planning to see whether there are enough of them."""
_ENOUGH = 0.1
"""Of them, the share that must have enough words: of 256 attempts at a text, one will do then."""
_SLOT_LENGTH = 20.0
"""Bytes of a slot, where nothing is planned yet."""


class SentencesParameters(ColumnParameters):
    grammar = GrammarField(
        "What is written: a grammar that comes with the package, by name, or your own; see grammars.md."
    )
    slots = Items(
        "The columns that fill the grammar's slots. One that isn't named here is filled by the row's column "
        "of its name, if there is one.",
        ma.fields.Nested(SlotParameters),
        fewest=0,
        most=100,
        default=list,
        examples=[[{"slot": "product", "column": "name", "through": "product_id"}]],
    )
    labels = Items(
        "The columns that say what the text is, such as its sentiment. A label that isn't named here is the "
        "row's column of its name, if there is one, and else drawn as the grammar says.",
        ma.fields.Nested(LabelParameters),
        fewest=0,
        most=8,
        default=list,
        examples=[[{"label": "sentiment", "column": "mood"}]],
    )
    distinct = Flag(
        "Whether no two rows choose the same words: two texts can then only be equal where the grammar has "
        "two ways to write one. Texts with too few words for that are drawn again: short ones are rarer.",
        default=False,
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    key: int
    tables: GrammarTables
    labels: tuple[Label, ...]
    slots: tuple[SlotText, ...]
    numbers: Permutation | None
    """Where texts are to be distinct: numbers for the rows."""

    def __call__(self, rows: Rows) -> Cells:
        null = np.zeros(len(rows), np.bool_)
        labels = np.zeros((len(self.labels), len(rows)), np.int64)
        for place, label in enumerate(self.labels):
            values = label(rows)
            labels[place] = np.maximum(values, 0)
            null |= values < 0
        blobs, slots = [self.tables.blob], np.zeros((len(self.slots), len(rows)), np.int64)
        size = len(self.tables.blob)
        for place, slot in enumerate(self.slots):
            blob, places, absent = slot(rows)
            slots[place] = places + (size << 32)
            blobs.append(blob)
            size += len(blob)
            null |= _none(len(rows)) if absent is None else absent
        blob = np.concatenate([*blobs, np.zeros(SPARE, np.uint8)])
        keys = rows.draw(self.key)
        index, needed = keys, 0
        if self.numbers is not None:
            index, needed = self.numbers.apply(rows.numbers), self.numbers.size
        found = written(self.tables, needed, labels, blob, slots, index, keys)
        return Text(*found, null if null.any() else None)


def _none(rows: int) -> Flags:
    return np.zeros(rows, np.bool_)


_LONG = 40
"""Bytes from which on more of texts is repeated than differs."""


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    grammar = _grammar(parameters["grammar"])
    sources = slot_sources(parameters, grammar, scope)
    try:
        compiled = CompiledGrammar(grammar, sources)
    except GrammarError as error:
        parameter = error.field if error.field == "slots" else f"grammar.{error.field}"
        raise ParameterError(parameter, error.reason, error.fix) from error
    slots = tuple(slot_text(sources[name], form, f"slots[{name}]") for name, form in compiled.slots)
    longest = compiled.longest({name: 3.0 * source.longest for name, source in sources.items()})
    if longest > LONGEST_TEXT:
        raise ParameterError(
            "grammar", f"a text can have {longest:,} bytes", f"let it have {LONGEST_TEXT:,} at most"
        )
    labels = bound_labels(parameters, grammar, scope)
    numbers = None
    if parameters["distinct"]:
        numbers = Permutation(scope.rows, scope.key("distinct"))
        _check_distinct(compiled, scope.rows, labels)
    looked = [sources[name] for name, _ in compiled.slots]
    width = round(compiled.mean({name: source.width for name, source in sources.items()}))
    return Column(
        pa.string(),
        _Cells(scope.key(), compiled.tables, labels, slots, numbers),
        width,
        nullable=any(source.nullable for source in looked) or any(label.nullable for label in labels),
        filled=prod(source.filled for source in looked),
        packing=Packing.SENTENCES if width >= _LONG else Packing.USUAL,
        pii=any(source.pii for source in looked),
        longest=longest,
    )


def _grammar(given: Any) -> Grammar:
    return built_in_grammar(given) if isinstance(given, str) else grammar_of(given)


def _check_distinct(compiled: CompiledGrammar, rows: int, labels: tuple[Label, ...]) -> None:
    """Refuse where nine in ten texts have too few words to be told from all others by them."""
    tables = compiled.tables
    keys = mix(0, np.arange(_SAMPLE, dtype=np.uint64))
    values = np.zeros((len(labels), _SAMPLE), np.int64)
    for place, label in enumerate(labels):
        values[place] = np.arange(_SAMPLE) // 5**place % label.values
    enough = told_apart(tables, values, keys) >= rows
    shares = [enough] + [
        enough[own == one] for own, label in zip(values, labels, strict=True) for one in range(label.values)
    ]
    if min(float(share.mean()) for share in shares) < _ENOUGH:
        raise ParameterError(
            "distinct",
            f"most texts of this grammar have too few words to choose for {rows:,} rows to differ in them",
            "give its lists more entries, or its texts more sentences",
        )


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    grammar = _grammar(parameters["grammar"])
    filled = {one["slot"]: costing.column(one["column"], one["through"]) for one in parameters["slots"]}
    for name in (*grammar.slots, *grammar.labels):
        if name not in filled:
            filled[name] = costing.column(name)
    try:
        compiled = CompiledGrammar(grammar, grammar.slots)
    except GrammarError:
        return Cost()  # Planning refuses it.
    size = compiled.mean({name: cost.size or _SLOT_LENGTH for name, cost in filled.items()})
    time = 0.2e-6 + compiled.pieces() * 30e-9 + size * 0.5e-9
    time += sum(
        costing.column(one["column"], one["through"]).time for one in parameters["slots"] if one["through"]
    )
    kept = len(compiled.tables.blob) + 8 * (len(compiled.tables.pieces) + 8 * len(compiled.tables.first))
    return Cost(size=size, time=time, plan_time=8e-3, plan_size=4_096.0 + 20.0 * kept)


KIND = Kind(
    name="sentences",
    title="Sentences",
    description="Readable text from a weighted grammar, whose slots are filled from the row's other columns.",
    Parameters=SentencesParameters,
    compile=_compile,
    costs=_cost,
    example={
        "grammar": {
            "rules": {
                "note": [
                    "{Reader} [liked|enjoyed] {title}[ very much|].",
                    "{Title} was {verdict}, said {reader}.",
                ],
                "reader": ["one reader", "a friend", "most of us"],
                "verdict": {"mood": {"good": ["a joy", "well made"], "bad": ["too long", "a bore"]}},
            },
            "labels": {"mood": {"good": 3, "bad": 1}},
        },
        "slots": [{"slot": "title", "column": "book"}],
        "labels": [
            {
                "label": "mood",
                "column": "stars",
                "entries": [{"at": 1, "value": "bad"}, {"at": 5, "value": "good"}],
            }
        ],
    },
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {"name": "book", "kind": "categorical", "values": ["Emma", "Dracula", "Middlemarch"]},
                {"name": "stars", "kind": "categorical", "values": [1, 5]},
            ],
        },
    ),
)
