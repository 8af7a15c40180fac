"""Stages: what is found out before rows are made, here as on workers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthmill import generate
from synthmill.generators.datasets.preview import MAX_PREVIEW_UNITS, preview
from synthmill.generators.datasets.verify import verify
from synthmill.generators.datasets.verify_input import AttestError
from synthmill.generators.engine import stages, staging
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows, next_stage
from synthmill.generators.engine.stages import NO_RESULTS, Combined, Kept, Results, Stage, WholePassError
from synthmill.generators.engine.staging import (
    HERE,
    StageResultTooLargeError,
    combine,
    kept,
    run_stages,
    work_block,
)
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.streams import parse_endless
from tests.trial_strategies import LEDGER, SURVEY, trial_strategies


@pytest.fixture(scope="module", autouse=True)
def installed() -> Iterator[None]:
    with trial_strategies():
        yield


def plan_of(name: str, parameters: dict[str, Any], seed: int = 0) -> Any:
    return make_plan(make_recipe(name, parameters, seed))


def test_a_combined_result_is_that_of_all_units() -> None:
    plan = plan_of("ledger", LEDGER)
    results = run_stages(plan)
    entries = make_rows(plan, "entries", 0, LEDGER["entries"], None, results).to_pandas()
    totals = entries.groupby("account")["amount"].sum()
    assert (entries["total"] == entries["account"].map(totals)).all()
    assert results.complete
    assert [one["name"] for one in results.named()] == ["totals"]
    assert results.named()[0]["sha256"] == hashlib.sha256(results.combined("totals")).hexdigest()


def test_rounds_follow_from_the_answers_before() -> None:
    plan = plan_of("survey", SURVEY)
    results = run_stages(plan)
    rows = make_rows(plan, "answers", 0, SURVEY["people"], None, results).to_pandas()
    assert (rows["answer"] >= 0).all()
    assert list(results) == [f"round-{number}" for number in range(1, rows["round"].max() + 1)]
    assert len(results) > 2
    silent = SURVEY["people"]
    for number in range(1, len(results) + 1):
        reported = b"".join(results.block(f"round-{number}", block) for block in range(-(-silent // 16)))
        assert len(reported) == 8 * silent
        silent = int((rows["round"] > number).sum())


def test_kept_bytes_come_back_from_memory_and_from_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "KEPT_IN_MEMORY", 10)
    blocks = [b"abc", b"", b"x" * 100, b"last"]
    found = kept(iter(blocks))
    assert [found.read(block) for block in (3, 0, 2, 1)] == [b"last", b"abc", b"x" * 100, b""]
    digests = b"".join(hashlib.sha256(block).digest() for block in blocks)
    assert (found.blocks, found.sha256) == (4, hashlib.sha256(digests).hexdigest())


def test_a_result_that_is_too_large_names_stage_size_and_limit() -> None:
    plan = plan_of("ledger", LEDGER)
    stage = next_stage(plan)
    assert stage is not None
    small = replace(stage, max_bytes=10)
    with pytest.raises(StageResultTooLargeError, match=r"stage totals: the result of block 0 has 72 .* 10"):
        work_block(plan, small, 0)
    parts = [work_block(plan, stage, block) for block in range(2)]
    with pytest.raises(StageResultTooLargeError, match="the combined result"):
        combine(plan, small, parts)


def test_nothing_combined_is_nothing() -> None:
    plan = plan_of("ledger", LEDGER)
    stage = next_stage(plan)
    assert stage is not None
    assert combine(plan, stage, []) == b""
    assert combine(plan, stage, [b"", b"", b""]) == b""


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 25])
def test_combining_is_in_the_order_of_blocks(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from trial_strategies import ledger

    monkeypatch.setattr(ledger.Ledger, "combine", lambda self, plan, stage, left, right: left + right)
    plan = plan_of("ledger", LEDGER)
    stage = Stage("totals", count, 1)
    parts = [bytes([65 + at]) for at in range(count)]
    assert combine(plan, stage, iter(parts)) == b"".join(parts)


def wanting(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> Any:
    from trial_strategies import ledger

    monkeypatch.setattr(ledger.Ledger, "next_stage", lambda self, plan, results: stage)
    return plan_of("ledger", LEDGER)


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        (Stage("Totals!", 1, 1), "isn't a stage's name"),
        (Stage("totals", 0, 1), "at least one unit"),
        (Stage("totals", 1, 0), "at least one unit"),
        (Stage("totals", 1, 1, max_bytes=2**40), "max_bytes"),
    ],
)
def test_stages_that_can_not_be_run_are_refused(
    stage: Stage, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=reason):
        next_stage(wanting(monkeypatch, stage))


def test_a_strategy_that_never_comes_to_its_rows_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = wanting(monkeypatch, Stage("again", 1, 1))
    with pytest.raises(ValueError, match="was run already"):
        next_stage(plan, Results({"again": Combined(b"")}))
    many = Results({f"stage-{number}": Combined(b"") for number in range(stages.MAX_STAGES)})
    with pytest.raises(ValueError, match="more than 1000 stages"):
        next_stage(plan, many)


def test_work_that_is_not_pure_has_a_context_and_pure_work_none() -> None:
    plan = plan_of("survey", {**SURVEY, "pure": False})
    stage = next_stage(plan)
    assert stage is not None
    with pytest.raises(ValueError, match="needs a context"):
        work_block(plan, stage, 0)
    assert work_block(plan, stage, 0, NO_RESULTS, HERE) == work_block(
        plan, replace(stage, pure=True), 0, NO_RESULTS, HERE
    )


def test_reading_a_result_the_wrong_way_says_so() -> None:
    results = Results({"sum": Combined(b"1"), "all": Kept(1, "", lambda block: b"2")})
    assert (results.combined("sum"), results.block("all", 0)) == (b"1", b"2")
    for wrong in (lambda: results.combined("all"), lambda: results.block("sum", 0)):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(IndexError):
        results.block("all", 1)
    with pytest.raises(KeyError):
        results.combined("nothing")


def test_a_preview_runs_small_stages_and_refuses_others() -> None:
    recipe = make_recipe("ledger", LEDGER, 0)
    assert preview(recipe, 5)["entries"].num_rows == 5
    large = make_recipe("ledger", {**LEDGER, "entries": MAX_PREVIEW_UNITS + 1}, 0)
    with pytest.raises(WholePassError, match=r"table: entries needs a whole pass.*\(totals\)"):
        preview(large, 5)
    assert preview(large, 5, "accounts")["accounts"].num_rows == 5
    asking = make_recipe("survey", {**SURVEY, "pure": False}, 0)
    with pytest.raises(WholePassError):
        preview(asking, 5)


def test_a_table_that_needs_a_stage_can_not_go_on() -> None:
    with pytest.raises(InvalidRequestError, match="makes a whole"):
        parse_endless({"strategy": "ledger", "parameters": LEDGER})


def test_a_dataset_names_what_its_stages_gave(tmp_path: Path) -> None:
    made = generate(strategy="ledger", parameters=LEDGER, seed=3, out=tmp_path / "made")
    plan = plan_of("ledger", LEDGER, 3)
    assert made.manifest["stages"] == run_stages(plan).named()
    frame = made.to_pandas("entries")
    assert np.array_equal(
        frame["total"], frame["account"].map(frame.groupby("account")["amount"].sum()).to_numpy()
    )
    assert verify(tmp_path / "made", blocks=None).intact


def test_another_result_of_a_stage_is_a_difference(tmp_path: Path) -> None:
    generate(strategy="ledger", parameters=LEDGER, seed=3, out=tmp_path)
    path = tmp_path / "manifest.json"
    content = json.loads(path.read_text())
    content["stages"][0]["sha256"] = "0" * 64
    path.write_text(json.dumps(content))
    report = verify(tmp_path, blocks=1)
    assert not report.intact
    assert "stages are" in report.differences[0].reason


def test_what_is_not_pure_can_not_be_verified(tmp_path: Path) -> None:
    generate(strategy="survey", parameters={**SURVEY, "pure": False}, seed=3, out=tmp_path)
    with pytest.raises(AttestError, match="stage round-1 of survey doesn't give the same bytes twice"):
        verify(tmp_path)


def test_a_dataset_without_stages_names_none(tmp_path: Path) -> None:
    assert "stages" not in generate("retail", rows=10, seed=1, out=tmp_path).manifest


def test_plans_without_results_yet_know_nothing_of_each_other() -> None:
    for people in (200, 60):
        stage = next_stage(plan_of("survey", {**SURVEY, "people": people}))
        assert stage is not None
        assert stage.units == people
