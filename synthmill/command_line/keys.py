"""Which columns hold keys of other tables, as commands are told."""

from __future__ import annotations

import click

from synthmill.command_line.options import Command


def child_option(command: Command) -> Command:
    """`--child`, given to a command as `keys`."""
    return click.option(
        "--child",
        "keys",
        metavar="TABLE.COLUMN=TABLE.COLUMN",
        multiple=True,
        help="Whose child a row is: its column and the parent's key; may be repeated. Else found by names.",
    )(command)


def keys_of(given: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """By table and column. Raises click.BadParameter."""
    found: dict[str, dict[str, str]] = {}
    for one in given:
        child, _, parent = one.partition("=")
        table, dot, column = child.partition(".")
        if not (dot and column and parent):
            raise click.BadParameter(
                f"{one!r} isn't TABLE.COLUMN=TABLE.COLUMN, such as orders.customer_id=customers.id",
                param_hint="--child",
            )
        found.setdefault(table, {})[column] = parent
    return found
