"""Fitting privately: a budget, what it is spent on, and a table's model made of that alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow.types as pt

from synthmill.generators.errors import FieldError, InvalidRequestError, did_you_mean
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.private.accounting import Ledger, rho_of
from synthmill.generators.learning.private.columns import (
    Known,
    fixed_names,
    learn_column,
    needs_finding,
    role_of,
)
from synthmill.generators.learning.private.declared import Budget
from synthmill.generators.learning.private.measuring import Measuring
from synthmill.generators.learning.private.network import fit_network
from synthmill.generators.learning.private.noise import Bits, SystemBits
from synthmill.generators.learning.roles import check_roles
from synthmill.generators.learning.source import Source
from synthmill.generators.learning.table_model import ColumnModel, TableModel
from synthmill.generators.learning.variables import Variable

_ROWS = Fraction(1, 100)
_FINDING = Fraction(12, 100)
"""Parts of the budget; for finding only where something isn't declared."""
_ALONE = Fraction(15, 100)
_CHOICES = Fraction(6, 100)
_CLASSES = 16
_CELLS, _MOST_CELLS = 2**20, 2**17
_FEWEST = 20


def fit_privately(
    source: Source,
    given: Mapping[str, str],
    budget: Budget,
    report: Callable[[int, int, str], None],
    bits: Bits | None = None,
) -> tuple[TableModel, dict[str, Any]]:
    """The table's model, and what it says of its privacy. `bits` are the operating system's where none are
    given, as they must be for what is promised to hold.

    Raises InvalidRequestError for roles, bounds and domains that don't fit.
    """
    check_roles(source.name, source.columns, given)
    bounds, domains = budget.bounds.get(source.name, {}), budget.domains.get(source.name, {})
    roles = {
        name: role_of(column, given.get(name), name in domains) for name, column in source.columns.items()
    }
    _check_declared(source, budget, roles)
    has_subject = "subject" in roles.values()
    source = _bounded(source, budget.rows_per_subject)
    finding = {
        name: needs_finding(column, roles[name], bounds.get(name), domains.get(name))
        for name, column in source.columns.items()
    }
    counted = [name for name, role in roles.items() if role in ("number", "time", "category")]
    values = sum(one == "values" for one in finding.values())
    share = Fraction(budget.delta) / 2 if values else Fraction(0)
    rho = rho_of(budget.epsilon, budget.delta - float(share))
    ledger = Ledger(rho, share)
    measuring = Measuring(ledger, bits or SystemBits(), budget.rows_per_subject)
    steps = len(source.columns) + len(counted) + 2
    done = 0

    def step(what: str) -> None:
        nonlocal done
        done = min(done + 1, steps)
        report(done, steps, what)

    total = _counted(measuring, "the number of rows", source.rows, rho * _ROWS / 2)
    subjects = total
    if budget.rows_per_subject > 1:
        subjects = _counted(measuring, "the number of subjects", source.subject_count, rho * _ROWS / 2)
    if total < _FEWEST:
        raise InvalidRequestError.one(
            f"tables[{source.name}]",
            f"has about {max(0, total)} rows: too few to learn from with such noise",
            f"give many more than {_FEWEST}, or a larger epsilon",
        )
    to_find = sum(bool(one) for one in finding.values())
    parts = 1 - _ROWS - (_FINDING if to_find else 0)
    alone = rho * parts * _ALONE
    personal = fixed_names(source.columns, roles)
    numbers = sum(roles[name] in ("number", "time") for name in counted)
    columns, variables, codes = list[ColumnModel](), list[Variable](), list[I64]()
    for name, column in source.columns.items():
        known = Known(
            bounds.get(name),
            domains.get(name),
            alone / max(1, len(counted)),
            rho * _FINDING / max(1, to_find),
            share / max(1, values),
            float(total),
            _CLASSES,
            min(_MOST_CELLS, _CELLS // max(1, numbers)),
        )
        learnt = learn_column(measuring, source.name, column, roles[name], known, personal)
        columns.append(ColumnModel(name, roles[name], learnt.codec))
        variables += learnt.codec.variables
        codes += learnt.codes
        step("counting columns")
    left = rho - ledger.spent_rho
    chain = fit_network(
        measuring,
        variables,
        codes,
        float(total),
        left * _CHOICES,
        left * (1 - _CHOICES),
        lambda: step("counting pairs of columns"),
    )
    model = TableModel(source.name, total, max(1, subjects), tuple(columns), chain, False)
    return model, _statement(source, budget, ledger, rho, finding, has_subject)


def _counted(measuring: Measuring, what: str, exact: int, rho: Fraction) -> int:
    return int(measuring.counts(what, np.array([exact]), rho)[0][0])


def _check_declared(source: Source, budget: Budget, roles: Mapping[str, str]) -> None:
    """Raises InvalidRequestError for what is declared of tables and columns that aren't there, or of such as
    can't have it."""
    wrong = list[FieldError]()
    for what, declared, fitting in (
        ("bounds", budget.bounds, ("number", "time")),
        ("domains", budget.domains, ("category",)),
    ):
        for table, columns in declared.items():
            if table != source.name:
                field = f"privacy.{what}.{table}"
                wrong.append(FieldError(field, "there is no such table", f"tables: {source.name}"))
                continue
            for name in columns:
                field = f"privacy.{what}.{table}.{name}"
                if name not in roles:
                    near = did_you_mean(name, roles)
                    fix = f"columns: {', '.join(roles)}"
                    wrong.append(FieldError(field, f"there is no such column{near}", fix))
                elif roles[name] not in fitting:
                    reason = f"the column is a {roles[name]}"
                    fix = f"only those with the role {' or '.join(fitting)} have {what}"
                    wrong.append(FieldError(field, reason, fix))
                elif what == "domains" and pt.is_boolean(source.columns[name].type):
                    wrong.append(FieldError(field, "is known: true and false", "leave it out"))
    if budget.rows_per_subject > 1 and "subject" not in roles.values():
        reason = "no column says whose a row is, so that each is a subject of its own"
        fix = f"leave it out, or name the column: roles {{{source.name}: {{COLUMN: subject}}}}"
        wrong.append(FieldError("privacy.rows_per_subject", reason, fix))
    if wrong:
        raise InvalidRequestError(wrong)


def _bounded(source: Source, most: int) -> Source:
    """The first rows of each subject, in the order of their hashes: which depends on no other subject."""
    firsts = np.searchsorted(source.subjects, source.subjects)
    return source.only(np.arange(source.rows) - firsts < most)


def _statement(
    source: Source,
    budget: Budget,
    ledger: Ledger,
    rho: Fraction,
    finding: Mapping[str, str],
    has_subject: bool,
) -> dict[str, Any]:
    unit = (
        f"a subject with at most {budget.rows_per_subject} of his rows; of more, those are left out"
        if has_subject
        else "a row; whoever has several of them is protected less"
    )
    return {
        "mode": "dp",
        "statement": f"({budget.epsilon:g}, {budget.delta:g})-differential privacy, adding or removing "
        f"{unit}; "
        "names and types of columns, and what is declared, are taken for public",
        "epsilon": budget.epsilon,
        "delta": budget.delta,
        "rho": float(rho),
        "rho_spent": float(ledger.spent_rho),
        "unit": "subject" if has_subject else "row",
        "rows_per_subject": budget.rows_per_subject,
        "spent": [
            {"what": one.what, "rho": float(one.rho), "delta": float(one.delta)}
            for one in ledger.entries.values()
        ],
        "declared": {
            "bounds": sorted(budget.bounds.get(source.name, {})),
            "domains": sorted(budget.domains.get(source.name, {})),
        },
        "found": sorted(name for name, what in finding.items() if what),
    }
