"""The page about formulas, written from their functions: `python -m tools.docs.formulas`."""

from __future__ import annotations

from synthmill.generators.formulas import arithmetic, grammar, logic, rounding, texts, times

_HEAD = """# Formulas

This page is written by `python -m tools.docs.formulas`; a test says when it is out of date.

A column of the kind `formula` follows from other columns of its row:

```json
{"name": "total", "kind": "formula", "formula": "decimal(price * quantity * 1.19, 2)"}
{"name": "group", "kind": "formula", "formula": "if(age < 18, 'minor', 'adult')"}
{"name": "due_on", "kind": "formula", "formula": "date(ordered_at) + 14"}
```

A formula is made of columns by name, numbers, text in quotes, `true`, `false`, `null`, operators and
functions. `customer_id.city` is the column `city` of the row that a foreign key leads to, `orders.status` one
of the parent's in the table `orders`.

- It has types. Whole numbers and decimals (money) are exact, and stay so under `+`, `-` and `*`; with a
  floating-point number among them, or after `/`, the result is one. `decimal(a, 2)` makes money of it.
- What has no value is null: a division by 0, the logarithm of 0, whole numbers beyond 64 bits. What is made
  of a null is null, but for `coalesce`, `is_null`, and `and` and `or` where the other side decides. `if`
  takes a null condition for false.
- It has the same value on every machine: powers, logarithms and sines are computed by functions of our own.
- At most LENGTH characters, NODES operations and values, DEPTH deep. Nothing in a formula is ever executed as
  program text; there are no attributes, loops or names but those here.
- Stronger before weaker: `^`, `-` as a sign, `* / // %`, `+ -`, `&`, comparisons, `not`, `and`, `or`.
"""


def page() -> str:
    """docs/formulas.md."""
    limits = {"LENGTH": grammar.MAX_LENGTH, "NODES": grammar.MAX_NODES, "DEPTH": grammar.MAX_DEPTH}
    head = _HEAD
    for name, limit in limits.items():
        head = head.replace(name, f"{limit:,}")
    parts = [head]
    sections = {
        "Numbers": arithmetic,
        "Rounding": rounding,
        "Conditions": logic,
        "Text": texts,
        "Dates and times": times,
    }
    for title, module in sections.items():
        parts.append(f"## {title}\n\n| write | what it is |\n|---|---|")
        parts += [f"| `{function.usage}` | {function.about} |" for function in module.FUNCTIONS]
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
