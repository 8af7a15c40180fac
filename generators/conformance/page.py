"""A report as one HTML page: self-contained, no script, plots as inline SVG."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from synthmill.generators.conformance.checks import Check
from synthmill.generators.conformance.report import Report

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fff; --line: #d8dce0; --declared: #9aa5b1;
  --observed: #2563eb; --bad: #c2410c; --good: #15803d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --paper: #16181b; --line: #33383d;
  --declared: #6b7580; --observed: #60a5fa; --bad: #fb923c; --good: #4ade80; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 68rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid var(--line); border-radius: .4rem; padding: .6rem; }
figcaption { font-size: .85rem; } svg { width: 100%; height: auto; }
summary { cursor: pointer; margin: 1rem 0; }
.key span { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }
"""

_WIDTH, _HEIGHT = 300.0, 110.0


def page(report: Report) -> str:
    """The whole page."""
    failed, passed = report.failed, [check for check in report.checks if check.passed]
    verdict = "Conforms" if not failed else f"{len(failed)} of {len(report.checks)} checks failed"
    tables = ", ".join(dict.fromkeys(check.table for check in report.checks if check.table))
    return "".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Conformance</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE}</style></head><body><h1>Conformance</h1>",
            f'<p class="{"bad" if failed else "good"}">{verdict}. Score {report.score:.4f}.</p>',
            f"<p>{report.rows:,} rows of {html.escape(tables)}; recipe {report.recipe.sha256[:16]}, seed "
            f"{report.recipe.seed}, engine {html.escape(report.recipe.engine)}.</p>",
            "<h2>Failed</h2>" + _table(failed) if failed else "",
            '<h2>Distributions</h2><p class="key"><span style="background:var(--declared)"></span>declared'
            '<span style="background:var(--observed)"></span>observed</p><div class="plots">',
            *(_figure(check, check.plot) for check in report.checks if check.plot),
            f"</div>{_rules(report)}{_not_checked(report)}",
            f"<details><summary>{len(passed)} checks passed</summary>{_table(passed)}</details>",
            "</body></html>\n",
        ]
    )


def _table(checks: Iterable[Check]) -> str:
    header = "".join(
        f"<th>{name}</th>" for name in ("table", "column", "check", "declared", "observed", "p", "distance")
    )
    return f"<table><thead><tr>{header}</tr></thead><tbody>{''.join(map(_row, checks))}</tbody></table>"


def _row(check: Check) -> str:
    texts = (check.table, check.column, check.what, check.declared, check.observed)
    cells = "".join(f"<td>{html.escape(text)}</td>" for text in texts)
    p = "" if check.p is None else f"{check.p:.3g}"
    numbers = "".join(f'<td class="number">{number}</td>' for number in (p, f"{check.distance:.4f}"))
    return f"<tr{'' if check.passed else ' class=bad'}>{cells}{numbers}</tr>"


def _rules(report: Report) -> str:
    """The sentences of the domain rules, whether they hold or not."""
    rules = [check for check in report.checks if check.what == "domain_rule"]
    items = "".join(
        f"<li{'' if check.passed else ' class=bad'}>{html.escape(f'{check.declared} {check.observed}.')}</li>"
        for check in rules
    )
    return f"<h2>Domain rules</h2><ul>{items}</ul>" if rules else ""


def _not_checked(report: Report) -> str:
    items = "".join(f"<li>{html.escape(one)}</li>" for one in report.not_checked)
    return f"<h2>Not checked</h2><ul>{items}</ul>"


def _figure(check: Check, plot: Mapping[str, Any]) -> str:
    name = html.escape(f"{check.table}.{check.column}")
    p = "" if check.p is None else f", p = {check.p:.3g}"
    mark = "" if check.passed else ' class="bad"'
    return f"<figure><figcaption{mark}>{name}{p}</figcaption>{_bars(plot)}</figure>"


def _bars(plot: Mapping[str, Any]) -> str:
    """Two bars for each range or value, the observed one in front and narrower."""
    most = max([*plot["declared"], *plot["observed"], 1e-9])
    step = _WIDTH / len(plot["labels"])
    bars = []
    for at, label in enumerate(plot["labels"]):
        pair = plot["declared"][at], plot["observed"][at]
        said = html.escape(f"{label}: declared {pair[0]:.2%}, observed {pair[1]:.2%}")
        drawn = "".join(
            f'<rect x="{at * step + step * inset:.1f}" y="{_HEIGHT * (1 - share / most):.1f}" '
            f'width="{step * (1 - 2 * inset):.1f}" height="{_HEIGHT * share / most:.1f}" '
            f'fill="var(--{name})"/>'
            for name, share, inset in (("declared", pair[0], 0.05), ("observed", pair[1], 0.28))
        )
        bars.append(f"<g><title>{said}</title>{drawn}</g>")
    first, last = html.escape(str(plot["labels"][0])), html.escape(str(plot["labels"][-1]))
    style = f'y="{_HEIGHT + 14}" font-size="11" fill="currentColor"'
    axis = f'<text x="0" {style}>{first}</text><text x="{_WIDTH}" text-anchor="end" {style}>{last}</text>'
    view = f"0 0 {_WIDTH:.0f} {_HEIGHT + 18:.0f}"
    return f'<svg viewBox="{view}" role="img">{"".join(bars)}{axis}</svg>'
