"""`synthmill keys`: the API keys of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from synthmill.command_line.options import json_option, with_client
from synthmill.command_line.output import print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client

COLUMNS = ("id", "name", "prefix", "created_at", "last_used_at", "revoked_at")


@click.group(short_help="List, make and revoke API keys.")
def keys() -> None:
    """List, make and revoke the API keys of the workspace."""


@keys.command("list", short_help="List the keys.")
@json_option
@with_client
def list_keys(client: Client, as_json: bool) -> None:
    """List the keys, the newest first, revoked ones too. Keys themselves can't be shown."""
    found = client.keys()
    if as_json:
        print_json(found)
    else:
        print_table(COLUMNS, [[key[name] for name in COLUMNS] for key in found])


@keys.command("create", short_help="Make a key.")
@click.argument("name")
@json_option
@with_client
def create_key(client: Client, name: str, as_json: bool) -> None:
    """Make a key; NAME says what it is for. It is printed this once."""
    made = client.create_key(name)
    if as_json:
        print_json(made)
    else:
        click.echo(made["key"])
        click.echo(f"key {made['id']} made; keep it, it can't be shown again", err=True)


@keys.command("revoke", short_help="Revoke a key.")
@click.argument("key_id", metavar="ID")
@json_option
@with_client
def revoke_key(client: Client, key_id: str, as_json: bool) -> None:
    """Revoke a key: from now on it opens nothing."""
    revoked = client.revoke_key(key_id)
    if as_json:
        print_json(revoked)
    else:
        click.echo(f"{key_id} revoked")
