"""`synthmill plugins`: what is installed beside Synthmill's own strategies, column kinds and formats."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from synthmill.command_line.exit_codes import DIFFERENT
from synthmill.command_line.options import json_option, with_client_if_asked
from synthmill.command_line.output import print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client

COLUMNS = ("package", "version", "group", "name", "state", "reason")


@click.group(short_help="List the plugins, or check one.", invoke_without_command=True)
@json_option
@with_client_if_asked
@click.pass_context
def plugins(ctx: click.Context, client: Client | None, as_json: bool) -> None:
    """List the plugins that are installed: what each brings, and what is wrong with it.

    \b
    synthmill plugins
    synthmill plugins check synthmill-example
    """
    if ctx.invoked_subcommand is not None:
        return
    found = client.plugins() if client else _plugins()
    if as_json:
        print_json(found)
        return
    own, *others = found
    print_table(COLUMNS, [row for package in others for row in _rows(package)])
    counts = Counter(entry["group"].replace("_", " ") for entry in own["entries"])
    brought = ", ".join(f"{count} {group}" for group, count in counts.items())
    click.echo(f"{own['name']} {own['version']} itself brings {brought}", err=True)


def _rows(package: dict[str, Any]) -> list[list[Any]]:
    about = [package["name"], package["version"]]
    if package["reason"]:
        return [[*about, None, None, package["state"], package["reason"]]]
    return [[*about, *(entry[key] for key in COLUMNS[2:])] for entry in package["entries"]]


def _plugins() -> list[dict[str, Any]]:
    from synthmill.generators.plugins import package_states

    return [one.to_dict() for one in package_states()]


@plugins.command(short_help="Check that a plugin keeps the promises.")
@click.argument("package")
@json_option
def check(package: str, as_json: bool) -> int:
    """Try on all that an installed PACKAGE brings what Synthmill's own strategies, column kinds and formats
    promise. Exit code 6 says that a promise isn't kept; then stdout says which, and what was seen instead.
    """
    from synthmill.generators.contract_checks.run import check_package

    outcomes = list(check_package(package))
    kept = [one for one in outcomes if one.kept]
    if as_json:
        print_json([one.to_dict() for one in outcomes])
    else:
        rows = [[one.group, one.name, one.promise, one.state, one.reason] for one in outcomes]
        print_table(("group", "name", "promise", "outcome", "reason"), rows)
        counts = Counter(one.state for one in outcomes)
        summary = ", ".join(f"{count} {state}" for state, count in counts.items())
        click.echo(f"{len(outcomes)} promises: {summary}", err=True)
    return 0 if len(kept) == len(outcomes) else DIFFERENT
