"""`synthmill prepare`: what a production start runs once before its processes."""

from __future__ import annotations

import click


@click.command()
def prepare() -> None:
    """Migrate the database, make the bucket and the first API key, as SYNTHMILL_* variables name them.

    `synthmill up` does this by itself; elsewhere it comes before the Procfile's lines. Repeats are harmless.
    """
    import os
    from contextlib import closing

    from synthmill.servers.extras import check_extras
    from synthmill.supervisor.preparing import build_services, check_settings
    from synthmill.supervisor.preparing import prepare as make_ready

    check_extras(("server",))
    check_settings(os.environ)
    with closing(build_services(os.environ)) as services:
        token = make_ready(services, None, click.echo)
    click.echo(f"API key, shown this once: {token}" if token else "Ready; there are API keys already.")
