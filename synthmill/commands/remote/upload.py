"""`synthmill upload` and `synthmill uploads`: files that recipes name by their sha256."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthmill.client.progress import Meter
from synthmill.command_line.options import json_option, quiet_option, with_client
from synthmill.command_line.output import print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client

COLUMNS = ("id", "sha256", "size", "media_type", "name", "created_at", "expires_at")


@click.command(short_help="Send a file to the server, for recipes to name.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--name", help="Its name on the server; otherwise the file's own.")
@click.option("--media-type", metavar="TYPE", help="Such as text/csv; otherwise guessed from the name.")
@json_option
@quiet_option
@with_client
def upload(
    client: Client, file: Path, name: str | None, media_type: str | None, as_json: bool, quiet: bool
) -> None:
    """Send FILE to the server, or what comes from stdin for `-`. Prints its sha256, which recipes name it by.

    The same bytes are stored once: sending them again answers the upload that is there.
    """
    source = sys.stdin.buffer if str(file) == "-" else file
    with Meter("upload", "bytes", quiet=quiet) as meter:
        sent = client.upload(source, name=name, media_type=media_type, on_bytes=meter.show)
    if as_json:
        print_json(vars(sent))
    else:
        click.echo(sent.sha256)
        click.echo(f"stored as {sent.id}, {sent.size:,} bytes", err=True)


@click.group(short_help="List and delete uploaded files.")
def uploads() -> None:
    """List and delete the files that were uploaded to the workspace."""


@uploads.command("list", short_help="List the uploads.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most uploads to list."
)
@json_option
@with_client
def list_uploads(client: Client, limit: int, as_json: bool) -> None:
    """List the uploads, the newest first."""
    found = [vars(one) for one in islice(client.uploads(), limit)]
    if as_json:
        print_json(found)
    else:
        print_table(COLUMNS, [[one[name] for name in COLUMNS] for one in found])


@uploads.command("delete", short_help="Delete an upload.")
@click.argument("upload_id", metavar="ID")
@json_option
@with_client
def delete_upload(client: Client, upload_id: str, as_json: bool) -> None:
    """Delete an upload. Refused while an unfinished job needs it."""
    client.delete_upload(upload_id)
    if as_json:
        print_json({"id": upload_id, "deleted": True})
    else:
        click.echo(f"{upload_id} deleted")
