"""The evaluation: synthetic tables beside real ones, and beside real ones that the model wasn't given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from synthmill.generators.errors import FieldError, InvalidRequestError, did_you_mean
from synthmill.generators.evaluation.given import alike, tables_of
from synthmill.generators.evaluation.progress import STEPS, OnProgress, Progress
from synthmill.generators.evaluation.report import Report
from synthmill.generators.evaluation.roles import COMPARED, KEY, find_roles
from synthmill.generators.evaluation.table import Sides, evaluate_table, too_small
from synthmill.generators.foreign_keys import Keys, given_relations, seen_relations
from synthmill.generators.limits import MAX_SEED

Roles = Mapping[str, Mapping[str, str]] | Mapping[str, str]
Targets = Sequence[str] | Mapping[str, Sequence[str]]

LEAST_ROWS = 40
"""Of a table: of fewer nothing can be said."""
MOST_SAMPLE = 100_000


def evaluate(
    real: Any,
    synthetic: Any,
    *,
    holdout: Any = None,
    keys: Keys | None = None,
    roles: Roles | None = None,
    targets: Targets | None = None,
    seed: int = 0,
    sample: int = 10_000,
    report: OnProgress | None = None,
) -> Report:
    """How synthetic tables compare with the real ones that a model was given; docs/evaluation.md has the
    scores.

    Each of `real`, `synthetic` and `holdout` is a pyarrow table, a DataFrame, or several of them by table
    name. `holdout` are real rows that the model wasn't given: without them memberships can't be attacked,
    and synthetic rows are compared with rows that the model knows. `keys` say whose child a row is, as
    `{"orders": {"customer_id": "customers.id"}}`, `roles` what a column is (by table where there are
    several), `targets` which columns to predict; all three are looked for where they aren't given. At most
    `sample` rows of a table are compared, chosen by `seed`. `report` is called with steps done, steps in
    all and what comes next, and may raise to stop.

    Raises InvalidRequestError, which names the field, for tables, columns, roles, keys or targets that
    aren't there, and where all tables have fewer than forty rows; of several, such small ones are left out.
    """
    _check_numbers(seed, sample)
    tables = tables_of(real, "real")
    others = alike(tables, synthetic, "synthetic")
    unseen = {} if holdout is None else alike(tables, holdout, "holdout")
    sides = {
        name: Sides(table, others[name], unseen.get(name, table.slice(0, 0)))
        for name, table in tables.items()
    }
    large = _large_enough(sides, bool(unseen))
    known_roles = _roles(tables, roles)
    own = {name: [column for column, role in one.items() if role == KEY] for name, one in known_roles.items()}
    relations = seen_relations(tables, own) if keys is None else given_relations(keys, tables, own)
    for one in relations:
        known_roles[one.child][one.column] = known_roles[one.parent][one.key] = KEY
    wanted = _targets(tables, known_roles, targets)
    progress = Progress(report, len(large) * STEPS)
    found = []
    for name, rows in sides.items():
        if name not in large:
            found.append(too_small(name, rows, known_roles[name], LEAST_ROWS))
            continue
        mine = [one for one in relations if one.child == name]
        found.append(
            evaluate_table(name, sides, known_roles, mine, wanted.get(name), progress.step, (sample, seed))
        )
    return Report(seed, sample, bool(unseen), tuple(found))


def _check_numbers(seed: int, sample: int) -> None:
    errors = []
    if not (isinstance(seed, int) and 0 <= seed <= MAX_SEED):
        errors.append(FieldError("seed", f"{seed!r} isn't a whole number from 0", f"at most {MAX_SEED}"))
    if not (isinstance(sample, int) and LEAST_ROWS <= sample <= MOST_SAMPLE):
        fix = f"{LEAST_ROWS} to {MOST_SAMPLE:,}"
        errors.append(FieldError("sample", f"{sample!r} isn't a number of rows to compare", fix))
    if errors:
        raise InvalidRequestError(errors)


def _large_enough(sides: Mapping[str, Sides], unseen: bool) -> set[str]:
    """The tables of which something can be said. Raises InvalidRequestError where there are none."""
    few = {
        name: [
            FieldError(f"{side}.{name}", f"has {table.num_rows} rows", f"give at least {LEAST_ROWS}")
            for side, table in zip(("real", "synthetic", "holdout"), tables, strict=True)
            if table.num_rows < LEAST_ROWS and (unseen or side != "holdout")
        ]
        for name, tables in sides.items()
    }
    if all(few.values()):
        raise InvalidRequestError(error for errors in few.values() for error in errors)
    return {name for name, errors in few.items() if not errors}


def _roles(tables: Mapping[str, pa.Table], roles: Roles | None) -> dict[str, dict[str, str]]:
    by_table: dict[str, Mapping[str, str]] = {}
    for name, given in (roles or {}).items():
        if isinstance(given, Mapping):
            by_table[name] = given
        elif len(tables) == 1:
            only = next(iter(tables))
            by_table[only] = {**by_table.get(only, {}), name: given}
        else:
            raise InvalidRequestError.one(
                f"roles.{name}", "isn't an object of roles by column", "name a table"
            )
    _check_tables(by_table, tables, "roles")
    return {
        name: find_roles(table, by_table.get(name, {}), f"roles.{name}") for name, table in tables.items()
    }


def _targets(
    tables: Mapping[str, pa.Table], roles: Mapping[str, Mapping[str, str]], targets: Targets | None
) -> dict[str, list[str]]:
    """By table; a target that is given without one is of each table that has such a column."""
    if targets is None:
        return {}
    if isinstance(targets, Mapping):
        _check_tables(targets, tables, "targets")
        found = {name: list(targets.get(name, ())) for name in tables}
    else:
        found = {
            name: [one for one in targets if one in table.column_names] for name, table in tables.items()
        }
        nowhere = [one for one in targets if not any(one in names for names in found.values())]
        found[next(iter(tables))] += nowhere
    errors = [
        FieldError(
            f"targets.{one}",
            f"{name} has no column of this name to predict{did_you_mean(one, table.column_names)}",
            "give a number or a category of the real table",
        )
        for name, table in tables.items()
        for one in found[name]
        if roles[name].get(one) not in COMPARED
    ]
    if errors:
        raise InvalidRequestError(errors)
    return found


def _check_tables(given: Mapping[str, Any], tables: Mapping[str, pa.Table], field: str) -> None:
    errors = [
        FieldError(f"{field}.{name}", f"there is no such table{did_you_mean(name, tables)}")
        for name in given
        if name not in tables
    ]
    if errors:
        raise InvalidRequestError(errors)
