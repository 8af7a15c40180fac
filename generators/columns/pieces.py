"""Text put together from pieces of word lists, without a loop over rows; and kinds that are nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and, usual_cost
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.locales import locale_data, locale_field
from synthmill.generators.columns.people.names import USUAL_LOCALE, born_field, person
from synthmill.generators.columns.people.sexes import sex_field
from synthmill.generators.columns.wordlist import mean_length, words, words_field
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, DictionaryCells, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.integers import bounded


@dataclass(frozen=True)
class OneOfEach:
    """A cell made of one entry of each list in turn, all equally likely."""

    lists: tuple[Dictionary, ...]
    keys: tuple[int, ...]
    width: int

    def parts(self, rows: Rows) -> tuple[DictionaryCells, ...]:
        return tuple(
            coded(bounded(rows.draw(key), len(words)).view(np.int64), words)
            for key, words in zip(self.keys, self.lists, strict=True)
        )

    def __call__(self, rows: Rows) -> Cells:
        parts = self.parts(rows)
        return parts[0] if len(parts) == 1 else Concat(parts)


def one_of_each(scope: Scope, lists: Sequence[Sequence[str]], separator: str = " ") -> OneOfEach:
    """Compile a cell of one entry of each list, with the separator between them."""
    return OneOfEach(
        tuple(
            Dictionary(strings([entry if place == 0 else separator + entry for entry in entries]))
            for place, entries in enumerate(lists)
        ),
        tuple(scope.key(f"piece {place}") for place in range(len(lists))),
        sum(mean_length(list(entries)) + len(separator) for entries in lists),
    )


@dataclass(frozen=True)
class WordList:
    """A list that comes with the package, and the parameter that takes its place."""

    parameter: str
    name: str
    about: str
    by_locale: bool = False
    """Whether locales have lists of that name, too."""


def words_kind(name: str, title: str, description: str, *lists: WordList) -> Kind:
    """A kind whose cells are one entry of each list."""

    by_locale = all(each.by_locale for each in lists)
    packing = Packing.WORDS if len(lists) == 1 else Packing.USUAL

    names = tuple(each.name for each in lists)

    def compile_pieces(parameters: Mapping[str, Any], scope: Scope) -> Column:
        given = next((each.parameter for each in lists if parameters[each.parameter]), None)
        if by_locale and not given:
            cells, width = person(scope, parameters, *names)
            return Column(pa.string(), cells, width, packing=packing)
        for other in ("locale", "sex", "born"):
            if given and parameters.get(other):
                about = "a locale" if other == "locale" else f"`{other}`"
                raise ParameterError(given, f"a list can't go with {about}", "leave out one of them")
        pieces = one_of_each(scope, [parameters[each.parameter] or _usual(each) for each in lists])
        return Column(pa.string(), pieces, pieces.width, packing=packing)

    fields: dict[str, Any] = {each.parameter: words_field(each.about) for each in lists}
    if by_locale:
        fields["locale"] = locale_field(f"Whose names, as common as there. Left out: {USUAL_LOCALE}.", None)
        fields["sex"] = sex_field()
        if "first_names" in names:
            fields["born"] = born_field()
    parameters = ColumnParameters.from_dict(dict(fields), name=f"{name}_parameters")
    costs = usual_and(plan_time=3e-3, plan_size=1.2e6) if by_locale else usual_cost
    return Kind(name, title, description, parameters, compile_pieces, example={}, pii=by_locale, costs=costs)


def _usual(each: WordList) -> Sequence[str]:
    """The list that stands beside one that is given."""
    if not each.by_locale:
        return words(each.name)
    listed = locale_data(USUAL_LOCALE)[each.name]
    return [*dict.fromkeys([*listed["female"]["words"], *listed["male"]["words"]])]
