"""Fitting: tables in, a model out; the same data in any order of its rows gives the same model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.backend import expect
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.chain import Growth, all_before, bins_of, fit_chain
from synthmill.generators.learning.codecs.by_kind import encode
from synthmill.generators.learning.codecs.personal import personal_kind
from synthmill.generators.learning.constraints.apply import (
    asked_relations,
    combinations,
    refuse_columns,
    roles_for,
)
from synthmill.generators.learning.constraints.rows import learnable
from synthmill.generators.learning.families.made import LearntTable
from synthmill.generators.learning.locales import guess_locale
from synthmill.generators.learning.lookup import after_others, where_there
from synthmill.generators.learning.model import Model
from synthmill.generators.learning.network import MOST_ROWS as NETWORK_ROWS
from synthmill.generators.learning.network import order_of, parents_of
from synthmill.generators.learning.parameters import OTHER_NAMES, FitOptions
from synthmill.generators.learning.private.declared import Budget
from synthmill.generators.learning.private.fit import fit_privately
from synthmill.generators.learning.reading import notes_of, read_source, whole_source
from synthmill.generators.learning.relations.found import (
    Relations,
    find_relations,
    lookups_of,
    nulls_by_place,
)
from synthmill.generators.learning.roles import roles_of
from synthmill.generators.learning.rules import Rule
from synthmill.generators.learning.settings import MOST_ROWS, choose_alphas
from synthmill.generators.learning.source import Source
from synthmill.generators.learning.table_model import ColumnModel, TableModel, with_rules
from synthmill.generators.learning.variables import Variable

Report = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all, and what is being done; what it raises ends the fit."""

ALPHAS = {"careful": (1.3, 2.0, 3.0), "open": (1.0, 1.5, 2.25)}
LEAST_ROWS, _MOST_LEAST_ROWS, _LEAVES = 20, 120, 250
"""Of a leaf: a 250th of all rows where that is between 20 and 120; of open models always 20."""
_LEAST_SUBJECTS = 5
_LEAST_COUNT = 2
_PASSES = 10
"""How often a cell is looked at, roughly: once by each level of each tree after it."""


def fit(tables: Mapping[str, pa.Table], options: FitOptions, *, report: Report | None = None) -> Model:
    """A model of one table, by its name; `families.fit` is that of several.

    Raises InvalidRequestError for a table with too few rows or subjects, for columns that can't be learnt and
    for roles that don't fit.
    """
    check_tables(tables, options)
    warnings = list[str]()
    if isinstance(options.privacy, Budget):
        return _fit_privately(tables, options, options.privacy, warnings, report or say_nothing)
    made = tuple(
        _fit_table(name, table, options, warnings, report or say_nothing) for name, table in tables.items()
    )
    return model_of(made, options, warnings)


def check_tables(tables: Mapping[str, pa.Table], options: FitOptions) -> None:
    """Raises InvalidRequestError where there are none, and for roles of others."""
    if not tables:
        raise InvalidRequestError.one("tables", "there is none", "give a table at least")
    unknown = [name for name in options.roles if name not in tables]
    if unknown:
        raise InvalidRequestError.one(
            f"roles[{unknown[0]}]", "there is no such table", f"tables: {', '.join(tables)}"
        )


def model_of(made: tuple[LearntTable, ...], options: FitOptions, warnings: list[str]) -> Model:
    """The model of tables that were learnt."""
    used = options.method
    if used in OTHER_NAMES:
        used = "auto"
        warnings.append(f"method {options.method}: auto is used instead; {OTHER_NAMES[options.method]}")
    settings = {
        "holdout": options.holdout,
        "include_holdout": options.include_holdout,
        "max_rows": options.max_rows,
        **({"constraints": [dict(one) for one in options.constraints]} if options.constraints else {}),
    }
    return Model(made, options.method, used, _privacy(options), tuple(warnings), settings)


def _fit_privately(
    tables: Mapping[str, pa.Table], options: FitOptions, budget: Budget, warnings: list[str], report: Report
) -> Model:
    ((name, table),) = tables.items()
    given = options.roles.get(name, {})
    source = whole_source(name, table, given)
    warnings += notes_of(source)
    made, privacy = fit_privately(source, given, budget, report)
    warnings += all_null(made.columns)
    return Model((made,), options.method, "dp", privacy, tuple(warnings), {})


def all_null(columns: Sequence[ColumnModel]) -> list[str]:
    """What is to be said of columns that come back without a value."""
    return [
        f"{column.name}: no value of it is of enough subjects to be held, so it is null"
        for column in columns
        if _is_only_null(column)
    ]


def say_nothing(done: int, total: int, what: str) -> None:
    pass


def _privacy(options: FitOptions) -> dict[str, str]:
    """What the file protects, in words."""
    held = (
        "its trees count classes of values in leaves of 20 rows and 5 subjects at least"
        if options.level == "careful"
        else "its trees hold codes of rows, which tell those who have the file more about whose rows they are"
    )
    return {
        "mode": options.level,
        "statement": f"no value of fewer than 5 subjects, no key, name or sentence is in the file; {held}",
    }


