"""The page's own plots: where a score lies beside its reference, and which pairs of columns are off."""

from __future__ import annotations

import html
from collections.abc import Sequence

from synthmill.generators.evaluation.scores import Finding, Score, rounded

_WIDTH, _MIDDLE = 180.0, 9.0
_MOST_COLUMNS = 30
_CELL, _LABEL = 16.0, 130.0
_DARKEST = 0.2
"""The excess from which a pair is as dark as can be."""


def position(score: Score) -> str:
    """The value as a dot on a line from 0 to 1, the reference as a tick, and the range that chance
    explains."""
    chance = max(score.errors * score.standard_error, score.tolerance)
    low, high = (_x(score.reference + side * chance) for side in (-1, 1))
    value, reference = _x(score.value), _x(score.reference)
    colour = "bad" if score.differs else "good"
    said = f"{rounded(score.value):.3f} beside {rounded(score.reference):.3f} of real rows"
    if score.differs:
        # Not by colour alone.
        shape = f'<path d="M{value:.1f},3 l5,11 h-10 z" fill="var(--bad)"/>'
    else:
        shape = f'<circle cx="{value:.1f}" cy="{_MIDDLE}" r="4.5" fill="var(--{colour})"/>'
    return (
        f'<svg viewBox="-8 0 {_WIDTH + 16:.0f} 18" role="img" aria-label="{said}"><title>{said}</title>'
        f'<path d="M0,{_MIDDLE} H{_WIDTH:.0f}" stroke="var(--line)" stroke-width="2"/>'
        f'<path d="M{low:.1f},{_MIDDLE} H{high:.1f}" stroke="var(--declared)" stroke-width="6"/>'
        f'<path d="M{reference:.1f},1 V17" stroke="var(--ink)" stroke-width="2"/>{shape}</svg>'
    )


def matrix(findings: Sequence[Finding]) -> str:
    """A square for each pair of columns, of the worst columns if there are many."""
    total: dict[str, float] = {}
    for one in findings:
        for name in one.columns:
            total[name] = max(total.get(name, 0.0), one.reference - one.value)
    names = sorted(total, key=lambda name: (-total[name], name))[:_MOST_COLUMNS]
    places = {name: at for at, name in enumerate(names)}
    squares = []
    for one in findings:
        if all(name in places for name in one.columns):
            first, second = sorted(places[name] for name in one.columns)
            dark = min(1.0, max(0.0, one.reference - one.value) / _DARKEST)
            said = html.escape(
                f"{' and '.join(one.columns)}: {rounded(one.value):.3f}, real rows "
                f"{rounded(one.reference):.3f}"
            )
            squares.append(
                f'<rect x="{_LABEL + first * _CELL:.0f}" y="{second * _CELL:.0f}" width="{_CELL - 1}" '
                f'height="{_CELL - 1}" fill="var(--bad)" '
                f'fill-opacity="{0.05 + 0.95 * dark:.2f}"><title>{said}</title>'
                "</rect>"
            )
    labels = "".join(
        f'<text x="{_LABEL - 6}" y="{at * _CELL + 12:.0f}" text-anchor="end" font-size="11" '
        'fill="currentColor">'
        f"{html.escape(name[:20])}</text>"
        f'<text transform="translate({_LABEL + at * _CELL + 12:.0f},{len(names) * _CELL + 4:.0f}) '
        'rotate(90)" '
        f'font-size="11" fill="currentColor">{html.escape(name[:20])}</text>'
        for at, name in enumerate(names)
    )
    width, height = _LABEL + (len(names) + 1) * _CELL, len(names) * _CELL + _LABEL
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="How far pairs of columns are '
        "from real "
        f'rows; the tables above name the worst">{"".join(squares)}{labels}</svg>'
    )


def _x(value: float) -> float:
    return min(1.0, max(0.0, value)) * _WIDTH
