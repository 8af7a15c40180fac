"""Uploads beneath the API: what is kept, for how long, and that nothing stays of what broke."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import LimitExceededError, NotFoundError, StorageError
from synthmill.app.core.execution.sweeper import tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.services import Services
from synthmill.app.core.uploads import receive as receiving
from synthmill.app.core.uploads.queries import UploadView, get_upload, list_uploads, open_upload
from synthmill.app.core.uploads.receive import PIECE_BYTES, Incoming, receive
from synthmill.app.core.uploads.removal import delete_upload, remove_broken

DAY = 86_400
Upload = models.Upload


def send(services: Services, principal: Principal, content: bytes, chunk: int = 1 << 20) -> UploadView:
    chunks = (content[start : start + chunk] for start in range(0, len(content), chunk))
    return receive(services, principal, Incoming("text/csv", size=len(content)), chunks)[0]


def stored(services: Services) -> list[str]:
    """Everything that storage has: objects, and multipart uploads that haven't ended."""
    return [*services.storage.list(""), *(key for key, _ in services.storage.uploads(""))]


def rows(services: Services) -> int:
    with services.db.read() as session:
        return session.execute(select(func.count()).select_from(Upload)).scalar_one()


@pytest.fixture
def keeping(services: Services) -> Services:
    """The same with a retention of two days."""
    return replace(services, settings=replace(services.settings, upload_retention_days=2))


@pytest.fixture
def elsewhere(services: Services, principal: Principal) -> Principal:
    """A key of another workspace."""
    with services.db.write() as session:
        session.execute(insert(models.Workspace).values(id="ws_other", name="other", created_at=db_now()))
    return replace(principal, workspace_id="ws_other", workspace="other")


def age(services: Services, upload_id: str, days: float) -> None:
    with services.db.write() as session:
        session.execute(
            update(Upload).where(Upload.id == upload_id).values(used_at=Upload.used_at - days * DAY)
        )


@pytest.mark.parametrize("size", [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES + 5])
def test_what_was_sent_is_what_is_stored(services: Services, principal: Principal, size: int) -> None:
    content = hashlib.shake_128(b"x").digest(size)
    upload = send(services, principal, content)
    assert (upload.sha256, upload.size) == (hashlib.sha256(content).hexdigest(), size)
    assert b"".join(services.storage.read(open_upload(services, principal, upload.id).key)) == content
    assert services.storage.uploads("") == []


