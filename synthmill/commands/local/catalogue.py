"""`synthmill templates` and `synthmill strategies`: what can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from synthmill.command_line.options import json_option, with_client_if_asked
from synthmill.command_line.output import print_fields, print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client
    from synthmill.generators.recipes.template import Template

TEMPLATE = ("name", "title", "description", "strategy", "main", "default_rows", "own")
STRATEGY = ("name", "title", "description")


@click.command(short_help="List the templates, or show one.")
@click.argument("name", required=False)
@json_option
@with_client_if_asked
def templates(client: Client | None, name: str | None, as_json: bool) -> None:
    """List the templates, or show one with its parameters."""
    if name is None:
        _print_list(
            client.templates() if client else _templates(), ("name", "main", "default_rows", "title"), as_json
        )
        return
    found = client.template(name) if client else _template(name)
    if as_json:
        print_json(found)
        return
    print_fields({key: found[key] for key in TEMPLATE})
    if found["options"]:
        click.echo()
        print_table(
            ["option", "description"], [[key, one["description"]] for key, one in found["options"].items()]
        )
    _print_rows_and_rules(found)
    for table in found["defaults"].get("tables", ()):
        click.echo(f"\n{table['name']}")
        print_table(["column", "kind"], [[column["name"], column["kind"]] for column in table["columns"]])


def _print_rows_and_rules(found: dict[str, Any]) -> None:
    """What `--rows` is for, how the other tables follow, and what the trade expects of the data."""
    if found["rows"]:
        click.echo(f"\n--rows is the number of rows of {found['main']}; of the others")
        for table, law in found["rows"].items():
            click.echo(f"  {table}: {_law(law, found['main'])}")
    if found["rules"]:
        click.echo("\ndomain rules")
        for rule in found["rules"]:
            click.echo(f"  {rule['says']}")


def _law(law: dict[str, Any], main: str) -> str:
    if "ratio" in law:
        return f"{law['ratio']} for each row of {main}"
    shrinks = (
        f", {law['least']:,} at least where {main} has fewer rows than by default" if "least" in law else ""
    )
    return f"{law['rows']:,}{shrinks}"


@click.command(short_help="List the strategies, or show one.")
@click.argument("name", required=False)
@json_option
@with_client_if_asked
def strategies(client: Client | None, name: str | None, as_json: bool) -> None:
    """List the strategies, or show one; --json has the JSON Schema of its parameters."""
    if name is None:
        _print_list(
            client.strategies() if client else _strategies(), ("name", "title", "description"), as_json
        )
        return
    found = client.strategy(name) if client else _strategy(name)
    if as_json:
        print_json(found)
        return
    print_fields({key: found[key] for key in STRATEGY})
    click.echo()
    properties: dict[str, dict[str, Any]] = found["parameters"].get("properties", {})
    print_table(
        ["parameter", "description"], [[key, one.get("description")] for key, one in properties.items()]
    )


def _print_list(found: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        print_table(columns, [[one[name] for name in columns] for one in found])


def _templates() -> list[dict[str, Any]]:
    from synthmill.generators.recipes.template import templates as known

    return [_summary(one) for one in known().values()]


def _summary(template: Template) -> dict[str, Any]:
    return {key: getattr(template, key) for key in TEMPLATE if key != "own"} | {"own": False}


def _template(name: str) -> dict[str, Any]:
    from synthmill.generators.engine.contract import STRATEGIES
    from synthmill.generators.engine.pipeline import parameters_json_schema
    from synthmill.generators.recipes.template import get_template

    one = get_template(name)
    schema = parameters_json_schema(STRATEGIES.get(one.strategy))
    return {
        **_summary(one),
        "rows": one.row_laws(),
        "options": one.options_shown(),
        "parameters": schema,
        "defaults": one.parameters,
        "rules": [rule.to_dict() for rule in one.rules],
    }


def _strategies() -> list[dict[str, Any]]:
    from synthmill.generators.engine.contract import STRATEGIES

    return [{key: getattr(one, key) for key in STRATEGY} for one in STRATEGIES.usable().values()]


def _strategy(name: str) -> dict[str, Any]:
    from synthmill.generators.engine.contract import STRATEGIES
    from synthmill.generators.engine.pipeline import parameters_json_schema

    one = STRATEGIES.get(name)
    return {**{key: getattr(one, key) for key in STRATEGY}, "parameters": parameters_json_schema(one)}
