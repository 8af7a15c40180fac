"""E-mail addresses that nobody has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.kind import (
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
    Source,
)
from synthmill.generators.columns.pieces import OneOfEach, one_of_each
from synthmill.generators.columns.wordlist import mean_length, words
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import (
    Arrow,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Integers,
    Part,
    Text,
    coded,
)
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema import fields

DOMAINS = ("example.com", "example.org", "example.net")
"""Reserved for examples by RFC 2606, so no mail ever reaches anybody."""

_NOTHING = strings([""])[0]


class EmailParameters(ColumnParameters):
    columns = fields.Items(
        "Columns of the row to make the address of, in order, such as its names. Left out: names of its own.",
        fields.Name("A column of text."),
        most=4,
        default=None,
        examples=[["first_name", "last_name"]],
    )
    domains = fields.Items(
        "What may follow the @.", fields.Text("A domain."), default=list(DOMAINS), examples=[["example.com"]]
    )
    numbered = fields.Flag(
        "Whether the row's number is part of the address, so that no two are equal.", default=False
    )


@dataclass(frozen=True)
class _Cells:
    sources: tuple[Source, ...]
    own: OneOfEach | None
    domain_key: int
    domains: Dictionary
    """Each with its @."""
    numbered: bool

    def __call__(self, rows: Rows) -> Cells:
        parts: list[Part] = []
        hidden = None
        for cells in [self.own(rows)] if self.own else [source.cells(rows) for source in self.sources]:
            parts += [b".", *_local(cells)] if parts else _local(cells)
            if cells.null is not None:
                hidden = cells.null if hidden is None else hidden | cells.null
        if self.numbered:
            parts.append(Integers((rows.numbers + np.uint64(1)).view(np.int64)))
        domain = bounded(rows.draw(self.domain_key), len(self.domains))
        return Concat((*parts, coded(domain.view(np.int64), self.domains)), hidden)


def _local(cells: Cells) -> list[Part]:
    """What can stand before the @: small letters, and dots for spaces."""
    if isinstance(cells, DictionaryCells):
        return [DictionaryCells(cells.codes, cells.words.made("local part", _small_words))]
    if isinstance(cells, Concat):
        return [part for piece in cells.parts for part in _local_part(piece)]
    array = pc.fill_null(_small(to_arrow(cells, pa.string())), _NOTHING)
    text = decoded(Arrow(array))
    assert isinstance(text, Text)
    return [text]


def _local_part(part: Part) -> list[Part]:
    if isinstance(part, bytes):
        return [part.lower().replace(b" ", b".")]
    return [part] if isinstance(part, Integers | Digits) else _local(part)


def _small(values: pa.Array) -> pa.Array:
    return pc.replace_substring(pc.ascii_lower(values), " ", ".")


def _small_words(values: pa.Array) -> Dictionary:
    return Dictionary(_small(values))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    names = parameters["columns"] or []
    sources = tuple(scope.source(name, parameter="columns") for name in names)
    for source in sources:
        if source.type != pa.string():
            raise ParameterError("columns", f"{source.column} isn't text", "name columns of text")
    own = None if sources else one_of_each(scope, [words("first_names"), words("last_names")])
    domains = Dictionary(strings(["@" + domain for domain in parameters["domains"]]))
    cells = _Cells(sources, own, scope.key("domain"), domains, parameters["numbered"])
    width = (own.width if own else sum(source.width + 1 for source in sources)) + mean_length(
        parameters["domains"]
    )
    return Column(pa.string(), cells, width + 6, nullable=any(source.nullable for source in sources))


KIND = Kind(
    name="email",
    title="E-mail address",
    description="An address at a reserved domain, made of the row's names; null where one of them is.",
    Parameters=EmailParameters,
    compile=_compile,
    example={"columns": ["first_name", "last_name"], "numbered": True},
    pii=True,
)
