"""A report as one HTML page: self-contained, no script, plots as inline SVG."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from synthmill.generators.evaluation.plots import matrix, position
from synthmill.generators.evaluation.scores import Finding, Score, rounded, worst_first
from synthmill.generators.report_page import bars, colour_key, document

if TYPE_CHECKING:
    from synthmill.generators.evaluation.comparison import Comparison
    from synthmill.generators.evaluation.report import Report, TableReport

_STYLE = """
.verdict { font-size: 1.15rem; } .quiet { color: var(--quiet); }
td.plot { width: 12rem; } td.plot svg { display: block; } td.meaning { min-width: 16rem; }
.limits { background: var(--soft); padding: .8rem 1rem; border-radius: .4rem; }
.matrix { max-width: 40rem; } .scroll { overflow-x: auto; }
"""
_GROUPS = (
    (
        "Likeness",
        ("c2st", "shape", "pair", "correlation", "marginal3", "missing", "valid"),
        "Are synthetic rows like real ones?",
    ),
    (
        "Families",
        ("children", "aggregates", "lag", "autocorrelation"),
        "Do rows belong together as real ones do?",
    ),
    ("Use", ("tstr",), "Does a model that learns from synthetic rows work on real ones?"),
    (
        "Privacy",
        ("identical", "dcr", "nndr", "membership", "singling_out"),
        "What do synthetic rows give away? Attacks of today on average rows: a good score is no proof.",
    ),
)
_WORST = 12
_METRICS = {
    "c2st": "What tells synthetic rows from real ones: the area that the classifier loses without the column",
    "aggregates": "What tells synthetic families from real ones",
    "lag": "What tells synthetic rows, with the row before, from real ones",
    "shape": "Columns by themselves",
    "pair": "Two columns together",
    "correlation": "Rank correlations",
    "marginal3": "Three columns together",
    "missing": "Missing cells",
    "valid": "Ranges and categories",
    "autocorrelation": "What follows upon what",
}


def page(report: Report) -> str:
    """The whole page."""
    return document("Evaluation", _report(report), _STYLE)


def comparison_page(comparison: Comparison) -> str:
    """The scores of several reports side by side, and each report below."""
    names = list(comparison.reports)
    head = "".join(f'<th scope="col" class="number">{html.escape(name)}</th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(score.name)}</th>'
        + "".join(_compared(found[name]) for name in names)
        + f'<td class="number">{_bound(score)}</td><td class="meaning">{html.escape(score.meaning)}</td></tr>'
        for score, found in comparison.rows()
    )
    body = [
        "<p>Scores that are farthest apart come first; those that differ from what real rows score are "
        "marked.</p>",
        f'<div class="scroll"><table><thead><tr><th scope="col">score</th>{head}<th scope="col" '
        'class="number">'
        f'real rows</th><th scope="col">meaning</th></tr></thead><tbody>{rows}</tbody></table></div>',
    ]
    for name, report in comparison.reports.items():
        body.append(f"<details><summary>{html.escape(name)}</summary>{''.join(_report(report))}</details>")
    return document("Evaluations", body, _STYLE)


def _report(report: Report) -> Iterator[str]:
    from synthmill.generators.evaluation.report import LIMITS

    differing = report.differing
    if differing:
        yield (
            f'<p class="verdict bad">{len(differing)} of {len(report.scores)} scores differ from what real '
            "rows "
            f"score: {html.escape(', '.join(one.name for one in differing[:6]))}"
            f"{' ...' if len(differing) > 6 else ''}.</p>"
        )
    else:
        yield (
            f'<p class="verdict good">None of {len(report.scores)} scores differs from what real rows '
            "score, beyond "
            "chance.</p>"
        )
    yield (
        f'<p class="quiet">Seed {report.seed}; at most {report.sample:,} rows of a table are compared. '
        f"{'With' if report.unseen else 'Without'} real rows that the model was not given.</p>"
    )
    for table in report.tables:
        yield from _table(table)
    yield f'<h2>Limits</h2><p class="limits">{html.escape(LIMITS)}</p>'


def _table(table: TableReport) -> Iterator[str]:
    real, synthetic, unseen = table.rows
    yield f"<h2>{html.escape(table.name)}</h2>"
    yield f"<p>{real:,} real rows, {synthetic:,} synthetic, {unseen:,} unseen.</p>"
    for title, metrics, question in _GROUPS:
        scores = [one for one in table.scores if one.metric.partition(".")[0] in metrics]
        if scores:
            yield f"<h3>{title}</h3><p>{question}</p>{_scores(scores)}"
    for metric, title in _METRICS.items():
        findings = worst_first(one for one in table.findings if one.metric == metric)
        if findings:
            # What differs is seen at once, the rest when it is asked for.
            differs = any(one.differs for one in table.scores if one.metric.partition(".")[0] == metric)
            yield _findings(findings, title, metric, differs)
    pairs = [one for one in table.findings if one.metric == "pair"]
    if pairs:
        yield (
            "<h3>Pairs of columns</h3><p>Darker: farther from what real rows have, beyond chance.</p>"
            f'<div class="matrix">{matrix(pairs)}</div>'
        )
    if table.pictures:
        drawn = "".join(
            f"<figure><figcaption>{html.escape(one.title)}</figcaption>"
            f"{bars(one.labels, one.real, one.synthetic, ('real', 'synthetic'))}</figure>"
            for one in table.pictures
        )
        yield f'<h3>Distributions</h3>{colour_key("real", "synthetic")}<div class="plots">{drawn}</div>'
    if table.not_measured:
        items = "".join(f"<li>{html.escape(one)}</li>" for one in table.not_measured)
        yield f"<h3>Not measured</h3><ul>{items}</ul>"


def _scores(scores: Sequence[Score]) -> str:
    head = "".join(
        f'<th scope="col"{mark}>{name}</th>'
        for name, mark in (
            ("score", ""),
            ("value", ' class="number"'),
            ("real rows", ' class="number"'),
            ("± error", ' class="number"'),
            ("n", ' class="number"'),
            ("", ""),
            ("meaning", ""),
        )
    )
    rows = "".join(
        f'<tr><th scope="row">{html.escape(one.metric)}{_mark(one)}</th>'
        f'<td class="number">{rounded(one.value):.3f}</td><td '
        f'class="number">{rounded(one.reference):.3f}</td>'
        f'<td class="number">{rounded(one.standard_error):.3f}</td><td class="number">{one.n:,}</td>'
        f'<td class="plot">{position(one)}</td><td class="meaning">{html.escape(one.sentence)}</td></tr>'
        for one in scores
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _mark(score: Score) -> str:
    return ' <span class="bad">differs</span>' if score.differs else ""


def _findings(findings: Sequence[Finding], title: str, metric: str, opened: bool) -> str:
    head = '<th scope="col">columns</th><th scope="col" class="number">value</th>'
    loss = metric in ("c2st", "aggregates", "lag")
    if not loss:
        head += '<th scope="col" class="number">real rows</th>'
    rows = "".join(_finding(one, loss) for one in findings[:_WORST])
    more = f" (the worst {_WORST} of {len(findings)})" if len(findings) > _WORST else ""
    return (
        f"<details{' open' if opened else ''}><summary>{html.escape(title)}{more}</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _finding(finding: Finding, loss: bool) -> str:
    cells = [finding.value] if loss else [finding.value, finding.reference]
    numbers = "".join(f'<td class="number">{rounded(one):.3f}</td>' for one in cells)
    return f'<tr><th scope="row">{html.escape(" × ".join(finding.columns))}</th>{numbers}</tr>'


def _compared(score: Score | None) -> str:
    if score is None:
        return '<td class="number">-</td>'
    mark = " bad" if score.differs else ""
    return f'<td class="number{mark}">{rounded(score.value):.3f}{" *" if score.differs else ""}</td>'


def _bound(score: Score) -> str:
    return f"{rounded(score.reference):.3f}"
