"""The command `synthmill`: which commands there are, and how each ends.

A command's module is imported when it is run, so that `synthmill --help` is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from synthmill.command_line.exit_codes import ERROR, EXPECTED, INTERRUPTED, MEANINGS, USAGE, exit_code, lines
from synthmill.ending import unwinding
from synthmill.generators.version import VERSION

SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Make datasets here, without a server": {
        "generate": ("local.generate", "Make a dataset in this process."),
        "preview": ("local.preview", "Show the first rows of a dataset."),
        "init": ("local.init", "Write a recipe or a template to begin with."),
        "verify": ("local.verify", "Check a dataset against its recipe."),
        "profile": ("local.profile", "Show what the columns of a dataset hold."),
        "conformance": ("local.conformance", "Check a dataset against what its recipe declares."),
        "evaluate": ("local.evaluate", "Compare synthetic data with the real data it stands for."),
        "rows": ("local.rows", "Print any rows of a dataset, without the rest."),
        "diff": ("local.diff", "Say what two datasets differ in."),
        "import": ("local.import_", "Make a recipe of DDL, a data file, JSON Schema or a database."),
        "export": ("local.export", "Write a dataset as SQL or as an Excel workbook."),
        "templates": ("local.catalogue", "List the templates, or show one."),
        "strategies": ("local.catalogue", "List the strategies, or show one."),
        "plugins": ("local.plugins", "List the plugins, or check one."),
    },
    "Learn from real data, here": {
        "fit": ("local.fit", "Learn a model from a data file."),
        "sample": ("local.sample", "Make rows of a model."),
    },
    "Make datasets on a server": {
        "submit": ("remote.submit", "Ask a server for a dataset."),
        "watch": ("remote.watch", "Follow a job until it ends."),
        "download": ("remote.download", "Fetch a job's files, each block checked."),
        "jobs": ("remote.jobs", "List the jobs."),
        "show": ("remote.jobs", "Show one job."),
        "pause": ("remote.verbs", "Begin no further part of a job."),
        "resume": ("remote.verbs", "Go on with a paused job."),
        "stop": ("remote.verbs", "End a job for good; it leaves no files."),
        "retry": ("remote.verbs", "Begin a failed or stopped job again."),
        "clone": ("remote.verbs", "Make a new job with a job's recipe and output."),
        "delete": ("remote.verbs", "Remove a job with its dataset and files."),
        "datasets": ("remote.datasets", "List the finished datasets, or show one."),
        "upload": ("remote.upload", "Send a file to the server, for recipes to name."),
        "uploads": ("remote.upload", "List and delete uploaded files."),
        "models": ("remote.models", "Fit, list, fetch and delete models on a server."),
        "evaluations": ("remote.evaluations", "Compare synthetic with real data on a server."),
        "tail": ("remote.tail", "Print a stream's events as they come."),
        "keys": ("remote.keys", "List, make and revoke API keys."),
    },
    "Run a server": {
        "demo": ("server.demo", "Start everything, make the retail dataset, stop everything."),
        "up": ("server.up", "Start a server with all its parts."),
        "worker": ("server.worker", "Add a worker to a running server."),
        "prepare": ("server.prepare", "Make database, bucket and first key, before a production start."),
    },
}
"""Name of each command, the module of `synthmill.commands` that has it under that name, and its help."""

COMMANDS = {name: place for section in SECTIONS.values() for name, place in section.items()}


class LazyGroup(click.Group):
    """Knows the names and one-line helps of its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"synthmill.commands.{COMMANDS[cmd_name][0]}")
        # `import` is Python's own word.
        command: click.Command = getattr(module, "import_" if cmd_name == "import" else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in MEANINGS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = [known for known in COMMANDS if known.startswith(name[:3])]
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"there is no command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(VERSION, prog_name="synthmill")
@click.option("--data", metavar="DIR", help="Data folder of the server to speak to. [env: SYNTHMILL_DATA]")
@click.option("--url", metavar="URL", help="Address of the server to speak to. [env: SYNTHMILL_URL]")
@click.option("--key", metavar="KEY", help="API key for --url. [env: SYNTHMILL_API_KEY]")
@click.pass_context
def synthmill(ctx: click.Context, data: str | None, url: str | None, key: str | None) -> None:
    """Synthetic data as a pure function of its recipe: the same bytes here, on a server, on any number of
    workers.

    Data goes to stdout, all else to stderr; --json makes stdout JSON. Options win over the environment.
    A server is found by --url, --data, SYNTHMILL_URL or SYNTHMILL_DATA, and else in the folder `data`.
    """
    ctx.obj = {"data": data, "url": url, "key": key}
    if data is not None:
        ctx.default_map = {"up": {"data": data}, "worker": {"data": data}}


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and give back its exit code. Expected errors are lines on stderr, never a traceback."""
    try:
        with unwinding():
            outcome = synthmill.main(args, prog_name="synthmill", standalone_mode=False)
            sys.stdout.flush()
        return outcome if isinstance(outcome, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
        _complain(error.format_message() + (f" (see {where} --help)" if where else ""))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough of it; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    except EXPECTED as error:
        for line in lines(error):
            _complain(line)
        return exit_code(error)


def _complain(problem: str) -> None:
    """One line, also of what comes in several, such as a YAML parser's words."""
    click.echo("error: " + " ".join(line.strip() for line in problem.splitlines()), err=True)
