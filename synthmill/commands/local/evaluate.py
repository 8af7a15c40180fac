"""`synthmill evaluate`: how synthetic data compares with the real data it stands for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.command_line.exit_codes import DIFFERENT, OK
from synthmill.command_line.keys import child_option, keys_of
from synthmill.command_line.options import Command, json_option, quiet_option
from synthmill.command_line.output import print_json, print_table

if TYPE_CHECKING:
    from synthmill.generators.evaluation.comparison import Comparison
    from synthmill.generators.evaluation.report import Report

_WORST = 5


def _path_option(*names: str, **options: Any) -> Callable[[Command], Command]:
    return click.option(*names, metavar="PATH", type=click.Path(exists=True, path_type=Path), **options)


@click.command(short_help="Compare synthetic data with the real data it stands for.")
@click.argument("synthetic", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_path_option("--real", required=True, help="Real data that the synthetic was made from.")
@_path_option("--holdout", help="Real data that no model was given: what to compare with, and attack with.")
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report: a page if it ends in .html, JSON if in .json.",
)
@click.option(
    "--fail-under",
    "gates",
    metavar="METRIC=VALUE",
    multiple=True,
    help="Exit code 6 if the metric is worse than this: less, or more where less is better. May be repeated.",
)
@click.option(
    "--target",
    "targets",
    metavar="COLUMN",
    multiple=True,
    help="A column to predict from the others; may be repeated. Else one that looks like it.",
)
@click.option(
    "--role",
    "roles",
    metavar="[TABLE.]COLUMN=ROLE",
    multiple=True,
    help="What a column is: key, subject, category, number, time, text or ignore; may be repeated.",
)
@child_option
@click.option("--seed", type=int, default=0, show_default=True, help="Of what is chosen by chance.")
@click.option(
    "--sample", type=int, default=10_000, show_default=True, help="Rows of a table that are compared at most."
)
@json_option
@quiet_option
def evaluate(
    synthetic: tuple[Path, ...],
    real: Path,
    holdout: Path | None,
    out: Path | None,
    gates: tuple[str, ...],
    targets: tuple[str, ...],
    roles: tuple[str, ...],
    keys: tuple[str, ...],
    seed: int,
    sample: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare synthetic data with real data: can it be told apart, do models that learn from it work, and
    what does it give away? Each score stands beside what real rows score.

    A PATH is a data file (.csv, .parquet, .jsonl, .json), a folder of such, or a dataset's folder; several
    synthetic ones are set side by side.

    \b
    synthmill evaluate made.csv --real given.csv --holdout unseen.csv -o report.html
    synthmill evaluate a.csv b.csv --real given.csv --fail-under c2st=0.6 --fail-under tstr.income=0.85
    """
    if out is not None and out.suffix.lower() not in (".html", ".json"):
        raise click.BadParameter(f"{out.name} ends neither in .html nor in .json", param_hint="--out")
    limits = dict(_gate(one) for one in gates)
    options = {
        "roles": _roles(roles) or None,
        "keys": keys_of(keys) or None,
        "targets": list(targets) or None,
        "seed": seed,
        "sample": sample,
        "report": None if quiet else lambda done, total, what: _say(f"{done + 1} of {total}: {what}"),
    }
    from synthmill.evaluation import compare

    comparison = compare(real, dict(_named(synthetic)), holdout=holdout, **options)
    reports = list(comparison.reports.values())
    alone = reports[0] if len(reports) == 1 else None
    found: Report | Comparison = comparison if alone is None else alone
    if out is not None:
        text = found.html() if out.suffix.lower() == ".html" else json.dumps(found.as_dict(), indent=2)
        out.write_text(text, "utf-8")
    if as_json:
        print_json(found.as_dict())
    elif alone is None:
        _print_comparison(comparison)
    else:
        _print_report(alone)
    failed = [
        f"{name}: {sentence}" if alone is None else sentence
        for name, report in comparison.reports.items()
        for sentence in report.failures(limits)
    ]
    for sentence in failed:
        _say(sentence)
    return DIFFERENT if failed else OK


def _say(line: str) -> None:
    click.echo(line, err=True)


def _named(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Files by their stem, or where two have the same, by their path."""
    stems = Counter(path.stem for path in paths)
    for path in paths:
        yield (path.stem if stems[path.stem] == 1 else str(path)), path


def _gate(text: str) -> tuple[str, float]:
    metric, equal, value = text.rpartition("=")
    try:
        if not equal or not metric:
            raise ValueError
        return metric, float(value)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} isn't METRIC=VALUE, such as c2st=0.6", param_hint="--fail-under"
        ) from None


def _roles(given: tuple[str, ...]) -> dict[str, Any]:
    """By column, or by table and column where a table is named."""
    found: dict[str, Any] = {}
    for one in given:
        place, equal, role = one.rpartition("=")
        if not equal:
            raise click.BadParameter(f"{one!r} isn't COLUMN=ROLE, such as zip=category", param_hint="--role")
        table, dot, column = place.partition(".")
        if dot:
            found.setdefault(table, {})[column] = role
        else:
            found[place] = role
    return found


def _print_report(report: Report) -> None:
    print_table(
        ["score", "value", "real rows", "error", "n", ""],
        [
            [one.name, f"{one.value:.3f}", f"{one.reference:.3f}", f"{one.standard_error:.3f}", one.n,
             "differs" if one.differs else ""]
            for one in report.scores
        ],
    )  # fmt: skip
    worst = [one for one in report.worst("c2st") if one.value > 0][:_WORST]
    if worst and any(one.metric == "c2st" and one.differs for one in report.scores):
        click.echo("told apart by: " + ", ".join(f"{one.columns[0]} ({one.value:.3f})" for one in worst))
    for score in report.differing:
        click.echo(f"{score.name}: {score.sentence}")
    total = len(report.scores)
    click.echo(f"{len(report.differing)} of {total} scores differ from what real rows score, beyond chance")
    for table in report.tables:
        for sentence in table.not_measured:
            click.echo(f"not measured, {table.name}: {sentence}")


def _print_comparison(comparison: Comparison) -> None:
    names = list(comparison.reports)
    print_table(
        ["score", *names, "real rows"],
        [
            [score.name, *(_cell(found[name]) for name in names), f"{score.reference:.3f}"]
            for score, found in comparison.rows()
        ],
    )
    click.echo("* differs from what real rows score, beyond chance")


def _cell(score: Any) -> str | None:
    return None if score is None else f"{score.value:.3f}{' *' if score.differs else ''}"