def _fit_table(
    name: str, table: pa.Table, options: FitOptions, warnings: list[str], report: Report
) -> TableModel:
    given = options.roles.get(name, {})
    source = read_source(name, table, given, options.max_rows, warnings)
    refuse_columns(options.constraints, source.columns)
    roles = roles_of(source, roles_for(options.constraints, source, given))
    source = learnable(options.constraints, source, roles, warnings)
    steps = Steps(3 * len(source.columns) + 1, report)
    learnt = source if options.include_holdout else source.only(source.share >= options.holdout)
    expect(_PASSES * learnt.rows * len(learnt.columns))
    found = find_relations(learnt.columns, roles)
    if options.method == "independent":
        found = Relations(found.quantities)
    relations, rules = asked_relations(options.constraints, found)
    columns, codes = encoded(learnt, roles, options.locale, relations, steps)
    warnings += all_null([one for one in columns if bool(learnt.columns[one.name].known.any())])
    return fit_encoded(learnt, columns, codes, 0, relations, rules, options, steps)


def fit_encoded(
    learnt: Source,
    columns: Sequence[ColumnModel],
    codes: Sequence[I64],
    hidden: int,
    relations: Relations,
    rules: Sequence[Rule],
    options: FitOptions,
    steps: Steps,
) -> TableModel:
    """A model of rows that don't depend on one another; `codes` are those of the columns' variables.

    The last `hidden` columns aren't given back. `rules` are those that were asked for.
    """
    variables = [variable for column in columns for variable in column.codec.variables]
    visible = columns[: len(columns) - hidden]
    lookups = {} if options.method == "independent" else lookups_of(visible, codes, learnt.subjects)
    order = order_of(variables) if options.method == "bayes" else list(range(len(variables)))
    null_with = nulls_by_place(columns, relations.null_with, lookups)
    order = after_others(order, {**null_with, **{place: one.by for place, one in lookups.items()}})
    codes = where_there(codes, null_with)
    parents = _parents(options.method, variables, codes, order)
    growth, alphas = growth_of(options.level, learnt.rows), ALPHAS[options.level]
    # Held-out rows that aren't learnt from choose nothing either: others do in their place.
    first = 0.0 if options.include_holdout else options.holdout
    held_out = learnt.share < first + (1.0 - first) * options.holdout
    some = slice(0, MOST_ROWS)
    chosen = choose_alphas(
        variables,
        [one[some] for one in codes],
        order,
        parents,
        learnt.subjects[some],
        held_out[some],
        growth,
        alphas,
        lambda: steps.done("choosing settings"),
        lookups,
    )
    growths = [growth._replace(alpha=alpha) for alpha in chosen]
    chain = fit_chain(
        variables,
        codes,
        order,
        parents,
        learnt.subjects,
        growths,
        lambda: steps.done("growing trees"),
        lookups,
        null_with,
    )
    made = TableModel(
        learnt.name, learnt.rows, learnt.subject_count, tuple(columns), chain, growth.donors, hidden=hidden
    )
    own = {one.name: codes[made.places[one.name][0]] for one in columns}
    subjects = learnt.subjects.astype(np.int64)
    rules = [*rules, *combinations(options.constraints, columns, own, subjects)]
    return with_rules(made, relations.rules, rules)


def _is_only_null(column: ColumnModel) -> bool:
    return column.codec.nullable and all(len(one) == 1 for one in column.codec.variables)


@dataclass
class Steps:
    """Counts what is done; each step is reported."""

    total: int
    report: Report
    count: int = 0

    def done(self, what: str) -> None:
        # A column may have two variables, so there may be more steps than were foreseen.
        self.count = min(self.count + 1, self.total)
        self.report(self.count, self.total, what)


def encoded(
    source: Source, roles: Mapping[str, str], locale: str | None, relations: Relations, steps: Steps
) -> tuple[list[ColumnModel], list[I64]]:
    """The columns, and the codes of their variables."""
    personal = {
        name: personal_kind(column) for name, column in source.columns.items() if roles[name] == "personal"
    }
    locale = locale or guess_locale(source.columns, personal)
    subjects = source.subjects.astype(np.int64)
    columns, codes = list[ColumnModel](), list[I64]()
    for name, column in source.columns.items():
        encoded = relations.encoded(name, subjects) or encode(column, roles[name], subjects, personal, locale)
        columns.append(ColumnModel(name, roles[name], encoded.codec))
        codes += encoded.codes
        steps.done("reading columns")
    return columns, codes


def _parents(
    method: str, variables: Sequence[Variable], codes: Sequence[I64], order: Sequence[int]
) -> Sequence[Sequence[int]]:
    """By place in the order, which places before it a tree may look at."""
    if method == "independent":
        return [()] * len(order)
    if method != "bayes":
        return all_before(len(order))
    features = np.stack([bins_of(variables[place], codes[place][:NETWORK_ROWS]) for place in order])
    return [parents_of(variables[place], codes[place], features[:at]) for at, place in enumerate(order)]


def growth_of(privacy: str, rows: int) -> Growth:
    if privacy == "open":
        return Growth(ALPHAS["open"][0], LEAST_ROWS, _LEAST_SUBJECTS, 1, True)
    least = min(_MOST_LEAST_ROWS, max(LEAST_ROWS, rows // _LEAVES))
    return Growth(ALPHAS["careful"][0], least, _LEAST_SUBJECTS, _LEAST_COUNT, False)
