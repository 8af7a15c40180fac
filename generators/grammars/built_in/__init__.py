"""The grammars that come with the package: a file `NAME.yaml` each, found by being there."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from synthmill.generators.grammars.grammar import Grammar, grammar_of
from synthmill.generators.recipes.yaml_text import load_yaml


@cache
def grammar_names() -> tuple[str, ...]:
    """In alphabetical order."""
    found = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml")))


@cache
def built_in_grammar(name: str) -> Grammar:
    """One of them."""
    return grammar_of(load_yaml((files(__name__) / f"{name}.yaml").read_text("utf-8")))
