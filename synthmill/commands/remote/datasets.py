"""`synthmill datasets`: what has been made."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from synthmill.command_line.options import json_option, with_client
from synthmill.command_line.output import print_fields, print_json, print_table

if TYPE_CHECKING:
    from synthmill.client.client import Client

COLUMNS = ("id", "name", "version", "job_id", "rows", "size", "created_at")


@click.command(short_help="List the finished datasets, or show one.")
@click.argument("dataset_id", metavar="[ID]", required=False)
@click.option("--name", help="Only versions of the dataset of this name.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most datasets to list."
)
@json_option
@with_client
def datasets(client: Client, dataset_id: str | None, name: str | None, limit: int, as_json: bool) -> None:
    """List the finished datasets, the newest first, or show one; --json then has its manifest too."""
    if dataset_id is not None:
        one = client.dataset(dataset_id)
        if as_json:
            print_json(one)
        else:
            print_fields({column: one[column] for column in COLUMNS})
        return
    found = list(islice(client.datasets(name), limit))
    if as_json:
        print_json(found)
    else:
        print_table(COLUMNS, [[one[column] for column in COLUMNS] for one in found])
