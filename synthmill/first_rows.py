"""The first rows of a table as people read them: columns that fit the terminal, and none that is empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthmill.library import Dataset

_WIDEST = 28
"""Characters of a column; a longer text is cut."""
_GAP = "  "
_LEAST_TOLD = frozenset({"uuid"})
"""Kinds that say least to somebody who looks: shown where there is room."""


def first_rows(dataset: Dataset, table: str, count: int, width: int) -> Iterator[str]:
    """A header and rows of a table, lines of at most `width` characters; below what was left out."""
    rows = dataset.rows(table, 0, min(count, _rows_of(dataset, table)))
    kinds = {column["name"]: column["kind"] for column in _entry(dataset, table)["columns"]}
    texts = {name: [_text(cell) for cell in rows[name]] for name in rows.columns}
    chosen = _chosen(texts, kinds, width)
    widths = {name: max(len(name), *map(len, texts[name])) for name in chosen}
    numbers = {name for name in chosen if all(_is_number(cell) for cell in texts[name])}
    for at in range(-1, len(rows)):
        cells = [
            text.rjust(widths[name]) if name in numbers else text.ljust(widths[name])
            for name in chosen
            for text in [name if at < 0 else texts[name][at]]
        ]
        yield _GAP.join(cells).rstrip()
    left = [name for name in texts if name not in chosen]
    if left:
        yield _cut(f"and {', '.join(left)}", width)


def _entry(dataset: Dataset, table: str) -> Any:
    return next(entry for entry in dataset.manifest["files"] if entry["table"] == table)


def _rows_of(dataset: Dataset, table: str) -> int:
    return int(_entry(dataset, table)["rows"])


def _chosen(texts: dict[str, list[str]], kinds: dict[str, str], width: int) -> Sequence[str]:
    """The columns to be shown, in their order: from the left as many as fit, those that say least last."""
    room, chosen = width + len(_GAP), set()
    filled = [name for name, cells in texts.items() if all(cells)]
    for name in sorted(filled, key=lambda name: kinds[name] in _LEAST_TOLD):
        needed = max(len(name), *map(len, texts[name])) + len(_GAP)
        if needed <= room:
            room -= needed
            chosen.add(name)
    return [name for name in texts if name in chosen]


def _text(cell: Any) -> str:
    """A cell as it is written: whole numbers as such, times to the second, and nothing for null."""
    if cell is None or cell != cell or str(cell) == "NaT":
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell)
    if hasattr(cell, "tzinfo"):
        text = cell.strftime("%Y-%m-%d %H:%M:%S")
    return _cut("".join(c if c.isprintable() else " " for c in text), _WIDEST)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()
