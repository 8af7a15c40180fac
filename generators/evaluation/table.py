"""All scores of one table, and of the families that its rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from synthmill.generators.evaluation import marginals
from synthmill.generators.evaluation.detection import detect
from synthmill.generators.evaluation.families import (
    Family,
    autocorrelations,
    compare_families,
    in_order,
    owners_of,
)
from synthmill.generators.evaluation.pictures import pictures
from synthmill.generators.evaluation.privacy.copies import find_copies
from synthmill.generators.evaluation.privacy.membership import attack
from synthmill.generators.evaluation.privacy.singling_out import single_out
from synthmill.generators.evaluation.report import TableReport
from synthmill.generators.evaluation.roles import IGNORE, KEY, PERSONAL, SUBJECT
from synthmill.generators.evaluation.sample import lay_out
from synthmill.generators.evaluation.scores import Finding, Score
from synthmill.generators.evaluation.utility import detect_targets, train_and_test
from synthmill.generators.foreign_keys import Relation

_MEASURES = (
    marginals.shapes,
    marginals.missing,
    marginals.valid,
    marginals.pairs,
    marginals.correlations,
    marginals.triples,
)


class Sides(NamedTuple):
    """A table three times; without rows where none are unseen."""

    real: pa.Table
    synthetic: pa.Table
    unseen: pa.Table


class _Families(NamedTuple):
    name: str
    sides: list[Family]
    parent_roles: Mapping[str, str]


def evaluate_table(
    name: str,
    tables: Mapping[str, Sides],
    roles: Mapping[str, Mapping[str, str]],
    relations: Sequence[Relation],
    targets: Sequence[str] | None,
    step: Callable[[str], None],
    limits: tuple[int, int],
) -> TableReport:
    """`limits` are the rows to compare at most, and the seed that chooses them."""
    most, seed = limits
    step(f"{name}: rows")
    sides = tables[name]
    families = list(_families(name, tables, roles, relations))
    if families:
        # In the order of the first relation: halves and folds are of whole families.
        first = families[0].sides
        laid = lay_out(
            name, [one.rows for one in first], roles[name], [one.units for one in first], most, seed
        )
    else:
        laid = lay_out(name, sides, roles[name], [None] * 3, most, seed)
    scores, findings = list[Score](), list[Finding]()
    step(f"{name}: columns")
    for measure in _MEASURES:
        found = measure(laid) if laid.compared else ([], [])
        scores += found[0]
        findings += found[1]
    step(f"{name}: classifiers")
    found = detect(laid)
    scores, findings = [*found[0], *scores], [*found[1], *findings]
    step(f"{name}: targets")
    predicted = detect_targets(laid.columns) if targets is None else targets
    scores += train_and_test(laid, predicted)
    step(f"{name}: copies")
    copies, closest = find_copies(laid)
    step(f"{name}: attacks")
    scores += [*copies, *attack(laid), *single_out(laid)]
    step(f"{name}: families")
    for family in families:
        found = compare_families(family.name, family.sides, roles[name], family.parent_roles, most, seed)
        scores += found[0]
        findings += found[1]
    if families:
        found = autocorrelations(laid)
        scores += found[0]
        findings += found[1]
    return TableReport(
        name,
        _counts(sides),
        dict(roles[name]),
        tuple(scores),
        tuple(findings),
        tuple(_not_measured(roles[name], bool(len(laid.unseen)), bool(families), scores, predicted)),
        tuple(pictures(laid, findings, closest)),
    )


def too_small(name: str, sides: Sides, roles: Mapping[str, str], least: int) -> TableReport:
    """Of a table with so few rows that nothing can be said of it."""
    why = f"Anything: it has fewer than {least} real, synthetic or unseen rows."
    return TableReport(name, _counts(sides), dict(roles), (), (), (why,), ())


def _counts(sides: Sides) -> tuple[int, int, int]:
    return sides.real.num_rows, sides.synthetic.num_rows, sides.unseen.num_rows


def _families(
    name: str,
    tables: Mapping[str, Sides],
    roles: Mapping[str, Mapping[str, str]],
    relations: Sequence[Relation],
) -> Iterator[_Families]:
    """Whose children the rows are, and without a parent, whose events."""
    for relation in relations:
        sides = [
            Family(
                rows,
                owners_of(rows.column(relation.column), parents.column(relation.key)),
                parents.num_rows,
                parents,
            )
            for rows, parents in zip(tables[name], tables[relation.parent], strict=True)
        ]
        ordered = [in_order(side, roles[name]) for side in sides]
        yield _Families(relation.name, ordered, roles[relation.parent])
    subjects = [column for column, role in roles[name].items() if role == SUBJECT]
    if subjects and not relations:
        column = subjects[0]
        sides = []
        for rows in tables[name]:
            keys = pa.chunked_array([rows.column(column).combine_chunks().unique().drop_null()])
            sides.append(Family(rows, owners_of(rows.column(column), keys), len(keys), None))
        yield _Families(f"{column}/{name}", [in_order(side, roles[name]) for side in sides], {})


def _not_measured(
    roles: Mapping[str, str], unseen: bool, families: bool, scores: Sequence[Score], targets: Sequence[str]
) -> Iterator[str]:
    """What isn't in the report, and why, in sentences."""
    metrics = {score.metric for score in scores}
    left = [column for column, role in roles.items() if role in (KEY, SUBJECT, IGNORE)]
    if left:
        yield f"Keys and columns that are ignored are compared with nothing: {', '.join(left)}."
    replaced = [column for column, role in roles.items() if role == PERSONAL]
    if replaced:
        yield (
            "Names, e-mail addresses and telephone numbers are replaced on purpose, so not compared: "
            f"{', '.join(replaced)}. The role category compares them."
        )
    if not unseen:
        yield (
            "Memberships and singling out: that takes real rows that the model wasn't given (holdout). "
            "Without "
            "them the classifier, too, compares with rows that the model may have learnt by heart."
        )
    elif not any(metric.startswith("membership") for metric in metrics):
        yield "Memberships: there are fewer than 200 unseen rows."
    elif "singling_out" not in metrics:
        yield "Singling out: there are too few columns, or too few conditions that hold for one row alone."
    for target in targets:
        if f"tstr.{target}" not in metrics:
            yield f"Predicting {target}: it has one value alone, too many categories, or too few rows."
    if not targets:
        yield "Predictions: no column looks like one that is predicted; name it as a target."
    if not families:
        yield "Families: no rows belong to another table's, and no column says whose they are."
