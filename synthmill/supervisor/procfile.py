"""The Procfile: which processes make up the server, the same here and in production."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from synthmill.servers.errors import StackError

PROCFILE = files("synthmill") / "Procfile"
_LINE = re.compile(r"([a-z][a-z0-9_-]*):\s*(exec\s.+)")


def read_procfile(file: Traversable = PROCFILE) -> dict[str, str]:
    """The command line of each kind of process.

    Each begins with `exec`, so that the process is our child itself and not a shell's.
    """
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
    except OSError as error:
        raise StackError(f"{file} can't be read: {error.strerror}") from None
    commands: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith("#"):
            match = _LINE.fullmatch(line)
            if match is None:
                raise StackError(f"{file}: not of the form `name: exec command`: {line}")
            commands[match[1]] = match[2]
    return commands


def shell(command: str) -> list[str]:
    """How a line of the Procfile is run, here as everywhere: by the system's shell, which it replaces."""
    return ["/bin/sh", "-c", command]
