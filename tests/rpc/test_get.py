from __future__ import annotations

import json

import grpc

from synthmill.app.core.access import keys
from synthmill.app.core.access.keys import authenticate
from synthmill.app.core.db import models
from synthmill.app.core.services import Services
from synthmill.proto import jobs_pb2 as pb
from tests.rpc.caller import Caller, refused
from tests.work import Work


def test_a_completed_job_has_its_files_and_its_result(caller: Caller, work: Work, job: str) -> None:
    work(job)
    found = caller.jobs.Get(pb.GetRequest(job_id=job), **caller.key)
    assert found.state == pb.JOB_STATE_COMPLETED
    assert found.rows_done == found.rows_total == sum(file.rows for file in found.files)
    assert all(file.root and file.size for file in found.files)
    assert found.finished_at.ToDatetime() >= found.created_at.ToDatetime()
    assert json.loads(found.result_json)["size"] == sum(file.size for file in found.files)


def test_a_job_of_nobody_and_one_of_another_workspace_are_refused_alike(
    caller: Caller, channel: grpc.Channel, services: Services, job: str
) -> None:
    stranger = Caller(channel, another_workspace(services))
    theirs = refused(lambda: stranger.jobs.Get(pb.GetRequest(job_id=job), **stranger.key))
    nobodys = refused(lambda: caller.jobs.Get(pb.GetRequest(job_id="job_nobodys"), **caller.key))
    assert theirs.code == nobodys.code == grpc.StatusCode.NOT_FOUND
    assert theirs.text.replace(job, "X") == nobodys.text.replace("job_nobodys", "X")


def test_a_name_that_cannot_be_stored_names_nothing(caller: Caller) -> None:
    found = refused(lambda: caller.jobs.Get(pb.GetRequest(job_id="job_\0"), **caller.key))
    assert found.code == grpc.StatusCode.NOT_FOUND


def another_workspace(services: Services) -> str:
    """A key of a workspace of its own."""
    with services.db.write() as session:
        session.merge(models.Workspace(id="ws_other", name="other", created_at=1.0))
    token = keys.create(services, "ws_other", "other")[1]
    assert authenticate(services, token).workspace == "other"
    return token
