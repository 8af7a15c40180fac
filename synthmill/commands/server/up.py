"""`synthmill up`: the whole stack on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    envvar="SYNTHMILL_DATA",
    show_default=True,
    help="Folder for everything the stack keeps.",
)
@click.option(
    "--host", default="127.0.0.1", envvar="SYNTHMILL_HOST", show_default=True, help="Address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    envvar="SYNTHMILL_PORT",
    show_default=True,
    help="Port to listen on; 0 takes any free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(0, 512),
    default=2,
    show_default=True,
    help="How many worker processes; one more, for small jobs alone, is there in any case.",
)
@click.option(
    "--storage",
    type=click.Choice(["s3", "folder"]),
    default="s3",
    show_default=True,
    help="Keep datasets in an embedded S3 server, or as plain files in the data folder.",
)
@click.option("--no-grpc", is_flag=True, help="Serve no gRPC.")
@click.option(
    "--grpc-port",
    type=click.IntRange(0, 65535),
    envvar="SYNTHMILL_GRPC_PORT",
    help="Port for gRPC; 0 takes any free one.  [default: 50051 if it is free, else any]",
)
def up(
    data: Path,
    host: str,
    port: int,
    workers: int,
    storage: Literal["s3", "folder"],
    no_grpc: bool,
    grpc_port: int | None,
) -> None:
    """Start the whole stack on this machine and keep it running until Ctrl-C. It takes more than the library:
    pip install 'synthmill[server,embedded]'

    Database, broker and storage are embedded, unless SYNTHMILL_DATABASE_URL, SYNTHMILL_REDIS_URL or
    SYNTHMILL_STORAGE_URL name others. DIR/connection.json tells clients where the server is.
    """
    from synthmill.supervisor.supervisor import Options, Supervisor

    Supervisor(Options(data, host, port, workers, storage, not no_grpc, grpc_port), click.echo).run()
