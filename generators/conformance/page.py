"""A report as one HTML page: self-contained, no script, plots as inline SVG."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from synthmill.generators.conformance.checks import Check
from synthmill.generators.conformance.report import Report
from synthmill.generators.report_page import bars, colour_key, document


def page(report: Report) -> str:
    """The whole page."""
    failed, passed = report.failed, [check for check in report.checks if check.passed]
    verdict = "Conforms" if not failed else f"{len(failed)} of {len(report.checks)} checks failed"
    tables = ", ".join(dict.fromkeys(check.table for check in report.checks if check.table))
    return document(
        "Conformance",
        [
            f'<p class="{"bad" if failed else "good"}">{verdict}. Score {report.score:.4f}.</p>',
            f"<p>{report.rows:,} rows of {html.escape(tables)}; recipe {report.recipe.sha256[:16]}, seed "
            f"{report.recipe.seed}, engine {html.escape(report.recipe.engine)}.</p>",
            "<h2>Failed</h2>" + _table(failed) if failed else "",
            f'<h2>Distributions</h2>{colour_key("declared", "observed")}<div class="plots">',
            *(_figure(check, check.plot) for check in report.checks if check.plot),
            f"</div>{_rules(report)}{_not_checked(report)}",
            f"<details><summary>{len(passed)} checks passed</summary>{_table(passed)}</details>",
        ],
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
    drawn = bars(plot["labels"], plot["declared"], plot["observed"], ("declared", "observed"))
    return f"<figure><figcaption{mark}>{name}{p}</figcaption>{drawn}</figure>"
