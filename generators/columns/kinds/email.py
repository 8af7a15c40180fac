"""E-mail addresses that nobody has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.people.local_part import local_part
from synthmill.generators.columns.people.names import PersonCells, person
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, Integers, Part, coded
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema import fields

DOMAINS = ("example.com", "example.org", "example.net")
"""Reserved for examples by RFC 2606, so no mail ever reaches anybody."""


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
    own: PersonCells | None
    domain_key: int
    domains: Dictionary
    """Each with its @."""
    numbered: bool

    def __call__(self, rows: Rows) -> Cells:
        parts: list[Part] = []
        hidden = None
        for cells in [self.own(rows)] if self.own else [source.cells(rows) for source in self.sources]:
            parts += [b".", *local_part(cells)] if parts else local_part(cells)
            if cells.null is not None:
                hidden = cells.null if hidden is None else hidden | cells.null
        if self.numbered:
            parts.append(Integers((rows.numbers + np.uint64(1)).view(np.int64)))
        domain = bounded(rows.draw(self.domain_key), len(self.domains))
        return Concat((*parts, coded(domain.view(np.int64), self.domains)), hidden)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    names = parameters["columns"] or []
    sources = tuple(scope.source(name, parameter="columns") for name in names)
    for source in sources:
        if source.type != pa.string():
            raise ParameterError("columns", f"{source.column} isn't text", "name columns of text")
    own, own_width = (None, 0) if sources else person(scope, {}, "first_names", "last_names")
    domains = Dictionary(strings(["@" + domain for domain in parameters["domains"]]))
    cells = _Cells(sources, own, scope.key("domain"), domains, parameters["numbered"])
    width = (own_width if own else sum(source.width + 1 for source in sources)) + mean_length(
        parameters["domains"]
    )
    return Column(
        pa.string(),
        cells,
        width + 6,
        nullable=any(source.nullable for source in sources),
        filled=prod(source.filled for source in sources),
    )


KIND = Kind(
    name="email",
    title="E-mail address",
    description="An address at a reserved domain, made of the row's names; null where one of them is.",
    Parameters=EmailParameters,
    compile=_compile,
    costs=usual_and(plan_time=1e-3),
    example={"columns": ["first_name", "last_name"], "numbered": True},
    pii=True,
)
