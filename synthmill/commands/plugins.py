"""`synthmill plugins`: what is installed beside Synthmill's own strategies, column kinds and formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from synthmill.command_line.exit_codes import DIFFERENT
from synthmill.command_line.options import json_option, with_client_if_asked
from synthmill.command_line.output import print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client


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
    rows = []
    for package in found:
        rows += [_row(package, entry) for entry in package["entries"]]
        if package["reason"]:
            rows.append(
                [package["name"], package["version"], None, None, package["state"], package["reason"]]
            )
    print_table(("package", "version", "group", "name", "state", "reason"), rows)


def _row(package: dict[str, Any], entry: dict[str, Any]) -> list[Any]:
    return [
        package["name"],
        package["version"],
        *(entry[key] for key in ("group", "name", "state", "reason")),
    ]


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
    broken = [one for one in outcomes if not one.kept]
    if as_json:
        print_json([one.to_dict() for one in outcomes])
    else:
        print_table(
            ("group", "name", "promise", "kept"),
            [
                [one.group, one.name, one.promise, "yes" if one.kept else f"NO: {one.reason}"]
                for one in outcomes
            ],
        )
        click.echo(f"{len(outcomes) - len(broken)} of {len(outcomes)} promises are kept", err=True)
    return DIFFERENT if broken else 0
