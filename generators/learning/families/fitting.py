"""Fitting tables together: parents as tables by themselves, children as walks within their parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.kernels.backend import expect
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning import fitting
from synthmill.generators.learning.chain import Growth
from synthmill.generators.learning.codecs.held import Held
from synthmill.generators.learning.families.choosing import choose_scheme
from synthmill.generators.learning.families.encoding import Coded, code, gap_of
from synthmill.generators.learning.families.growing import Kindred, flat, grow_table
from synthmill.generators.learning.families.kin import Kin, kin_of
from synthmill.generators.learning.families.made import LearntTable
from synthmill.generators.learning.families.parts import Part, read_parts, thinned
from synthmill.generators.learning.families.references import encode_held
from synthmill.generators.learning.families.walked_table import SCHEMES, step_names
from synthmill.generators.learning.families.whole import (
    held_name,
    numbers,
    rows_name,
    start_of,
    totals_of,
)
from synthmill.generators.learning.fitting import (
    LEAST_ROWS,
    Report,
    Steps,
    all_null,
    fit_encoded,
    growth_of,
    model_of,
)
from synthmill.generators.learning.model import Model
from synthmill.generators.learning.parameters import OTHER_NAMES, FitOptions
from synthmill.generators.learning.private.declared import Budget
from synthmill.generators.learning.relations.found import Relations, find_relations
from synthmill.generators.learning.source import Column
from synthmill.generators.learning.table_model import ColumnModel

_PASSES = 10


def fit(tables: Mapping[str, pa.Table], options: FitOptions, *, report: Report | None = None) -> Model:
    """A model of these tables, by their names; of several, their rows belong together by `options.keys`.

    Raises InvalidRequestError for a table with too few rows or subjects, for columns that can't be learnt,
    for roles that don't fit and for keys that don't lead from children to parents.
    """
    if len(tables) == 1 and not options.keys:
        return fitting.fit(tables, options, report=report)
    fitting.check_tables(tables, options)
    _refuse_for_several(tables, options)
    kin = kin_of(tables, options.keys, options.roles)
    warnings = list[str]()
    parts = read_parts(tables, kin, options, warnings)
    if not options.include_holdout:
        kept = kin.looked_up
        parts = thinned(parts, kin, lambda name, share: (share >= options.holdout) | (name in kept))
    columns = sum(len(part.source.columns) for part in parts.values())
    expect(_PASSES * sum(part.source.rows * len(part.source.columns) for part in parts.values()))
    steps = Steps(4 * columns + len(kin.main) * 40, report or fitting.say_nothing)
    return model_of(_Fit(tables, kin, parts, options, warnings, steps).tables(), options, warnings)


def _refuse_for_several(tables: Mapping[str, pa.Table], options: FitOptions) -> None:
    """Raises InvalidRequestError for what only a table without keys can have."""
    of_several = f"and {len(tables)} are learnt together" if len(tables) > 1 else "and this one has keys"
    wrong = list[FieldError]()
    if isinstance(options.privacy, Budget):
        fix = "fit each table by itself with a share of the budget, or give careful or open"
        wrong.append(FieldError("privacy", f"a budget is for one table, {of_several}", fix))
    elif options.method != "auto" and options.method not in OTHER_NAMES:
        wrong.append(FieldError("method", f"{options.method} is for one table, {of_several}", "leave it out"))
    if options.constraints:
        fix = "leave them out, or fit the table that they are about by itself"
        wrong.append(FieldError("constraints", f"are for one table, {of_several}", fix))
    if wrong:
        raise InvalidRequestError(wrong)


class _Fit:
    """A fit under way."""

    def __init__(
        self,
        tables: Mapping[str, pa.Table],
        kin: Kin,
        parts: Mapping[str, Part],
        options: FitOptions,
        warnings: list[str],
        steps: Steps,
    ) -> None:
        self.given, self.kin, self.parts, self.options = tables, kin, parts, options
        self.warnings, self.steps = warnings, steps
        self.whole: dict[str, list[Column]] = {name: [] for name in kin.order}
        """Of each table, what is known of its rows' children."""
        self.relations = {
            name: Relations()
            if name in kin.main
            else find_relations(parts[name].source.columns, parts[name].roles)
            for name in kin.order
        }
        """Of rows that belong to nobody; those of families are walked column by column."""
        self.coded = dict[str, Coded]()
        self.schemes, self.since = dict[str, str](), dict[str, str | None]()

    def tables(self) -> tuple[LearntTable, ...]:
        for name, others in self.kin.others.items():
            for one in others:
                places = self.parts[name].held[one.column]
                counts = np.bincount(places[places >= 0], minlength=self.parts[one.parent].source.rows)
                self.whole[one.parent].append(numbers(held_name(name, one.column), counts))
        for name in reversed(self.kin.order):
            self.coded[name] = self._code(name, self.whole[name])
            if name in self.kin.main:
                self._tell_parent(name)
        for name in self.kin.order:
            if name in self.kin.main:
                self.coded[name] = self._with_keys(name)
        return tuple(self._learnt(name) for name in self.kin.order)

    def _code(self, name: str, whole: Sequence[Column]) -> Coded:
        return code(self.parts[name], whole, self.relations[name], self.options.locale, self.steps)

    def _counts(self, name: str) -> I64:
        part = self.parts[name]
        return np.bincount(part.whose, minlength=self.parts[self.kin.main[name].parent].source.rows)

    def _tell_parent(self, name: str) -> None:
        """What is known of each family, among its parent's columns; and the scheme of the walk."""
        parent, part, counts = self.kin.main[name].parent, self.parts[name], self._counts(name)
        found = [numbers(rows_name(name), counts)]
        gap = gap_of(self.coded[name].columns)
        self.since[name] = None
        if gap is not None:
            start, self.since[name] = start_of(
                name, part, gap, self.coded[name].times, counts, self.parts[parent]
            )
            found.append(start)
        layout, places = self.coded[name].laid((), SCHEMES[0])
        empty, none = (
            np.zeros((0, len(counts)), np.uint8),
            np.zeros((len(layout.steps), len(counts)), np.int64),
        )
        rows = self.coded[name].rows(layout, places, empty, counts, none)
        totals = totals_of(name, step_names(self.coded[name].columns, places), layout, rows, counts)
        of_parent = self.parts[parent]
        self.schemes[name] = choose_scheme(
            self._kindred(name),
            self._code(parent, [*found, *totals]),
            len(totals),
            of_parent.source.subjects,
            of_parent.source.share,
            self._growth(name),
            lambda: self.steps.done("choosing how rows follow from one another"),
        )
        self.whole[parent] += found if self.schemes[name] == SCHEMES[0] else [*found, *totals]

    def _growth(self, name: str) -> Growth:
        # Rows of a walk follow from so much that larger leaves would blur it.
        return growth_of(self.options.level, self.parts[name].source.rows)._replace(least_rows=LEAST_ROWS)

    def _kindred(self, name: str) -> Kindred:
        main, part = self.kin.main[name], self.parts[name]
        hidden = len(self.whole[name])
        return Kindred(
            name, main.parent, main.column, self.coded[name], hidden, self._counts(name),
            part.source.subjects, self.since[name],
        )  # fmt: skip

    def _with_keys(self, name: str) -> Coded:
        """With the columns that hold keys, where the data has them."""
        main, part, coded = self.kin.main[name], self.parts[name], self.coded[name]
        ignored = {one for one, role in self.options.roles.get(name, {}).items() if role == "ignore"}
        schema = [field for field in self.given[name].schema if field.name not in ignored]
        own = flat(coded)
        keys = {one.column: one for one in (main, *self.kin.others[name])}
        found = dict[int, tuple[ColumnModel, tuple[I64, ...]]]()
        for place, field in enumerate(schema):
            if field.name not in keys:
                continue
            relation = keys[field.name]
            type_ = self.parts[relation.parent].source.columns[relation.key].type
            if relation is main:
                groups = np.zeros(0, np.int64)
                held, codes = Held(type_, False, main.parent, main.key, -1, groups, ()), tuple[I64, ...]()
            else:
                held, of_rows = encode_held(
                    type_,
                    (relation.parent, relation.key),
                    part.held[field.name],
                    list(zip(*flat(self.coded[relation.parent]), strict=True)),
                    list(zip(*own, strict=True)),
                    part.source.subjects.astype(np.int64),
                )
                codes = (of_rows,)
            found[place] = ColumnModel(field.name, "reference", held), codes
        return coded.with_(found)

    def _learnt(self, name: str) -> LearntTable:
        part, coded = self.parts[name], self.coded[name]
        known = {one.name for one in part.source.columns.values() if bool(one.known.any())}
        lost = all_null([one for one in coded.columns if one.name in known])
        self.warnings += [f"{name}.{note}" for note in lost]
        if name not in self.kin.main:
            hidden, relations = len(self.whole[name]), self.relations[name]
            _, codes = flat(coded)
            return fit_encoded(
                part.source, coded.columns, codes, hidden, relations, (), self.options, self.steps
            )
        return grow_table(
            self._kindred(name),
            self.coded[self.kin.main[name].parent],
            self.schemes[name],
            None,
            self._growth(name),
            lambda: self.steps.done("growing trees"),
        )
