"""A picture of a plan's tables and of what refers to what, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from synthmill.generators.engine.plan import Plan, TablePlan

_WIDTH, _ROW, _HEAD = 210, 18, 30
_GAP_X, _GAP_Y, _MARGIN = 90, 26, 20

_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1c2733}.name{font-weight:600;fill:#fff}"
    ".rows{fill:#cfe3f5;text-anchor:end}.box{fill:#f6f8fa;stroke:#8fa3b8}.head{fill:#2f5d8a}"
    ".edge{fill:none;stroke:#8a5a2f;stroke-width:1.4}.key{font-weight:600}.to{fill:#8a5a2f;stroke:none}"
)


@dataclass(frozen=True)
class _Box:
    table: TablePlan
    x: int
    y: int
    lines: Sequence[str]
    """The columns shown: keys, and those that refer to other tables."""

    @property
    def height(self) -> int:
        return _HEAD + _ROW * len(self.lines) + 8

    def place(self, column: str) -> int:
        """The height at which a column stands."""
        return self.y + _HEAD + 4 + _ROW * self.lines.index(column) + _ROW // 2


def picture(plan: Plan) -> str:
    """An SVG document: a box for each table with its keys, and a line for each foreign key."""
    boxes = _boxes(plan)
    width = max(box.x for box in boxes.values()) + _WIDTH + _MARGIN
    height = max(box.y + box.height for box in boxes.values()) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
        "<title>Tables and their foreign keys</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *(line for box in boxes.values() for line in _edges(box, boxes)),
        *(line for box in boxes.values() for line in _drawn(box)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _boxes(plan: Plan) -> dict[str, _Box]:
    """The tables from left to right, each to the right of those that it refers to."""
    columns: dict[int, int] = {}
    boxes: dict[str, _Box] = {}
    depths = _depths(plan.tables)
    for table in plan.tables:
        depth = depths[table.name]
        lines = list(
            dict.fromkeys([*table.primary_key, *(c for key in table.foreign_keys for c in key.columns)])
        )
        box = _Box(table, _MARGIN + depth * (_WIDTH + _GAP_X), columns.get(depth, _MARGIN), lines)
        columns[depth] = box.y + box.height + _GAP_Y
        boxes[table.name] = box
    return boxes


def _depths(tables: Iterable[TablePlan]) -> dict[str, int]:
    """How many tables stand before each one, at least: a table that others refer to comes before them."""
    to = {table.name: {key.table for key in table.foreign_keys} - {table.name} for table in tables}
    depths = dict.fromkeys(to, 0)
    for _ in to:
        for name, others in to.items():
            depths[name] = max((min(depths[other] + 1, len(to)) for other in others), default=0)
    return depths


def _edges(box: _Box, boxes: dict[str, _Box]) -> Iterable[str]:
    for key in box.table.foreign_keys:
        other = boxes[key.table]
        y, there = box.place(key.columns[0]), other.y + _HEAD // 2
        if key.references[0] in other.lines:
            there = other.place(key.references[0])
        if other is box:
            right = box.x + _WIDTH
            way = f"M{right} {y} C{right + 40} {y} {right + 40} {there} {right} {there}"
        else:
            start, end = box.x, other.x + _WIDTH
            middle = (start + end) // 2
            way = f"M{start} {y} C{middle} {y} {middle} {there} {end} {there}"
        end_x = other.x + _WIDTH
        yield f'<path class="edge" d="{way}"/>'
        yield f'<path class="to" d="M{end_x} {there} l8 -4 v8 z"/>'


def _drawn(box: _Box) -> Iterable[str]:
    table = box.table
    yield f'<rect class="box" x="{box.x}" y="{box.y}" width="{_WIDTH}" height="{box.height}" rx="4"/>'
    yield f'<rect class="head" x="{box.x}" y="{box.y}" width="{_WIDTH}" height="{_HEAD - 4}" rx="4"/>'
    yield f'<text class="name" x="{box.x + 10}" y="{box.y + 18}">{escape(table.name)}</text>'
    yield f'<text class="rows" x="{box.x + _WIDTH - 10}" y="{box.y + 18}">{table.rows:,}</text>'
    for column in box.lines:
        style = ' class="key"' if column in table.primary_key else ""
        yield f'<text{style} x="{box.x + 10}" y="{box.place(column) + 4}">{escape(column)}</text>'
