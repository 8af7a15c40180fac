"""Names of companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Choices, Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.locales import locale_data, locale_field
from synthmill.generators.columns.people.names import Weighted, weighted
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, DictionaryCells
from synthmill.generators.kernels.mix import I64

_FOUNDERS = 400
"""Family names that companies are called by."""
_PARTNERS = 8
"""Founders that go with each."""


class CompanyParameters(ColumnParameters):
    locale = locale_field("Whose family names, lines of business and legal forms.")


@dataclass(frozen=True, eq=False)
class _Cells:
    """One of all names of three forms, numbered one form after the other: a founder or a coined word with a
    line of business, and two founders. Each is as likely as any other, so that they can be different."""

    choices: Choices
    words: Dictionary
    """Nothing, founders, coined words, lines of business, and partners behind what joins them."""
    founders: int
    coined: int
    lines: int
    line_first: bool
    legal_form: Weighted

    def __call__(self, rows: Rows) -> Cells:
        chosen = rows.choose(self.choices.key, self.choices.count).view(np.int64)
        named = (self.founders + self.coined) * self.lines
        of_line = chosen < named
        name, line = chosen // self.lines, chosen % self.lines
        founder = (chosen - named) // _PARTNERS
        # Partners stand a fixed number of places apart, so that no pair comes twice.
        partner = (founder + 1 + (chosen - named) % _PARTNERS * 37) % max(1, self.founders)
        first_line = 1 + self.founders + self.coined
        lines = self._cells(np.where(of_line, first_line + line, 0))
        names = self._cells(1 + np.where(of_line, name, founder))
        partners = self._cells(np.where(of_line, 0, first_line + self.lines + partner))
        ordered = (lines, names) if self.line_first else (names, lines)
        return Concat((*ordered, partners, self.legal_form.part(rows)))

    def _cells(self, places: I64) -> DictionaryCells:
        return DictionaryCells(places.astype(np.uint32), self.words)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    data = locale_data(parameters["locale"])
    of = data["companies"]
    space = " " if data["last_name_first"] is None else ""
    founders = data["last_names"]["male"]["words"][:_FOUNDERS] if of["founders"] else []
    lines = [f"{line}{space}" if of["line_first"] else f"{space}{line}" for line in of["lines"]]
    partners = [f" & {name}" for name in founders] if space else []
    words = Dictionary(strings(["", *founders, *of["coined"], *lines, *partners]))
    forms = of["legal_forms"]
    named: Sequence[str] = [*founders, *of["coined"]]
    choices = Choices(scope.key(), len(named) * len(lines) + len(partners) * _PARTNERS)
    legal_form = weighted(scope, "legal form", [space + word for word in forms["words"]], forms["weights"])
    cells = _Cells(choices, words, len(founders), len(of["coined"]), len(lines), of["line_first"], legal_form)
    width = mean_length(named) + mean_length(lines) + legal_form.width
    return Column(pa.string(), cells, width, choices=choices)


KIND = Kind(
    name="company",
    title="Company",
    description="A company's name: founders or a coined word, a line of business, and a legal form.",
    Parameters=CompanyParameters,
    compile=_compile,
    costs=usual_and(plan_time=1.2e-3),
    example={"locale": "fr_FR"},
)
