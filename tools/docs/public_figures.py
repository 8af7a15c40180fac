"""What is known of a template's domain, and what its rows have: sources, and laws against public figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import yaml

from synthmill.generators.domain_rules.check import columns_of_rules
from synthmill.generators.domain_rules.sandbox import RuleLimits, sandbox
from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.recipes.template import get_template, resolve

FOLDER = Path(__file__).parent / "figures"


@dataclass(frozen=True)
class Source:
    title: str
    url: str
    says: str
    """What it says of the domain."""


@dataclass(frozen=True)
class Law:
    """A figure of the domain: what is public, what the template asks for, and a query for what rows have."""

    says: str
    source: str
    """The source's title."""
    public: str
    asked: str
    query: str
    """A SELECT of one number."""
    between: tuple[float, float]
    """What the number has to lie between."""
    decimals: int = 2
    unit: str = ""

    def shown(self, value: float) -> str:
        return f"{value:,.{self.decimals}f}{self.unit}"


@dataclass(frozen=True)
class Figures:
    """Of one template: a file of `figures`."""

    template: str
    rows: int
    """Of the main table, at which laws are observed, with the first seed."""
    sources: tuple[Source, ...]
    laws: tuple[Law, ...]

    def observed(self, seed: int = 0) -> list[float]:
        """What the rows have, law by law."""
        template = get_template(self.template)
        plan = make_plan(make_recipe(template.strategy, resolve(template, {}, self.rows), seed))
        asked = [DomainRule(f"law{at}", law.says, law.query) for at, law in enumerate(self.laws)]
        tables = {}
        for name, columns in columns_of_rules(asked, {one.name: one.schema for one in plan.tables}).items():
            table = plan.table(name)
            tables[name] = pa.Table.from_batches(
                [
                    make_rows(plan, name, *table.block_range(block), columns=columns)
                    for block in range(table.blocks)
                ],
                table.chosen(columns).schema,
            )
        with sandbox(tables, RuleLimits()) as connection:
            return [float(connection.execute(law.query).fetchone()[0]) for law in self.laws]


def figures() -> dict[str, Figures]:
    """By template. A further one is a further file."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        sources = tuple(Source(**one) for one in content["sources"])
        laws = tuple(Law(**{**one, "between": tuple(one["between"])}) for one in content["laws"])
        found[path.stem] = Figures(path.stem, content["rows"], sources, laws)
    return found


def section(of: Figures) -> Iterator[str]:
    """The lines of a template's page about it."""
    yield "## Public figures"
    yield ""
    yield "Modelled on:"
    yield ""
    for source in of.sources:
        yield f"- [{source.title}]({source.url}): {source.says}"
    yield ""
    yield f"Asked of the template, and observed in {of.rows:,} rows with seed 0:"
    yield ""
    yield "| law | public figure | asked | observed |"
    yield "|---|---|---|---|"
    for law, value in zip(of.laws, of.observed(), strict=True):
        yield f"| {law.says} | {law.public} ({law.source}) | {law.asked} | {law.shown(value)} |"
