"""Checking domain rules: how many rows each looked at, how many break it, and some of those."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from synthmill.generators.domain_rules.sandbox import RuleLimits, sandbox
from synthmill.generators.domain_rules.syntax import check_query, columns_used, parse_query
from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.errors import FieldError, GrammarError, InvalidRequestError
from synthmill.generators.schema.json_values import step

_EXAMPLES = 3
_EXAMPLE_COLUMNS, _EXAMPLE_LENGTH = 20, 200

_NO_LIMITS = RuleLimits()


@dataclass(frozen=True)
class RuleResult:
    """What the rows say to a rule."""

    rule: DomainRule
    checked: int
    """Rows of its query."""
    broken: int
    """Those of them where it doesn't hold."""
    examples: tuple[Mapping[str, str | None], ...] = field(default=(), repr=False)
    """Some of those, as text: what the query gives beside its first column."""
    error: str = ""
    """Why it couldn't be checked; empty where it could."""

    @property
    def share(self) -> float:
        return self.broken / self.checked if self.checked else 1.0

    @property
    def passed(self) -> bool:
        """Whether something was checked, and no more rows break the rule than may: one of three where a fifth
        may, as there are only whole ones."""
        may = math.ceil(Decimal(str(self.rule.at_most)) * self.checked)
        return not self.error and self.checked > 0 and self.broken <= may

    @property
    def observed(self) -> str:
        """What was found, in words."""
        if self.error:
            return self.error
        if not self.checked:
            return "there was nothing to check"
        most = f", at most {_percent(self.rule.at_most)} may" if self.rule.at_most else ""
        share = f" ({_percent(self.share)})" if self.broken else ""
        return f"{self.broken:,} of {self.checked:,} break it{share}{most}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.rule.name,
            "says": self.rule.says,
            "at_most": self.rule.at_most,
            "checked": self.checked,
            "broken": self.broken,
            "passed": self.passed,
            "observed": self.observed,
            "examples": [dict(one) for one in self.examples],
        }


@dataclass(frozen=True)
class RulesReport:
    """All rules of a dataset, as they were declared."""

    results: tuple[RuleResult, ...]

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        return tuple(one for one in self.results if not one.passed)

    def to_dict(self) -> dict[str, Any]:
        rules = [one.to_dict() for one in self.results]
        return {"checked": len(self.results), "failed": len(self.failed), "rules": rules}

    @property
    def summary(self) -> str:
        """The rules that failed, each with what was found, on one line."""
        total, failed = len(self.results), self.failed
        if not failed:
            return f"all {total} domain rules hold"
        said = "; ".join(f"{one.rule.says} ({one.rule.name}: {one.observed})" for one in failed)
        return f"{len(failed)} of {total} domain rules don't hold: {said}"


class BrokenRulesError(ValueError):
    """A dataset was made, and it breaks domain rules that it was to keep."""

    def __init__(self, report: RulesReport) -> None:
        self.report = report
        super().__init__(report.summary)


def check_rules(
    rules: Iterable[DomainRule], tables: Mapping[str, pa.Table], limits: RuleLimits = _NO_LIMITS
) -> RulesReport:
    """Check rules on rows, by table. Raises nothing that a rule can cause: its result says why it failed."""
    columns = {name: rows.schema.names for name, rows in tables.items()}
    end = time.monotonic() + limits.seconds
    with sandbox(tables, limits) as connection:
        return RulesReport(tuple(_result(connection, rule, columns, end) for rule in rules))


def bind_rules(rules: Sequence[DomainRule], schemas: Mapping[str, pa.Schema], path: str) -> None:
    """Refuse rules whose queries don't fit the tables. Raises InvalidRequestError, fields from `path`."""
    empty = {name: schema.empty_table() for name, schema in schemas.items()}
    columns = {name: schema.names for name, schema in schemas.items()}
    errors = []
    with sandbox(empty, _NO_LIMITS) as connection:
        for rule in rules:
            try:
                _bind(connection, rule, columns)
            except GrammarError as error:
                at = step(f"{path}[{rule.name}]", "query")
                errors.append(FieldError(at, error.reason, error.fix))
    if errors:
        raise InvalidRequestError(errors)


