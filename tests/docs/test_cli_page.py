"""docs/cli.md is what the commands say of themselves."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.cli_page import PAGE


def test_the_page_is_what_the_commands_say() -> None:
    # In a process of its own: click remembers how a command was first asked for help, by whatever test.
    ask = "from tests.docs.cli_page import page; import sys; sys.stdout.write(page())"
    answer = subprocess.run(
        [sys.executable, "-c", ask], cwd=PAGE.parents[1], capture_output=True, text=True, check=True
    )
    assert PAGE.read_text() == answer.stdout, "run: python -m tests.docs.cli_page"
