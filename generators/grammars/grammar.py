"""A grammar as JSON or YAML says it, read, with all that can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from synthmill.generators.grammars.syntax import Alternative, Choice, Reference, SyntaxRefusedError, parsed
from synthmill.generators.schema.json_values import shown

MOST_RULES = 2_000
MOST_ALTERNATIVES = 50_000
"""Of all rules together."""
DEEPEST = 16
"""Rules that lead from one to the next."""
LONGEST_ALTERNATIVE = 4_000
MOST_LABELS = 8
MOST_VALUES = 100
"""Of a label."""


class GrammarError(ValueError):
    """A grammar can't be what it is: the member that is wrong, the reason, and what would be right."""

    def __init__(self, field: str, reason: str, fix: str) -> None:
        self.field, self.reason, self.fix = field, reason, fix
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True)
class Rule:
    """Alternatives with their weights, of which one is chosen at random."""

    alternatives: tuple[Alternative, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class LabelRule:
    """A rule for each value of a label."""

    label: str
    rules: tuple[Rule, ...]
    """In the order of the label's values."""


@dataclass(frozen=True, eq=False)
class Grammar:
    """A grammar without a circle, whose references all lead somewhere. Compiled by `tables`."""

    title: str
    description: str
    start: str
    rules: Mapping[str, Rule | LabelRule]
    labels: Mapping[str, Mapping[str, float]]
    """The values that each can have, with how likely each is where no column says it."""
    defaults: Mapping[str, str]
    """The rule that stands in for a slot that isn't filled."""

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """All that the rules leave to be filled, in their order."""
        found = (one.name for rule in self.rules.values() for one in references(rule))
        return tuple(dict.fromkeys(name for name in found if name not in self.rules))


def grammar_of(document: Mapping[str, Any]) -> Grammar:
    """From an object with `rules`, and perhaps title, description, start, labels and slots.

    Raises GrammarError.
    """
    labels = {
        name: {value: float(weight) for value, weight in values.items()}
        for name, values in (document.get("labels") or {}).items()
    }
    if len(labels) > MOST_LABELS:
        raise GrammarError("labels", f"has {len(labels)}", f"give at most {MOST_LABELS}")
    for name, values in labels.items():
        if len(values) > MOST_VALUES:
            raise GrammarError("labels", f"{name} has {len(values)} values", f"give at most {MOST_VALUES}")
    rules = {name: _rule(name, given, labels) for name, given in document["rules"].items()}
    _check_size(rules)
    start = document.get("start") or next(iter(rules))
    if start not in rules:
        raise GrammarError("start", f"there is no rule {start}", f"rules: {_listed(rules)}")
    found = Grammar(
        document.get("title") or "",
        document.get("description") or "",
        start,
        rules,
        labels,
        dict(document.get("slots") or {}),
    )
    _check_slots(found)
    _check_circle(found)
    return found


def _rule(name: str, given: Any, labels: Mapping[str, Mapping[str, float]]) -> Rule | LabelRule:
    field = f"rules[{name}]"
    if isinstance(given, list):
        return _plain_rule(given, field)
    if (
        not isinstance(given, Mapping)
        or len(given) != 1
        or not isinstance(next(iter(given.values())), Mapping)
    ):
        raise GrammarError(
            field,
            "is neither a list of alternatives nor an object of a label and its values",
            'give ["...", "..."], or {"sentiment": {"good": [...], "bad": [...]}}',
        )
    label, of_values = next(iter(given.items()))
    if label not in labels:
        raise GrammarError(field, f"there is no label {shown(label)}", f"labels: {_listed(labels) or 'none'}")
    values = labels[label]
    missing = [value for value in values if value not in of_values]
    unknown = [value for value in of_values if value not in values]
    if missing or unknown:
        reason = f"says nothing for {missing[0]}" if missing else f"{label} is never {shown(unknown[0])}"
        raise GrammarError(field, reason, f"give a list for each of: {', '.join(values)}")
    rules = []
    for value in values:
        if not isinstance(of_values[value], list):
            raise GrammarError(f"{field}[{value}]", "isn't a list", "give a list of alternatives")
        rules.append(_plain_rule(of_values[value], f"{field}[{value}]"))
    return LabelRule(label, tuple(rules))


def _plain_rule(given: Sequence[Any], field: str) -> Rule:
    if not given:
        raise GrammarError(field, "has no alternatives", 'give some; "" is one that says nothing')
    alternatives, weights = [], []
    for at, one in enumerate(given):
        text, weight = one, 1.0
        if isinstance(one, Mapping):
            text, weight = one.get("text"), one.get("weight", 1.0)
            if set(one) - {"text", "weight"} or isinstance(weight, bool):
                text = None
        if not isinstance(text, str) or not isinstance(weight, int | float) or not 0 < weight <= 1e15:
            raise GrammarError(
                f"{field}[{at}]",
                f"{shown(one)} is no alternative",
                'give text, or {"text": ..., "weight": a number above 0}',
            )
        if len(text) > LONGEST_ALTERNATIVE:
            raise GrammarError(
                f"{field}[{at}]",
                f"has {len(text)} characters",
                f"give at most {LONGEST_ALTERNATIVE}, and rules for its parts",
            )
        try:
            alternatives.append(parsed(text))
        except SyntaxRefusedError as error:
            raise GrammarError(f"{field}[{at}]", error.reason, error.fix) from None
        weights.append(float(weight))
    return Rule(tuple(alternatives), tuple(weights))


def _check_size(rules: Mapping[str, Rule | LabelRule]) -> None:
    if len(rules) > MOST_RULES:
        raise GrammarError("rules", f"has {len(rules):,}", f"give at most {MOST_RULES:,}")
    count = sum(_alternatives(rule) for rule in rules.values())
    if count > MOST_ALTERNATIVES:
        raise GrammarError(
            "rules",
            f"has {count:,} alternatives",
            f"give at most {MOST_ALTERNATIVES:,} in all rules together",
        )


def _alternatives(rule: Rule | LabelRule) -> int:
    return sum(len(one.alternatives) for one in plain_rules(rule))


def plain_rules(rule: Rule | LabelRule) -> tuple[Rule, ...]:
    return rule.rules if isinstance(rule, LabelRule) else (rule,)


def references(rule: Rule | LabelRule) -> Iterator[Reference]:
    """All references of a rule, those inside brackets too."""
    waiting = [piece for one in plain_rules(rule) for pieces in one.alternatives for piece in pieces]
    waiting.reverse()
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, Reference):
            yield piece
        elif isinstance(piece, Choice):
            waiting.extend(inner for pieces in reversed(piece.alternatives) for inner in reversed(pieces))