def columns_of_rules(rules: Sequence[DomainRule], schemas: Mapping[str, pa.Schema]) -> dict[str, list[str]]:
    """By table, the columns that rules need; tables that none of them reads are left out."""
    columns = {name: schema.names for name, schema in schemas.items()}
    wanted: dict[str, set[str]] = {}
    with sandbox({}, _NO_LIMITS) as connection:
        for rule in rules:
            try:
                used = columns_used(parse_query(connection, rule.query), columns)
            except GrammarError:
                continue  # Its result says so.
            for table, names in used.items():
                wanted.setdefault(table, set()).update(names)
    return {table: [one for one in columns[table] if one in names] for table, names in wanted.items()}


def _bind(connection: Any, rule: DomainRule, columns: Mapping[str, Sequence[str]]) -> None:
    """Raises GrammarError for a query that isn't allowed, doesn't fit the tables, or says nothing true."""
    import duckdb

    check_query(parse_query(connection, rule.query), columns)
    try:
        first = connection.execute(_around(rule, "DESCRIBE SELECT *")).fetchone()
    except duckdb.Error as error:
        raise GrammarError(_reason(error), "name tables and columns that there are") from error
    if str(first[1]) != "BOOLEAN":
        raise GrammarError(
            f"its first column is of the type {first[1]}", "begin with what is true where the rule holds"
        )


def _around(rule: DomainRule, select: str, rest: str = "") -> str:
    """A query of what the rule's query gives, a table with a column `holds`; what it is was checked before.

    A comment at its end ends with the line.
    """
    return f"{select} FROM (\n{rule.query.rstrip().rstrip(';')}\n) AS checked(holds) {rest}"


def _result(
    connection: Any, rule: DomainRule, columns: Mapping[str, Sequence[str]], end: float
) -> RuleResult:
    import duckdb

    if time.monotonic() > end:
        return RuleResult(rule, 0, 0, error="the time for all rules was up before it was checked")
    try:
        _bind(connection, rule, columns)
        counts = "SELECT count(*), count(*) FILTER (WHERE holds IS NOT TRUE)"
        checked, broken = connection.execute(_around(rule, counts)).fetchone()
        examples = _examples(connection, rule) if broken else ()
    except GrammarError as error:
        return RuleResult(rule, 0, 0, error=f"its query can't be run: {error.reason}")
    except duckdb.InterruptException:
        return RuleResult(rule, 0, 0, error="its query takes longer than all rules may together")
    except duckdb.OutOfMemoryException:
        return RuleResult(rule, 0, 0, error="its query takes more memory than a rule may")
    except duckdb.Error as error:
        return RuleResult(rule, 0, 0, error=f"its query can't be run: {_reason(error)}")
    return RuleResult(rule, checked, broken, examples)


def _examples(connection: Any, rule: DomainRule) -> tuple[dict[str, str | None], ...]:
    """The first rows that break a rule, in their order: which ones must not depend on how they were found."""
    first = f"WHERE holds IS NOT TRUE ORDER BY ALL LIMIT {_EXAMPLES}"
    found = connection.execute(_around(rule, "SELECT CAST(COLUMNS(*) AS VARCHAR)", first))
    names = [one[0] for one in found.description][1 : _EXAMPLE_COLUMNS + 1]
    return tuple(
        {
            name: None if cell is None else str(cell)[:_EXAMPLE_LENGTH]
            for name, cell in zip(names, row[1:], strict=False)
        }
        for row in found.fetchall()
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _reason(error: Exception) -> str:
    """The first line of what DuckDB says, without its kind."""
    line = str(error).splitlines()[0]
    return line.partition(" Error: ")[2] or line
