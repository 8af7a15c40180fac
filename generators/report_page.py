"""What the pages of reports have in common: one file, no script, plots as inline SVG, light or dark as the
reader's."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

STYLE = """:root { color-scheme: light dark; --ink: #1c2024; --paper: #fff; --line: #d8dce0; --soft: #f4f6f8;
--quiet: #5b6570; --declared: #8a96a3; --observed: #2563eb; --bad: #b3400a; --good: #15733a; } @media
(prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --paper: #16181b; --line: #33383d; --soft: #1e2226;
--quiet: #a3adb8; --declared: #76828e; --observed: #60a5fa; --bad: #fb923c; --good: #4ade80; } } body {
font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
max-width: 68rem; padding: 0 1rem; } table { border-collapse: collapse; width: 100%; } th, td { text-align:
left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; } td.number,
th.number { text-align: right; font-variant-numeric: tabular-nums; } .bad { color: var(--bad); font-weight:
600; } .good { color: var(--good); } .plots { display: grid; grid-template-columns: repeat(auto-fill,
minmax(19rem, 1fr)); gap: 1rem; } figure { margin: 0; border: 1px solid var(--line); border-radius: .4rem;
padding: .6rem; } figcaption { font-size: .85rem; } svg { width: 100%; height: auto; } summary { cursor:
pointer; margin: 1rem 0; } .key span { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0
1em; }"""

_WIDTH, _HEIGHT = 300.0, 110.0


def document(title: str, body: Iterable[str], style: str = "") -> str:
    """A whole page."""
    return "".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            f"<title>{html.escape(title)}</title>",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{STYLE}{style}</style></head><body><h1>{html.escape(title)}</h1>",
            *body,
            "</body></html>\n",
        ]
    )


def colour_key(first: str, second: str) -> str:
    """What the two colours of bars stand for."""
    return (
        f'<p class="key"><span style="background:var(--declared)"></span>{html.escape(first)}'
        f'<span style="background:var(--observed)"></span>{html.escape(second)}</p>'
    )


def bars(
    labels: Sequence[object], first: Sequence[float], second: Sequence[float], names: tuple[str, str]
) -> str:
    """Two bars for each label, the second in front and narrower; `names` say what the two are."""
    most = max([*first, *second, 1e-9])
    step = _WIDTH / len(labels)
    drawn = []
    for at, label in enumerate(labels):
        both = first[at], second[at]
        said = html.escape(f"{label}: {names[0]} {both[0]:.2%}, {names[1]} {both[1]:.2%}")
        pair = "".join(
            f'<rect x="{at * step + step * inset:.1f}" y="{_HEIGHT * (1 - share / most):.1f}" '
            f'width="{step * (1 - 2 * inset):.1f}" height="{_HEIGHT * share / most:.1f}" '
            f'fill="var(--{name})"/>'
            for name, share, inset in (("declared", both[0], 0.05), ("observed", both[1], 0.28))
        )
        drawn.append(f"<g><title>{said}</title>{pair}</g>")
    ends = html.escape(str(labels[0])), html.escape(str(labels[-1]))
    style = f'y="{_HEIGHT + 14}" font-size="11" fill="currentColor"'
    axis = (
        f'<text x="0" {style}>{ends[0]}</text><text x="{_WIDTH}" text-anchor="end" {style}>{ends[1]}</text>'
    )
    view = f"0 0 {_WIDTH:.0f} {_HEIGHT + 18:.0f}"
    label = html.escape(f"Shares of {names[0]} and {names[1]} cells, from {labels[0]} to {labels[-1]}")
    return f'<svg viewBox="{view}" role="img" aria-label="{label}">{"".join(drawn)}{axis}</svg>'
