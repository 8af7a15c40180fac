"""The code in our Markdown pages, ready to be run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w.-]+\.(?:yaml|json))\n")


@dataclass(frozen=True)
class Example:
    language: str
    code: str
    line: int
    """Where it stands in the page."""


def examples(page: str) -> list[Example]:
    """The fenced blocks of a page that name a language."""
    text = (ROOT / page).read_text()
    return [
        Example(found[1], found[2], text[: found.start()].count("\n") + 1) for found in _FENCED.finditer(text)
    ]


def file_name(example: Example) -> str | None:
    """The name of the file that a block is, given in its first line."""
    found = _FILE.match(example.code)
    return found[1] if found else None
