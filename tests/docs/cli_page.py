"""Writes docs/cli.md from the commands themselves: `python -m tests.docs.cli_page` after a change to them."""

from __future__ import annotations

from pathlib import Path

import click

from synthmill.command import COMMANDS, SECTIONS, synthmill
from synthmill.command_line.exit_codes import MEANINGS

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
WIDTH = 100

HEAD = """\
# The command

This page is made from the commands themselves; a test keeps it so.

**Output.** Data goes to stdout, everything else to stderr. `--json` makes stdout JSON. On a terminal
progress is a bar; elsewhere a line every few seconds; with `--quiet` nothing. `NO_COLOR` takes the colours
away.

**Finding the server.** Options win over the environment, and an address over a data folder: `--url` (with
`--key`), `--data`, then `SYNTHMILL_URL` (with `SYNTHMILL_API_KEY`), `SYNTHMILL_DATA`, and last the folder
`data` where you are. The options may stand before the command or after it. `preview`, `templates`,
`strategies` and `plugins` need no server: this process answers, unless `--server` or one of those options
after the command says otherwise.

**Recipe files.** `--recipe FILE` reads a request in YAML or JSON; options win over its keys. `--rows N` is
for the template's main table (or a recipe's only one), `--rows TABLE=N` (repeated) for one table each;
together, the other tables follow N, and a recipe's `rows` hold for the tables that `--rows TABLE=N`
doesn't name. `--parameters` is JSON or `@FILE`.

**Errors** are one line per problem on stderr, naming the field, the reason and what would be right. A request
that names an unknown template or strategy is a wrong request, exit code 2; `synthmill templates NAME` and
`synthmill strategies NAME` end with 4 where there is none.

| exit code | meaning |
|---|---|
"""


def page() -> str:
    """The whole page."""
    lines = [f"| {code} | {meaning} |" for code, meaning in MEANINGS.items()]
    lines += ["| 128 + n | ended by signal n |", ""]
    parent = click.Context(synthmill, info_name="synthmill", **synthmill.context_settings)
    for title, names in SECTIONS.items():
        lines += [f"## {title}", ""]
        for name in names:
            command = synthmill.get_command(parent, name)
            assert command is not None
            lines += _block(parent, name, command)
    return HEAD + "\n".join(lines).rstrip() + "\n"


def _block(parent: click.Context, name: str, command: click.Command) -> list[str]:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH
    )
    title = f"{'#' * (3 if name in COMMANDS else 4)} {context.command_path}"
    block = [title, "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            block += _block(context, inner, found)
    return block


if __name__ == "__main__":
    PAGE.write_text(page())
