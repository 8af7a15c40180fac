"""YAML that means what JSON means: text stays text, numbers are as JSON writes them, and no key comes twice.

`NO` is Norway, `2024-12-31` and `080` are text, and so are all keys. What is written here means the same to
readers of YAML 1.1 and 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from synthmill.generators import limits

_Events: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Writer: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}
_MOST_DIGITS = 100
"""Python refuses to read thousands of digits; so many are too large for anything here anyway."""
_ALSO_NUMBERS = re.compile(r"[-+]?(0o?[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|\.[0-9]+)\Z")
"""What readers of other versions of YAML may take for numbers."""


def load_yaml(text: str, most_keys: int | None = None) -> Any:
    """YAML text as plain values, the outermost with `most_keys` at most. Raises ValueError, saying where."""
    builder = _Builder(most_keys)
    try:
        for event in yaml.parse(text, Loader=_Events):
            builder.take(event)
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {' '.join(str(error).split())}") from error
    return builder.value


class _Builder:
    """Values from a parser's events. It stops at the first event that goes too far, whatever comes behind."""

    def __init__(self, most_keys: int | None) -> None:
        self.value: Any = None
        self.most_keys = most_keys
        self.open = list[tuple[list[Any] | dict[str, Any], list[str]]]()
        """Lists and objects that haven't ended, each with the key that waits for its value."""
        self.values = self.documents = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(event, _scalar(event))
        elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
            if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
                raise _refusal(event, f"the tag {event.tag} isn't allowed")
            found: list[Any] | dict[str, Any] = {} if kind is yaml.MappingStartEvent else []
            self._add(event, found)
            self.open.append((found, []))
            if len(self.open) > limits.MAX_DEPTH:
                raise ValueError(f"nested more than {limits.MAX_DEPTH} deep")
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            self.open.pop()
        elif kind is yaml.AliasEvent:
            # Aliases can make a file of one line mean a billion values; recipes have no need of them.
            raise _refusal(event, "aliases aren't allowed")
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                raise _refusal(event, "there are several documents")

    def _add(self, event: Any, value: Any) -> None:
        self.values += 1
        if self.values > limits.MAX_VALUES:
            raise ValueError(f"there are more than {limits.MAX_VALUES} values in all")
        if not self.open:
            self.value = value
            return
        holder, waiting = self.open[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif waiting:
            holder[waiting.pop()] = value
        else:
            self._key(event, holder, waiting)

    def _key(self, event: Any, holder: dict[str, Any], waiting: list[str]) -> None:
        if type(event) is not yaml.ScalarEvent:
            raise _refusal(event, "a key isn't text")
        key: Hashable = event.value
        if key in holder:
            raise _refusal(event, f"{event.value[: limits.MAX_NAME_LENGTH]} comes twice")
        if len(self.open) == 1 and self.most_keys is not None and len(holder) >= self.most_keys:
            raise ValueError(f"more than {self.most_keys} keys in the outermost object")
        waiting.append(event.value)


def _scalar(event: Any) -> Any:
    text = event.value
    if event.tag not in _TEXT_TAGS:
        raise _refusal(event, f"the tag {event.tag} isn't allowed")
    if event.tag is not None or not event.implicit[0]:
        return text
    return _plain(text)


def _plain(text: str) -> Any:
    """What a text without quotes means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text[:_MOST_DIGITS])
    return float(text) if _FLOAT.match(text) else text


def _refusal(event: Any, reason: str) -> ValueError:
    return ValueError(f"not YAML as recipes have it: {reason}, in line {event.start_mark.line + 1}")


class _Dumper(_Writer):  # type: ignore[misc]
    """Objects and lists within columns on one line."""


def _object(dumper: Any, value: dict[str, Any]) -> yaml.Node:
    node: yaml.Node = dumper.represent_mapping(
        "tag:yaml.org,2002:map", value, flow_style="kind" in value or "min" in value
    )
    return node


def _list(dumper: Any, value: list[Any]) -> yaml.Node:
    node: yaml.Node = dumper.represent_sequence(
        "tag:yaml.org,2002:seq", value, flow_style=not any(isinstance(one, dict) for one in value)
    )
    return node


def _text(dumper: Any, value: str) -> yaml.Node:
    # Where YAML 1.1 sees a number or a date, the writer itself puts quotes.
    quoted = _plain(value) is not value or _ALSO_NUMBERS.match(value)
    node: yaml.Node = dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'" if quoted else None)
    return node


_Dumper.add_representer(dict, _object)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _text)
_Dumper.ignore_aliases = lambda *_: True


def dump_yaml(content: Any, width: int = 10_000) -> str:
    """Plain values as YAML, a column a line, that `load_yaml` reads back as the same."""
    dumped: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=width, allow_unicode=True)
    return dumped
