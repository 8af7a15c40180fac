"""An evaluation passes fresh real rows, and finds what is wrong with others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synthmill.generators.evaluation import Report, evaluate
from synthmill.generators.kernels.backend import use
from tests.evaluation.worlds import people

REAL, UNSEEN = people(1), people(2)


def found(synthetic: pd.DataFrame, holdout: pd.DataFrame | None = UNSEEN) -> Report:
    return evaluate(REAL, synthetic, holdout=holdout)


def names(report: Report) -> set[str]:
    return {score.metric for score in report.differing}


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_fresh_real_rows_pass(seed: int) -> None:
    assert names(found(people(seed))) == set()


def test_a_fresh_half_of_the_real_rows_passes_without_unseen_ones() -> None:
    whole = people(6)
    assert names(evaluate(whole[::2], whole[1::2])) == set()


def test_a_correlation_that_is_too_weak_is_found_and_its_columns_are_named() -> None:
    real, unseen = people(1, rows=5_000), people(2, rows=5_000)
    report = evaluate(real, people(3, correlation=0.45, rows=5_000), holdout=unseen)
    assert "correlation.worst" in names(report)
    assert set(report.score("correlation.worst").columns) == {"age", "income"}
    assert set(report.worst("pair")[0].columns) == {"age", "income"}


def test_a_twentieth_of_copies_is_found_with_and_without_unseen_rows() -> None:
    copied = pd.concat([people(3)[100:], REAL.sample(100, random_state=1)])
    for report in (found(copied), found(copied, None)):
        assert "identical" in names(report)
        assert "c2st" not in names(report)
    assert found(copied).score("identical").value == pytest.approx(0.05)


def test_copies_with_other_keys_are_copies() -> None:
    copied = pd.concat([people(3)[100:], REAL.sample(100, random_state=1).assign(id=np.arange(100) + 10**7)])
    assert "identical" in names(found(copied))


def test_swapped_labels_are_found() -> None:
    swapped = people(3).assign(churned=lambda rows: np.where(rows["churned"] == "yes", "no", "yes"))
    report = found(swapped)
    assert {"tstr.churned", "c2st"} <= names(report)
    assert report.score("tstr.churned").value < 0.4
    assert report.worst("c2st")[0].columns == ("churned",)


def test_a_memorising_copy_is_found_by_every_attack() -> None:
    report = found(REAL.sample(len(REAL), replace=True, random_state=1))
    attacks = {"identical", "dcr.closer", "dcr.very_close", "dcr.share", "nndr", "membership.closest"}
    assert attacks | {"membership.ratio", "membership.sure", "singling_out"} <= names(report)
    assert report.score("membership.closest").value > 0.75


def test_a_memorising_copy_with_noise_is_found() -> None:
    noise = np.random.default_rng(1).standard_normal(len(REAL))
    report = found(REAL.assign(age=REAL["age"] + 0.1 * noise, use=REAL["use"] + 0.01 * noise))
    assert report.score("identical").value < 0.01
    assert {"dcr.very_close", "membership.closest"} <= names(report)


def test_independent_columns_are_told_apart_though_each_is_right() -> None:
    fresh = people(3)
    mixed = pd.DataFrame(
        {name: fresh[name].sample(frac=1, random_state=at).to_numpy() for at, name in enumerate(fresh)}
    )
    assert {"c2st", "pair.mean", "tstr.churned"} <= names(found(mixed))
    assert "shape.mean" not in names(found(mixed))


def test_missing_cells_and_strange_values_are_found() -> None:
    report = found(people(3).assign(plan="none", income=lambda rows: rows["income"].fillna(30_000)))
    assert {"missing.worst", "valid.worst", "shape.worst"} <= names(report)
    assert report.score("valid.worst").columns == ("plan",)
    assert report.score("missing.worst").columns == ("income",)


def test_numbers_far_beyond_the_real_ones_move_no_bin() -> None:
    fresh = people(3)
    fresh.loc[0, "age"] = 10**6
    assert "pair.worst" not in names(found(fresh))


def test_the_same_rows_and_seed_give_the_same_report_with_and_without_compiled_kernels() -> None:
    rows = [people(seed, rows=300) for seed in (1, 2, 3)]
    reports = []
    for name in ("numpy", "numba"):
        with use(name):
            reports.append(evaluate(rows[0], rows[1], holdout=rows[2]).as_dict())
    assert reports[0] == reports[1]
    assert evaluate(rows[0], rows[1], holdout=rows[2], seed=1).as_dict() != reports[0]


@pytest.mark.parametrize("seed", [1, 2])
def test_fresh_rows_of_few_columns_are_as_close_to_real_as_to_unseen_ones(seed: int) -> None:
    real, unseen, fresh = (people(seed * 10 + at, rows=500)[["use", "plan"]] for at in range(3))
    report = evaluate(real, fresh, holdout=unseen)
    for metric in ("dcr.share", "dcr.closer", "membership.closest", "membership.ratio"):
        score = report.score(metric)
        assert abs(score.value - 0.5) < 3 * score.standard_error, metric


def test_personal_columns_that_were_replaced_are_no_difference_and_are_named() -> None:
    """Nobody's names and addresses stand where somebody's were: as makers of synthetic rows do on purpose."""

    def named(rows: pd.DataFrame, salt: str) -> pd.DataFrame:
        names = [f"{salt}{at % 97}" for at in range(len(rows))]
        addresses = [f"{salt}{at}@{salt}.example" for at in range(len(rows))]
        return rows.assign(firstName=names, reach=addresses)

    report = evaluate(named(REAL, "ann"), named(people(3), "zoe"), holdout=named(UNSEEN, "ann"))
    assert names(report) == set()
    (table,) = report.tables
    assert (table.roles["firstName"], table.roles["reach"]) == ("personal", "personal")
    (said,) = [one for one in table.not_measured if "replaced on purpose" in one]
    assert "firstName, reach" in said
    # Whoever wants them compared says so.
    roles = {"firstName": "category"}
    compared = evaluate(
        named(REAL, "ann"), named(people(3), "zoe"), holdout=named(UNSEEN, "ann"), roles=roles
    )
    assert "valid.worst" in names(compared)


def test_copies_whose_names_were_replaced_are_copies() -> None:
    salted = [rows.assign(email=[f"{at}@x.example" for at in rows.index]) for rows in (REAL, UNSEEN)]
    copied = pd.concat([people(3)[100:], REAL.sample(100, random_state=1)])
    copied = copied.assign(email=[f"new{at}@y.example" for at in range(len(copied))])
    assert "identical" in names(evaluate(salted[0], copied, holdout=salted[1]))


@pytest.mark.parametrize("seed", range(6))
def test_no_score_of_a_distance_exceeds_one(seed: int) -> None:
    """Nor does one of the worst column, where even that is nearer than halves of the real rows are."""
    rows = people(1, rows=400)
    report = evaluate(rows, people(1, rows=400), holdout=people(20 + seed, rows=400), seed=seed)
    for score in report.scores:
        if score.metric.endswith((".worst", ".mean")):
            assert score.value <= 1.0, score.metric
            assert score.reference <= 1.0, score.metric
