"""The page about grammars, written from those that there are: `python -m tools.docs.grammars`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from synthmill.generators.columns.texts.grammar_field import GrammarParameters
from synthmill.generators.grammars import grammar, syntax, tables
from synthmill.generators.grammars.built_in import built_in_grammar, grammar_names
from synthmill.generators.kernels.grammar import ATTEMPTS, written
from synthmill.generators.kernels.mix import mix
from synthmill.generators.kernels.texts import SPARE
from synthmill.generators.schema.json_schema import object_schema
from tools.docs.columns import members

_HEAD = r"""# Grammars

This page is written by `python -m tools.docs.grammars`; a test says when it is out of date.

A column of the kind [`sentences`](columns.md#sentences) writes readable text without a model, from a
weighted grammar: one that comes with the package, by name, or your own.

```yaml
- name: review
  kind: sentences
  grammar: product_review
  slots: [{slot: product, column: name, through: product_id}]
  labels:
    - label: sentiment
      column: rating
      entries:
        - {at: 1, value: negative}
        - {at: 2, value: negative}
        - {at: 3, value: mixed}
        - {at: 4, value: positive}
        - {at: 5, value: positive}

- name: note
  kind: sentences
  distinct: true
  grammar:
    labels: {outcome: {won: 2, lost: 1}}
    rules:
      note:
        - {weight: 3, text: "{Customer} [called|wrote] [on {weekday}|again], {result}."}
        - "{A channel} from {customer}: {result}."
      weekday: [Monday, Tuesday, Wednesday, Thursday, Friday]
      channel: [e-mail, call, letter, order]
      result:
        outcome:
          won: ["wants {quantity} of them", "signed for {quantity}"]
          lost: ["has decided against it", "found it [elsewhere|cheaper]"]
```

## What an alternative says

| written | gives |
|---|---|
| `{name}` | what the rule, or the slot, of that name gives |
| `{Name}` | the same, with a capital letter at its start |
| `{a name}`, `{A name}` | the same, behind `a` or `an`, `A` or `An`, by its sound |
| `[x\|y\|]` | one of these, equally likely; nothing may be one of them; brackets may stand within brackets |
| `\{ \} \[ \] \| \\` | the signs themselves |

A name in braces that is no rule is a *slot*: another column's cell, as text. Where it is null,
the text is, too. Rules by *label* say something else for each of its values, so the label is exact: it
decided what was written.

- The same row always gets the same text: each choice is a hash of the row and of how many came before it.
- Rules can't lead back to themselves, so a text's greatest length is known; it is at most BYTES bytes.
- `distinct`: the choices of words are the digits of a number that no two rows share, as far as they are
  needed. A text with too few words is drawn again, up to TIMES times; where nine in ten would have too few,
  that is refused.
- At most RULES rules, ALTERNATIVES alternatives in all, PIECES pieces of a text, DEPTH rules from one to the
  next, and brackets NESTED deep.

## A grammar's members

"""


def page() -> str:
    """docs/grammars.md."""
    limits = {
        "BYTES": tables.LONGEST_TEXT,
        "RULES": grammar.MOST_RULES,
        "ALTERNATIVES": grammar.MOST_ALTERNATIVES,
        "PIECES": tables.MOST_PIECES,
        "DEPTH": grammar.DEEPEST,
        "NESTED": syntax.DEEPEST,
        "TIMES": ATTEMPTS,
    }
    head = _HEAD
    for name, limit in limits.items():
        head = head.replace(name, f"{limit:,}")
    described = members(object_schema(GrammarParameters)["properties"])
    sections = (line for name in grammar_names() for line in _section(name))
    return "\n".join([head + "\n".join(described), "", "## Those of the package", "", *sections])


def _section(name: str) -> Iterator[str]:
    found = built_in_grammar(name)
    compiled = tables.CompiledGrammar(found, ())
    yield f"### {name}"
    yield ""
    yield found.description
    yield ""
    for label, values in found.labels.items():
        yield f"- label `{label}`: {', '.join(f'`{value}`' for value in values)}"
    if found.slots:
        yield f"- slots, all with words of their own: {', '.join(f'`{slot}`' for slot in found.slots)}"
    ways = f"{compiled.texts():.0e}".replace("e+", " x 10^").replace("^0", "^")
    yield f"- {ways} ways to write a text, {compiled.mean({}):.0f} characters on average"
    yield ""
    for text in _examples(compiled):
        yield f"> {text}"
        yield ""


def _examples(compiled: tables.CompiledGrammar) -> Iterator[str]:
    rows = 3
    found = compiled.tables
    values = compiled.grammar.labels.values()
    labels = [np.arange(rows) * (place + 2) % len(one) for place, one in enumerate(values)]
    numbers = np.arange(rows, dtype=np.uint64)
    text, offsets = written(
        found,
        0,
        np.array(labels, np.int64).reshape(-1, rows),
        np.append(found.blob, np.zeros(SPARE, np.uint8)),
        np.zeros((0, rows), np.int64),
        numbers,
        mix(7, numbers),
    )
    for row in range(rows):
        yield text[offsets[row] : offsets[row + 1]].tobytes().decode()


if __name__ == "__main__":
    print(page(), end="")