def _check_slots(grammar: Grammar) -> None:
    for slot, rule in grammar.defaults.items():
        if slot in grammar.rules:
            raise GrammarError("slots", f"{slot} is a rule, too", "give the slot or the rule another name")
        if slot not in grammar.slots:
            raise GrammarError(
                "slots", f"no rule has a slot {slot}", f"slots: {_listed(grammar.slots) or 'none'}"
            )
        if rule not in grammar.rules:
            raise GrammarError("slots", f"there is no rule {rule}", f"rules: {_listed(grammar.rules)}")


def _check_circle(grammar: Grammar) -> None:
    """Refuse a rule that leads back to itself: texts would have no end, or no limit to their length. And
    refuse too many that lead from one to the next.
    """
    finished: dict[str, int] = {}
    for first in grammar.rules:
        if first in finished:
            continue
        way = [first]
        ahead = [iter(_rules_of(grammar, first))]
        while way:
            name = next(ahead[-1], None)
            if name is None:
                last = way.pop()
                ahead.pop()
                finished[last] = 1 + max((finished[one] for one in _rules_of(grammar, last)), default=0)
                if finished[last] > DEEPEST:
                    raise GrammarError(
                        f"rules[{last}]",
                        f"leads from rule to rule more than {DEEPEST} times",
                        "put some of them together",
                    )
            elif name in way:
                circle = " -> ".join([*way[way.index(name) :], name])
                raise GrammarError(
                    f"rules[{name}]",
                    f"leads back to itself: {circle}",
                    "break the circle; for what repeats, write down how often it may",
                )
            elif name not in finished:
                way.append(name)
                ahead.append(iter(_rules_of(grammar, name)))


def _rules_of(grammar: Grammar, name: str) -> list[str]:
    """The rules that one leads to, also those that stand in for its slots."""
    found = [grammar.defaults.get(one.name, one.name) for one in references(grammar.rules[name])]
    return [one for one in dict.fromkeys(found) if one in grammar.rules]


def _listed(names: Iterator[str] | Mapping[str, Any] | Sequence[str]) -> str:
    some = list(names)
    return ", ".join(some[:20]) + (", ..." if len(some) > 20 else "")
