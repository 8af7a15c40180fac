from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from keyword import iskeyword

import click
import pytest

from synthmill.command import COMMANDS, synthmill
from synthmill.command_line.exit_codes import MEANINGS
from tests.command.conftest import Run

HEAVY = {
    "numpy",
    "pandas",
    "pyarrow",
    "httpx",
    "websocket",
    "rich",
    "flask",
    "sqlalchemy",
    "marshmallow",
    "yaml",
}


def test_the_front_page_lists_every_command_and_exit_code(run: Run) -> None:
    out = run("--help").out
    assert all(f"\n  {name} " in out and text in out for name, (_, text) in COMMANDS.items())
    assert all(f"\n  {code} " in out and meaning in out for code, meaning in MEANINGS.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_in_a_sentence(run: Run, name: str) -> None:
    module, text = COMMANDS[name]
    # A word of Python's own can't be a function's name.
    function = f"{name}_" if iskeyword(name) else name
    command = getattr(import_module(f"synthmill.commands.{module}"), function)
    assert isinstance(command, click.Command)
    assert text.endswith(".")
    assert command.help
    assert run(name, "--help").code == 0


def test_every_option_has_a_help_text() -> None:
    context = click.Context(synthmill)
    for name in COMMANDS:
        command = synthmill.get_command(context, name)
        assert command is not None
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        assert all(option.help for option in options), name


def test_asking_for_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from synthmill.command import main; main(['--help']);"
        f"print(len(sys.modules), [m for m in {sorted(HEAVY)} if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules, heavy = ran.stdout.splitlines()[-1].split(" ", 1)
    assert heavy == "[]"
    assert int(modules) < 300, "it takes 0.06 s on an idle machine"


def test_a_mistyped_command_gets_a_hint(run: Run) -> None:
    ran = run("watsh")
    assert ran.code == 2
    assert "did you mean watch?" in ran.err


def test_no_arguments_show_the_help_and_the_version_is_known(run: Run) -> None:
    assert "Usage: synthmill" in run().err
    assert run("--version").out.startswith("synthmill, version ")
