"""Files to begin with: a recipe for a strategy, or a template of one's own, with comments on what is what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from synthmill.generators.engine.contract import Strategy
from synthmill.generators.engine.pipeline import parameters_json_schema
from synthmill.generators.recipes.template import FOLDER, Template
from synthmill.generators.recipes.yaml_text import dump_yaml

_TEMPLATE_HEAD = """\
# A template of your own, from Synthmill's template {origin}. Change what you like, then:
#
#   synthmill preview --template {file}
#   synthmill generate --template {file} --rows 10000 --out {name}
#
# `rows` says how many rows the other tables have for each row of the main one (ratio), or in all (rows; with
# `least` they are fewer where the main table is smaller). `rules` are what the trade expects of the data:
# docs/conformance.md, "Domain rules". Column kinds are listed in docs/columns.md, relations and rules in
# docs/relations.md.

"""

_RECIPE_HEAD = """\
# A recipe: a strategy with its parameters. Change what you like, then:
#
#   synthmill preview --recipe {file}
#   synthmill generate --recipe {file} --out {name}
#
# What is commented out has the value that is shown.

strategy: {strategy}
seed: 7
# format: csv           # or jsonl, parquet, arrow
# compression: none     # or gzip, zstd

"""


def template_starter(template: Template, name: str, file: str) -> str:
    """The text of one of our templates as a template of another name, for a file called `file`."""
    text = (FOLDER / f"{template.name}.yaml").read_text("utf-8")
    renamed = re.sub(rf"(?m)^name: {re.escape(template.name)}$", f"name: {name}", text, count=1)
    return _TEMPLATE_HEAD.format(origin=template.name, file=file, name=name) + renamed


def recipe_starter(strategy: Strategy, name: str, file: str) -> str:
    """A recipe file for a strategy: every parameter with what it is, as a comment if it can be left out."""
    properties = parameters_json_schema(strategy)["properties"]
    lines = [line for key, described in properties.items() for line in _parameter(key, described)]
    head = _RECIPE_HEAD.format(file=file, name=name, strategy=strategy.name)
    return head + "parameters:" + ("\n" if _has_value(properties) else " {}\n") + "\n".join(lines) + "\n"


def _has_value(properties: dict[str, Any]) -> bool:
    return any("default" not in described for described in properties.values())


def _parameter(key: str, described: dict[str, Any]) -> Iterator[str]:
    for line in _wrapped(described.get("description", "")):
        yield f"  # {line}"
    given = "default" not in described
    value = described.get("examples", [None])[0] if given else described["default"]
    text = dump_yaml({key: value}, width=100).rstrip()
    yield indent(text, "  " if given else "  # ")


def _wrapped(text: str, width: int = 100) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= width:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    if line:
        yield line
