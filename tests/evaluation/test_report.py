"""The report as JSON, as a page, and as gates."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.evaluation import Report, compare, evaluate
from synthmill.generators.evaluation.report import LIMITS
from synthmill.generators.evaluation.scores import Score
from tests.evaluation.worlds import people


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(people(1), people(3, correlation=0.3), holdout=people(2))


def score(value: float, reference: float, better: str, error: float = 0.01) -> Score:
    return Score("m", "t", value, reference, error, 100, 0, better, "A sentence.")


def test_every_score_has_value_reference_error_n_seed_and_a_sentence(report: Report) -> None:
    for one in report.as_dict()["scores"]:
        assert {"value", "reference", "standard_error", "n", "seed", "meaning"} <= set(one)
        assert one["n"] > 0
        assert re.fullmatch(r"[A-Z].*\.", one["meaning"])


def test_json_has_at_most_three_digits_and_says_that_nothing_counts_questions(report: Report) -> None:
    text = json.dumps(report.as_dict(), allow_nan=False)
    assert not re.search(r"\d\.\d{4}", text)
    assert "ask seldom" in json.loads(text)["limits"]
    assert "never that nothing is" in LIMITS


def test_the_worst_columns_come_first(report: Report) -> None:
    for found in report.as_dict()["tables"][0]["worst"].values():
        apart = [abs(one["value"] - one["reference"]) for one in found]
        assert all(one >= other - 0.0011 for one, other in pairwise(apart))


@pytest.mark.parametrize(
    ("one", "differs"),
    [
        (score(0.90, 0.99, "more"), True),
        (score(0.96, 0.99, "more"), False),
        (score(1.00, 0.90, "more"), False),
        (score(0.60, 0.50, "less"), True),
        (score(0.30, 0.50, "less"), False),
        (score(0.30, 0.50, "near"), True),
        (score(0.496, 0.5, "near", error=0.0001), False),
    ],
)
def test_a_score_differs_where_it_is_worse_beyond_chance_and_beyond_what_matters(
    one: Score, differs: bool
) -> None:
    assert one.differs == differs


def test_gates_are_met_by_values_as_they_are_reported(report: Report) -> None:
    value = report.as_dict()["scores"][0]["value"]
    assert report.failures({"c2st": value}) == []
    assert report.failures({"c2st": value - 0.001}) == [
        f"data.c2st is {value:g}, and must be at most {value - 0.001:g}"
    ]
    worst = round(report.score("pair.worst").value, 3)
    assert report.failures({"pair.worst": worst, "data.pair.worst": worst, "identical": 0.5}) == []
    assert len(report.failures({"pair.worst": worst + 0.001, "data.pair.worst": worst + 0.001})) == 2


def test_unknown_gates_are_refused_with_the_near_name(report: Report) -> None:
    with pytest.raises(InvalidRequestError, match="did you mean") as refused:
        report.failures({"c2s": 0.5, "pear.mean": 0.9})
    assert len(refused.value.errors) == 2


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "rect", "path", "circle"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag


def test_the_page_stands_alone_and_is_small(report: Report) -> None:
    text = report.html()
    assert len(text.encode()) < 2_000_000
    page = _Page()
    page.feed(text)
    tags = {tag for tag, _ in page.seen}
    assert page.open == []
    assert not tags & {"script", "img", "link", "iframe"}
    assert not re.search(r"https?://|url\(|@import", text)
    assert "prefers-color-scheme: dark" in text
    assert all(attributes.get("aria-label") for tag, attributes in page.seen if tag == "svg")
    assert all("scope" in attributes for tag, attributes in page.seen if tag == "th")


def test_the_page_of_many_columns_is_small() -> None:
    wide = [
        pd.concat(
            [people(seed * 10 + at, rows=200).drop(columns="id").add_suffix(str(at)) for at in range(20)],
            axis=1,
        )
        for seed in (1, 2)
    ]
    assert len(evaluate(wide[0], wide[1], targets=[]).html().encode()) < 2_000_000


def test_names_and_values_are_escaped() -> None:
    rows = [people(seed, rows=300).rename(columns={"plan": "<b>&plan"}) for seed in (1, 3)]
    for one in rows:
        one["<b>&plan"] = one["<b>&plan"].replace("large", "<script>")
    text = evaluate(*rows).html()
    assert "<b>" not in text
    assert "<script" not in text


def test_no_value_of_few_rows_and_no_extreme_is_on_the_page() -> None:
    real = people(1)
    real.loc[7, "region"] = "Nowhere-on-Sea"
    real.loc[8, "age"] = 118.7
    text = evaluate(real, people(3)).html() + json.dumps(evaluate(real, people(3)).as_dict())
    assert "Nowhere-on-Sea" not in text
    assert "118.7" not in text
    assert "north" in text


def test_nothing_is_called_anonymous(report: Report) -> None:
    assert "anonym" not in (report.html() + json.dumps(report.as_dict())).lower()


def test_what_was_not_measured_is_said() -> None:
    report = evaluate(people(1), people(3), targets=[])
    said = " ".join(report.tables[0].not_measured)
    assert "holdout" in said
    assert "name it as a target" in said
    assert "Keys" in said
    assert not any(one.metric.startswith(("membership", "singling_out", "tstr")) for one in report.scores)


def test_several_datasets_are_set_side_by_side() -> None:
    found = compare(people(1), {"good": people(3), "weak": people(3, correlation=0.0)}, holdout=people(2))
    first, scores = found.rows()[0]
    assert first.name == "data.correlation.worst"
    good, weak = scores["good"], scores["weak"]
    assert good is not None
    assert weak is not None
    assert (good.differs, weak.differs) == (False, True)
    assert set(found.as_dict()["reports"]) == {"good", "weak"}
    assert found.html().count("<summary>weak</summary>") == 1