def test_a_receiver_holds_a_piece_and_no_more(
    services: Services, principal: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, sizes = services.storage.put_piece, []

    def watch(key: str, upload_id: str, number: int, *data: bytes) -> str:
        sizes.append(sum(map(len, data)))
        return put(key, upload_id, number, *data)

    monkeypatch.setattr(services.storage, "put_piece", watch)
    send(services, principal, bytes(3 * PIECE_BYTES), chunk=300_000)
    assert len(sizes) == 3
    assert max(sizes) < PIECE_BYTES + 300_000


def test_equal_bytes_sent_at_once_are_one_upload(services: Services, principal: Principal) -> None:
    content, together = b"x" * 100_000, threading.Barrier(3)
    sent: list[UploadView] = []

    def chunks() -> Iterator[bytes]:
        yield content[:50_000]
        together.wait(30)
        yield content[50_000:]

    def run() -> None:
        sent.append(receive(services, principal, Incoming("text/csv"), chunks())[0])

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(sent) == 3
    assert len({one.id for one in sent}) == 1
    assert (rows(services), len(stored(services))) == (1, 1)


def test_the_room_of_uploads_under_way_is_reserved(services: Services, principal: Principal) -> None:
    tight = replace(services, settings=replace(services.settings, max_uploads_bytes=1_000))

    def while_coming() -> Iterator[bytes]:
        yield b"x" * 300
        with pytest.raises(LimitExceededError, match="1,001 bytes"):
            send(tight, principal, b"y" * 401)
        send(tight, principal, b"z" * 400)
        yield b"x" * 300

    receive(tight, principal, Incoming("text/csv", size=600), while_coming())
    assert rows(services) == 2


def test_bytes_of_unknown_number_are_counted_as_they_come(
    services: Services, principal: Principal, elsewhere: Principal
) -> None:
    tight = replace(services, settings=replace(services.settings, max_uploads_bytes=PIECE_BYTES + 10))
    for whose in (principal, elsewhere):  # One workspace's uploads leave another's room alone.
        send(tight, whose, b"x" * 10)
    with pytest.raises(LimitExceededError):
        receive(tight, principal, Incoming("text/csv"), iter([bytes(PIECE_BYTES), b"x"]))
    assert (rows(services), len(stored(services))) == (2, 2)


def test_a_workspace_has_so_many_uploads_and_no_more(
    services: Services, principal: Principal, elsewhere: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MAX_UPLOADS", 2)
    for content in (b"a", b"b"):
        send(services, principal, content)
    with pytest.raises(LimitExceededError, match="2 uploads"):
        send(services, principal, b"c")
    send(services, elsewhere, b"c")


class Killed(BaseException):
    """Stands for the end of the process: nobody clears up."""


def kill_while_receiving(
    services: Services, principal: Principal, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    def die(_services: Services, _upload_id: str) -> None:
        raise Killed

    def chunks() -> Iterator[bytes]:
        yield content
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(receiving, "_discard", die)
        with pytest.raises(Killed):
            receive(services, principal, Incoming("text/csv"), chunks())


def test_the_sweeper_removes_what_a_killed_receiver_left(
    services: Services, principal: Principal, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = send(services, principal, b"kept")
    kill_while_receiving(services, principal, monkeypatch, bytes(PIECE_BYTES))
    assert len(stored(services)) == 2
    assert [one.id for one in list_uploads(services, principal).items] == [kept.id]
    tidy_up(services, worker.id)
    assert len(stored(services)) == 2, "its lease hasn't ended"
    with services.db.write() as session:
        session.execute(update(Upload).values(lease_until=db_now() - 1))
    tidy_up(services, worker.id)
    assert (rows(services), len(stored(services))) == (1, 1)
    assert get_upload(services, principal, kept.id) == kept


def test_a_receiver_that_is_slow_and_not_dead_is_left_alone(
    services: Services, principal: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = services.db.write

    def renew_first(**options: bool) -> AbstractContextManager[Session]:
        services.db.write = write
        with write() as session:
            session.execute(update(Upload).values(lease_until=db_now() + 100))
        return write(**options)

    def chunks() -> Iterator[bytes]:
        yield b"x"
        with services.db.write() as session:
            session.execute(update(Upload).values(lease_until=db_now() - 1))
        monkeypatch.setattr(services.db, "write", renew_first)
        remove_broken(services)
        assert services.db.write == write, "the sweeper has found it"
        yield b"y"

    assert receive(services, principal, Incoming("text/csv"), chunks())[0].size == 2


def test_a_receiver_that_was_given_up_stores_nothing(
    services: Services, principal: Principal, worker: WorkerProcess
) -> None:
    def chunks() -> Iterator[bytes]:
        yield bytes(PIECE_BYTES)
        with services.db.write() as session:
            session.execute(update(Upload).values(lease_until=db_now() - 1))
        tidy_up(services, worker.id)
        yield b"x"

    with pytest.raises(StorageError):
        receive(services, principal, Incoming("text/csv"), chunks())
    assert (rows(services), stored(services)) == (0, [])


def test_an_upload_whose_commit_got_no_answer_stays_whole(
    services: Services, principal: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = receiving._keep

    def lose_answer(*given: Any) -> UploadView:
        keep(*given)
        raise StorageError("the connection broke after the commit")

    monkeypatch.setattr(receiving, "_keep", lose_answer)
    with pytest.raises(StorageError):
        send(services, principal, b"x")
    (upload,) = list_uploads(services, principal).items
    assert b"".join(services.storage.read(open_upload(services, principal, upload.id).key)) == b"x"


def test_a_slow_receiver_keeps_its_lease(
    services: Services, principal: Principal, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "_RENEW_SECONDS", -1.0)

    def chunks() -> Iterator[bytes]:
        for _ in range(3):
            with services.db.write() as session:
                session.execute(update(Upload).values(lease_until=db_now() + 1_000))
            yield b"x"
            with services.db.read() as session:
                lease = session.execute(select(Upload.lease_until - db_now())).scalar_one()
            assert lease < 900, "renewed to the usual one"
            tidy_up(services, worker.id)

    assert receive(services, principal, Incoming("text/csv"), chunks())[0].size == 3


def test_uploads_are_kept_until_they_are_deleted(
    services: Services, principal: Principal, worker: WorkerProcess
) -> None:
    upload = send(services, principal, b"x")
    age(services, upload.id, 1_000)
    tidy_up(services, worker.id)
    assert get_upload(services, principal, upload.id).expires_at is None


def test_a_set_retention_removes_what_was_not_used_for_so_long(
    services: Services, keeping: Services, principal: Principal, worker: WorkerProcess
) -> None:
    old, young = send(services, principal, b"old"), send(services, principal, b"young")
    age(services, old.id, 2.1)
    age(services, young.id, 1.9)
    tidy_up(keeping, worker.id)
    assert [one.id for one in list_uploads(services, principal).items] == [young.id]
    assert len(stored(services)) == rows(services) == 1


def test_the_time_of_an_upload_begins_anew_when_it_is_sent_again(
    services: Services, keeping: Services, principal: Principal, worker: WorkerProcess
) -> None:
    upload = send(services, principal, b"x")
    age(services, upload.id, 3)
    assert send(services, principal, b"x").id == upload.id
    tidy_up(keeping, worker.id)
    assert get_upload(services, principal, upload.id).id == upload.id


def test_the_sweeper_removes_what_could_not_be_removed_at_once(
    services: Services, principal: Principal, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(prefix: str) -> None:
        raise StorageError("the store is away")

    upload = send(services, principal, b"x")
    with monkeypatch.context() as patched:
        patched.setattr(services.storage, "delete_prefix", away)
        delete_upload(services, principal, upload.id)
    with pytest.raises(NotFoundError):
        get_upload(services, principal, upload.id)
    assert len(stored(services)) == 1
    with services.db.write() as session:
        session.execute(update(Upload).values(lease_until=db_now() - 1))
    tidy_up(services, worker.id)
    assert (rows(services), stored(services)) == (0, [])


def test_nobody_else_can_delete_an_upload(
    services: Services, principal: Principal, elsewhere: Principal
) -> None:
    upload = send(services, principal, b"x")
    with pytest.raises(NotFoundError):
        delete_upload(services, elsewhere, upload.id)
    assert get_upload(services, principal, upload.id) == upload
