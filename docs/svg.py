"""Panels of lines and points as SVG, without a library: equal numbers make equal files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

WIDTH, HEIGHT, LEFT, TOP = 760, 120, 52, 22
PLACES = WIDTH - LEFT - 12


@dataclass(frozen=True)
class Line:
    x: Numbers
    y: Numbers
    colour: str = "#0b6e4f"
    label: str = ""
    points: bool = False
    """Dots instead of a line."""


@dataclass(frozen=True)
class Panel:
    title: str
    lines: Sequence[Line]
    edges: tuple[str, str] = ("", "")
    """What is written below the left end and the right end."""


def chart(panels: Sequence[Panel]) -> str:
    """Panels, one below the other."""
    step = HEIGHT + TOP + 20
    body = "".join(
        f'<g transform="translate({LEFT},{at * step + TOP})">{"".join(_panel(panel))}</g>\n'
        for at, panel in enumerate(panels)
    )
    size = f'width="{WIDTH}" height="{len(panels) * step + 4}"'
    style = 'font-family="sans-serif" font-size="11" fill="#333"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{body}</svg>\n'


def _panel(panel: Panel) -> Iterator[str]:
    xs, ys = (np.concatenate([getattr(line, axis) for line in panel.lines]) for axis in ("x", "y"))
    low, high = float(np.nanmin(ys)), float(np.nanmax(ys))
    left, right = float(xs.min()), float(xs.max())
    yield f'<rect width="{PLACES}" height="{HEIGHT}" fill="#fafafa" stroke="#ddd"/>'
    yield f'<text y="-6" font-weight="bold">{escape(panel.title)}</text>'
    for place, value in ((9, high), (HEIGHT, low)):
        said = f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
        yield f'<text x="-5" y="{place}" text-anchor="end">{said}</text>'
    yield f'<text y="{HEIGHT + 13}">{escape(panel.edges[0])}</text>'
    yield f'<text x="{PLACES}" y="{HEIGHT + 13}" text-anchor="end">{escape(panel.edges[1])}</text>'
    names = [line for line in panel.lines if line.label]
    for at, line in enumerate(reversed(names)):
        where = f'x="{PLACES - 90 * at}" y="-6" text-anchor="end"'
        yield f'<text {where} fill="{line.colour}">{escape(line.label)}</text>'
    for line in panel.lines:
        across = (line.x - left) / ((right - left) or 1.0) * PLACES
        up = HEIGHT - 3 - (line.y - low) / ((high - low) or 1.0) * (HEIGHT - 6)
        yield from _dots(across, up, line.colour) if line.points else _paths(across, up, line.colour)


def _dots(across: Numbers, up: Numbers, colour: str) -> Iterator[str]:
    for x, y in zip(across.tolist(), up.tolist(), strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{colour}"/>'


def _paths(across: Numbers, up: Numbers, colour: str) -> Iterator[str]:
    """A line, broken where there are no values."""
    drawn, pen = "", "M"
    for x, y in zip(across.tolist(), up.tolist(), strict=True):
        if y != y:
            pen = "M"
            continue
        drawn += f"{pen}{x:.1f},{y:.1f}"
        pen = "L"
    yield f'<path d="{drawn}" fill="none" stroke="{colour}" stroke-width="1"/>'
