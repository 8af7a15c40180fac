"""`synthmill tail`: a stream's events as they come."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

import click

from synthmill.command_line.options import with_client
from synthmill.command_line.output import print_json_line

if TYPE_CHECKING:
    from synthmill.client.client import Client


@click.command(short_help="Print a stream's events as they come.")
@click.argument("stream_id", metavar="[STREAM]", required=False)
@click.option(
    "--after",
    metavar="SEQ",
    type=click.IntRange(min=0),
    help="Begin after this event.  [default: the last so far]",
)
@click.option("--count", metavar="N", type=click.IntRange(min=1), help="End after so many events.")
@click.option("--rows", is_flag=True, help="Print the rows alone.")
@with_client
def tail(client: Client, stream_id: str | None, after: int | None, count: int | None, rows: bool) -> None:
    """Print a stream's events as lines of JSON, each as its moment comes, until the stream ends.

    Without STREAM it is the workspace's default stream. Every event comes once and in order, whatever becomes
    of the connection; --after 0 begins with the first.
    """
    stream = client.streams.default() if stream_id is None else client.streams.get(stream_id)
    seen = stream["position"] if after is None else after
    for event in islice(client.streams.events(stream["id"], seen), count):
        print_json_line(event.data if rows else asdict(event))
