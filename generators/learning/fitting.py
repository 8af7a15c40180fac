"""Fitting: tables in, a model out; the same data in any order of its rows gives the same model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.backend import expect
from synthmill.generators.kernels.mix import I64
from synthmill.generators.kernels.trees import gain_table
from synthmill.generators.learning.chain import Chain, Growth, Link, bins_of, fit_link
from synthmill.generators.learning.codecs.by_kind import encode
from synthmill.generators.learning.codecs.personal import personal_kind
from synthmill.generators.learning.model import Model
from synthmill.generators.learning.parameters import FEWEST_SUBJECTS, OTHER_NAMES, FitOptions
from synthmill.generators.learning.roles import roles_of
from synthmill.generators.learning.settings import MOST_ROWS, choose_alphas
from synthmill.generators.learning.source import Source, source_of
from synthmill.generators.learning.table_model import ColumnModel, TableModel
from synthmill.generators.learning.variables import Variable

Report = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all, and what is being done; what it raises ends the fit."""

_GROWTH = {
    "careful": (Growth(1.0, 20, 5, False), (1.0, 1.5, 2.25)),
    "open": (Growth(0.6, 20, 5, True), (0.6, 1.0, 1.5)),
}
_PASSES = 10
"""How often a cell is looked at, roughly: once by each level of each tree after it."""


def fit(tables: Mapping[str, pa.Table], options: FitOptions, *, report: Report | None = None) -> Model:
    """A model of these tables, by their names.

    Raises InvalidRequestError for a table with too few rows or subjects, for columns that can't be learnt and
    for roles that don't fit.
    """
    if len(tables) != 1:
        raise InvalidRequestError.one(
            "tables", f"{len(tables)} tables can't be learnt together yet", "fit one table at a time"
        )
    unknown = [name for name in options.roles if name not in tables]
    if unknown:
        raise InvalidRequestError.one(
            f"roles[{unknown[0]}]", "there is no such table", f"tables: {', '.join(tables)}"
        )
    warnings = list[str]()
    made = tuple(
        _fit_table(name, table, options, warnings, report or _say_nothing) for name, table in tables.items()
    )
    used = options.method
    if used in OTHER_NAMES:
        used = "auto"
        warnings.append(f"method {options.method}: auto is used instead; {OTHER_NAMES[options.method]}")
    settings = {
        "holdout": options.holdout,
        "include_holdout": options.include_holdout,
        "max_rows": options.max_rows,
    }
    return Model(made, options.method, used, _privacy(options), tuple(warnings), settings)


def _say_nothing(done: int, total: int, what: str) -> None:
    pass


def _privacy(options: FitOptions) -> dict[str, str]:
    """What the file protects, in words."""
    held = (
        "its trees count classes of values in leaves of 20 rows and 5 subjects at least"
        if options.privacy == "careful"
        else "its trees hold codes of rows, which tell those who have the file more about whose rows they are"
    )
    return {
        "mode": options.privacy,
        "statement": f"no value of fewer than 5 subjects, and no text, is in the file; {held}",
    }


def _fit_table(
    name: str, table: pa.Table, options: FitOptions, warnings: list[str], report: Report
) -> TableModel:
    given = options.roles.get(name, {})
    source = _source(name, table, given, options, warnings)
    roles = roles_of(source, given)
    steps = 3 * len(source.columns) + 1
    done = 0

    def step(what: str) -> None:
        nonlocal done
        done += 1
        report(min(done, steps), steps, what)

    report(0, steps, "reading columns")
    learnt = source if options.include_holdout else source.only(source.share >= options.holdout)
    personal = {
        one: personal_kind(column) for one, column in learnt.columns.items() if roles[one] == "personal"
    }
    subjects = learnt.subjects.astype(np.int64)
    expect(_PASSES * learnt.rows * len(learnt.columns))
    columns, codes = [], list[I64]()
    for one, column in learnt.columns.items():
        encoded = encode(column, roles[one], subjects, personal)
        columns.append(ColumnModel(one, roles[one], encoded.codec))
        codes += encoded.codes
        step("reading columns")
    variables = [variable for column in columns for variable in column.codec.variables]
    growth, alphas = _GROWTH[options.privacy]
    order = list(range(len(variables)))
    held_out = learnt.share < options.holdout
    if options.method == "independent":
        chosen = [growth.alpha] * len(order)
    else:
        chosen = _alphas(variables, codes, order, learnt, held_out, growth, alphas, step)
    links, features = list[Link](), np.zeros((len(order), learnt.rows), np.uint8)
    gains = gain_table(learnt.rows)
    for at, place in enumerate(order):
        seen = 0 if options.method == "independent" else at
        before = [variables[one] for one in order[:seen]]
        alpha = growth._replace(alpha=chosen[at])
        links.append(
            fit_link(
                variables[place], codes[place], features[:seen], before, learnt.subjects, alpha, gains
            )
        )
        features[at] = bins_of(variables[place], codes[place])
        step("growing trees")
    chain = Chain(tuple(order), tuple(links))
    return TableModel(name, learnt.rows, learnt.subject_count, tuple(columns), chain, growth.donors)


def _alphas(
    variables: Sequence[Variable], codes: Sequence[I64], order: Sequence[int], source: Source,
    held_out: np.ndarray, growth: Growth, alphas: Sequence[float], step: Callable[[str], None],
) -> list[float]:  # fmt: skip
    """The settings of each tree, chosen by held-out subjects; of many rows by some of them."""
    some = slice(0, MOST_ROWS)
    return choose_alphas(
        variables,
        [one[some] for one in codes],
        order,
        source.subjects[some],
        held_out[some],
        growth,
        alphas,
        lambda: step("choosing settings"),
    )


def _source(
    name: str, table: pa.Table, given: Mapping[str, str], options: FitOptions, warnings: list[str]
) -> Source:
    """The table's rows in canonical order, at most `max_rows` of them. Raises InvalidRequestError."""
    of_subject = [column for column, role in given.items() if role == "subject"]
    ignored = {column for column, role in given.items() if role == "ignore"}
    names = table.schema.names
    for column in (*of_subject, *ignored):
        if column not in names:
            raise InvalidRequestError.one(
                f"roles[{name}][{column}]", "there is no such column", f"columns: {', '.join(names)}"
            )
    if len(of_subject) > 1:
        raise InvalidRequestError.one(
            f"roles[{name}]", f"{' and '.join(of_subject)} are subjects", "give one column this role"
        )
    if len(set(names)) < len(names) or len(ignored) == len(names):
        raise InvalidRequestError.one(
            f"tables[{name}]", "its columns have no names of their own, or none is left", "rename them"
        )
    source = source_of(name, table, of_subject[0] if of_subject else None, ignored)
    if source.rows > options.max_rows:
        limit = np.sort(source.share)[options.max_rows]
        taken = source.only(source.share < limit)
        warnings.append(
            f"{name}: {taken.rows:,} of {source.rows:,} rows were learnt from, whole subjects by a hash"
        )
        source = taken
    count = source.subject_count if source.rows else 0
    if count < FEWEST_SUBJECTS:
        raise InvalidRequestError.one(
            f"tables[{name}]",
            f"has {count} {'subjects' if of_subject else 'rows'}: a model of so few would be about each of them",
            f"give at least {FEWEST_SUBJECTS}",
        )
    return source
