"""`synthmill worker`: one more worker for a running stack."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    envvar="SYNTHMILL_DATA",
    show_default=True,
    help="The data folder of the running stack.",
)
def worker(data: Path) -> None:
    """Add one worker to the stack that runs in a data folder, until Ctrl-C.

    What it has in hand then is finished if that takes some seconds at most, and else made by another.
    """
    from synthmill.supervisor.joining import join

    join(data, lambda line: click.echo(line, err=True))
