"""A worker's death is blamed on the part in work alone, and a job fails only by what kills workers itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, select, true, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.execution import hand, lease_expiry
from synthmill.app.core.execution.attempt import attempt_parts
from synthmill.app.core.execution.hand import begin_block, pulse
from synthmill.app.core.execution.lease_expiry import give_back_expired, give_back_process
from synthmill.app.core.execution.leases import (
    Claim,
    ClaimBatch,
    claim_parts,
    next_parts,
)
from synthmill.app.core.execution.outcomes import LOSSES_ALLOWED, fail_job
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle, queries
from synthmill.app.core.services import Services
from tests.work import Work

Submit = Callable[..., queries.JobView]

Part = models.Part


def lose(services: Services, claims: Sequence[Claim]) -> None:
    """Whoever holds these parts has died, and their lease has run out."""
    this = Part.job_id == claims[0].job_id
    with services.db.write() as session:
        numbers = [claim.number for claim in claims]
        session.execute(update(Part).where(this, Part.number.in_(numbers)).values(lease_until=1.0))
    give_back_expired(services, true())
    with services.db.write() as session:
        session.execute(update(Part).where(this).values(not_before=0.0))


def losses(services: Services, job: queries.JobView) -> dict[int, int]:
    """Of the parts that lost a worker, how often they did."""
    with services.db.read() as session:
        rows = session.execute(select(Part.number, Part.losses).where(Part.job_id == job.id, Part.losses > 0))
        return {row.number: row.losses for row in rows}


def state(services: Services, principal: Principal, job: queries.JobView) -> tuple[str, str | None]:
    view = queries.get_job(services, principal, job.id)
    return view.state, view.error


def only(services: Services, job: queries.JobView, number: int) -> None:
    """Nothing but this part of the job is left to claim."""
    with services.db.write() as session:
        others = (Part.job_id == job.id) & (Part.number != number)
        session.execute(update(Part).where(others).values(not_before=2.0**40))


def test_a_dead_workers_part_is_free_at_once_and_comes_after_those_that_lost_none(
    services: Services, submit: Submit, worker: WorkerProcess
) -> None:
    job = submit()
    (held,) = claim_parts(services, job.id, worker.id)
    give_back_process(services, worker.host, worker.pid)
    (following,) = claim_parts(services, job.id, "another")
    assert (held.number, following.number) == (0, 1)
    only(services, job, 0)
    (again,) = claim_parts(services, job.id, "another")
    assert (again.number, again.attempt, again.losses) == (0, held.attempt + 1, 1)


def test_a_part_that_lost_a_worker_is_alone_in_its_hand(services: Services, submit: Submit) -> None:
    job = submit(500_000)
    lose(services, claim_parts(services, job.id, "gone"))
    lose(services, claim_parts(services, job.id, "gone"))
    hands = []
    while claims := claim_parts(services, job.id, "alive", 4):
        hands.append([claim.number for claim in claims])
    assert hands[-2:] == [[0], [1]]
    assert len(hands[0]) == 4


@pytest.mark.parametrize("told_by", ["heartbeat", "pulse"])
def test_of_a_dead_workers_hand_only_the_part_in_work_is_blamed(
    services: Services, submit: Submit, told_by: str
) -> None:
    job = submit(500_000)
    claims = claim_parts(services, job.id, "gone", 4)
    assert len(claims) == 4
    for claim in claims[:3]:
        batch = ClaimBatch(claims, claim)
        if told_by == "pulse":
            pulse(services, batch, 10)
        else:
            with services.db.write() as session:
                batch.renew(session)
    lose(services, claims)
    assert losses(services, job) == {claims[2].number: 1}


def test_a_hand_given_back_in_several_steps_still_blames_the_part_in_work_alone(
    services: Services, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_expiry, "_AT_ONCE", 1)
    job = submit(500_000)
    claims = claim_parts(services, job.id, "gone", 4)
    pulse(services, ClaimBatch(claims, claims[0]), 10)
    for _ in claims:
        lose(services, claims)
    assert losses(services, job) == {0: 1}


def test_a_pulse_keeps_the_lease_of_all_parts_of_the_hand(services: Services, submit: Submit) -> None:
    job = submit(500_000)
    claims = claim_parts(services, job.id, "alive", 4)
    with services.db.write() as session:
        session.execute(update(Part).where(Part.state == "running").values(lease_until=1.0))
    pulse(services, ClaimBatch(claims, claims[1]), 10)
    give_back_expired(services, true())
    with services.db.read() as session:
        in_hand = session.execute(
            select(func.count()).where(Part.job_id == job.id, Part.state == "running")
        ).scalar_one()
    assert in_hand == 4


def test_parts_of_a_hand_that_told_nothing_lose_their_worker_but_count_at_no_block(
    services: Services, principal: Principal, submit: Submit
) -> None:
    job = submit(500_000)
    claims = claim_parts(services, job.id, "gone", 4)
    lose(services, claims)
    assert losses(services, job) == {claim.number: 1 for claim in claims}
    with services.db.read() as session:
        assert session.execute(select(Part.block_losses).where(Part.losses > 0)).scalars().all() == [None] * 4


def test_a_part_that_loses_its_worker_ten_times_at_one_block_fails_its_job_which_names_it(
    services: Services, principal: Principal, submit: Submit
) -> None:
    job = submit()
    only(services, job, 2)
    lose(services, claim_parts(services, job.id, "gone"))
    for lost in range(LOSSES_ALLOWED):
        assert state(services, principal, job) == ("running", None), lost
        only(services, job, 2)
        (claim,) = claim_parts(services, job.id, "gone")
        begin_block(services, claim, claim.work.first_block)
        lose(services, [claim])
    what = f"part 2 ({claim.work.table}) lost its worker 10 times at block {claim.work.first_block}"
    assert state(services, principal, job) == ("failed", what)


def test_losses_at_other_blocks_and_of_workers_that_were_still_starting_fail_no_job(
    services: Services, principal: Principal, submit: Submit
) -> None:
    job = submit()
    only(services, job, 0)
    for lost in range(3 * LOSSES_ALLOWED):
        (claim,) = claim_parts(services, job.id, "gone")
        if lost % 3:
            begin_block(services, claim, lost)
        lose(services, [claim])
        only(services, job, 0)
    assert state(services, principal, job) == ("running", None)
    assert losses(services, job) == {0: 3 * LOSSES_ALLOWED}


def test_only_a_part_that_lost_a_worker_writes_down_its_blocks(
    services: Services, submit: Submit, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[int, int | None]] = []

    def note(services: Services, claim: Claim, block: int | None) -> None:
        written.append((claim.number, block))
        begin_block(services, claim, block)

    monkeypatch.setattr(hand, "begin_block", note)
    job = submit(part_rows=150_000)
    with services.db.read() as session:
        number, first, last = session.execute(
            select(Part.number, Part.first_block, Part.last_block)
            .where(Part.job_id == job.id)
            .order_by(Part.last_block.desc())
            .limit(1)
        ).one()
    assert last - first > 1
    only(services, job, number)
    lose(services, claim_parts(services, job.id, "gone"))
    with services.db.write() as session:
        session.execute(update(Part).where(Part.job_id == job.id).values(not_before=0.0))
    while claims := claim_parts(services, job.id, worker.id, 4):
        attempt_parts(services, claims, worker)
    assert written == [(number, None), *((number, block) for block in range(first, last))]


def test_a_retried_job_forgets_at_which_blocks_its_parts_lost_workers(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    job = submit()
    only(services, job, 0)
    for _ in range(2):
        (claim,) = claim_parts(services, job.id, "gone")
        begin_block(services, claim, 0)
        lose(services, [claim])
        only(services, job, 0)
    with services.db.write() as session:
        fail_job(session, job.id, "enough")
    lifecycle.retry(services, principal, job.id)
    with services.db.read() as session:
        reported = session.execute(select(Part.losses, Part.block_losses).where(Part.job_id == job.id)).all()
    assert {tuple(row) for row in reported} == {(0, None)}
    work()
    assert state(services, principal, job) == ("completed", None)


def test_the_next_parts_are_found_by_an_index_that_has_them_in_their_order(
    services: Services, submit: Submit
) -> None:
    job = submit()
    sqlite = services.settings.database_url.startswith("sqlite")
    with services.db.write() as session:
        # Enough pending rows, and more that are done, for a planner that reckons with their number.
        numbers = range(1_000, 6_000)
        rows = [
            {
                "job_id": job.id,
                "number": number,
                "table": "t",
                "piece": 0,
                "rows": 1,
                "first_block": 0,
                "last_block": 1,
                "state": "done" if number % 10 else "pending",
            }
            for number in numbers
        ]
        session.execute(models.Part.__table__.insert(), rows)  # type: ignore[attr-defined]
        session.connection().exec_driver_sql("ANALYZE parts")
        statement, given = next_parts(job.id, 64)
        query = statement.params(given).compile(
            session.connection(), compile_kwargs={"render_postcompile": True}
        )
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        parameters = (
            query.params if not sqlite else tuple(query.params[name] for name in query.positiontup or ())
        )
        plan = session.connection().exec_driver_sql(f"{explain} {query}", parameters).all()
    text = "\n".join(str(row) for row in plan)
    assert "ix_parts_pending" in text
    assert "TEMP B-TREE" not in text and "Sort" not in text
