"""Inputs of recipes: uploads and models that are checked, kept from being removed, and brought to who needs
them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.confined.executor import Questions
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import LimitExceededError, MissingObjectError, StorageError
from synthmill.app.core.input_copies import input_copies
from synthmill.app.core.learned.object_key import model_key
from synthmill.app.core.learned.state import ModelState
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.object_key import upload_key
from synthmill.app.core.uploads.state import UploadState
from synthmill.generators.engine.input_cache import CacheFullError, InputError
from synthmill.generators.engine.inputs import NO_INPUTS, Input, InputPaths
from synthmill.generators.errors import FieldError, InvalidRequestError

MODEL_MEDIA_TYPE = "application/vnd.synthmill.model"
"""What the strategy `model` says of its input."""

Upload, Model = models.Upload, models.Model


@dataclass(frozen=True)
class StoredInput:
    key: str
    size: int


@contextmanager
def held_inputs(services: Services, workspace_id: str, wanted: Sequence[Input]) -> Iterator[InputPaths]:
    """Where these inputs are on this machine, by sha256, for as long as the context lasts.

    They are the workspace's uploads and models, and nobody else's, whatever this machine has of others'. What
    isn't here is fetched and checked. Raises InvalidRequestError naming those that the workspace doesn't have
    or that are damaged, LimitExceededError for one that is too large, and StorageError where it may work
    later.
    """
    if not wanted:
        yield NO_INPUTS
        return
    stored = find_inputs(services, workspace_id, wanted)
    settings = services.settings
    for one in wanted:
        if stored[one.sha256].size > settings.input_cache_bytes:
            raise LimitExceededError(
                one.field,
                f"the input has {stored[one.sha256].size:,} bytes",
                f"at most {settings.input_cache_bytes:,} bytes (SYNTHMILL_INPUT_CACHE_BYTES)",
            )

    def fetch(sha256: str) -> BinaryIO:
        return io.BufferedReader(_Chunks(services.storage.read(stored[sha256].key)))

    cache = input_copies(services)
    with ExitStack() as held:
        paths: dict[str, Path] = {}
        for one in wanted:
            try:
                paths.update(held.enter_context(cache.hold([one], fetch)))
            except CacheFullError as error:
                raise StorageError(str(error)) from error
            except (InputError, MissingObjectError) as error:
                raise InvalidRequestError.one(
                    one.field, f"the input is damaged: {error}", "delete it, and upload it again"
                ) from error
        yield paths


def find_inputs(services: Services, workspace_id: str, wanted: Sequence[Input]) -> dict[str, StoredInput]:
    """Where the workspace's inputs are in storage, by sha256. Raises InvalidRequestError naming others."""
    with services.db.read() as session:
        return _stored(session, workspace_id, wanted, lock=False)


@contextmanager
def questions_about_inputs(services: Services, workspace_id: str) -> Iterator[Questions]:
    """What confined work asks for inputs, which are held for as long as the context lasts."""
    with ExitStack() as held:

        def find(wanted: Any) -> dict[str, str]:
            inputs = [Input.from_dict(one) for one in wanted]
            found = held.enter_context(held_inputs(services, workspace_id, inputs))
            return {sha256: str(path) for sha256, path in found.items()}

        yield {"inputs": find}


def use_inputs(session: Session, workspace_id: str, wanted: Sequence[Input]) -> None:
    """Count uploads as used now, and keep them, and models, from being removed until the transaction ends.

    Raises InvalidRequestError naming those that the workspace doesn't have.
    """
    if not wanted:
        return
    _stored(session, workspace_id, wanted, lock=True)
    session.execute(update(Upload).where(_uploads(workspace_id, wanted)).values(used_at=db_now()))


def note_inputs(session: Session, job_id: str, wanted: Sequence[Input]) -> None:
    """Write down what a new job needs: used uploads stay until it has ended."""
    fields: dict[str, str] = {}
    for one in wanted:
        fields.setdefault(one.sha256, one.field)
    if fields:
        noted = [{"job_id": job_id, "sha256": sha256, "field": name} for sha256, name in fields.items()]
        session.execute(insert(models.JobInput), noted)


def _stored(
    session: Session, workspace_id: str, wanted: Sequence[Input], lock: bool
) -> dict[str, StoredInput]:
    """Where the inputs are, by sha256; their rows locked where that is asked for.

    Raises InvalidRequestError naming those that the workspace doesn't have.
    """
    stored: dict[str, StoredInput] = {}
    # Always in the same order, so that no two of these wait for each other.
    uploads = select(Upload).where(_uploads(workspace_id, wanted)).order_by(Upload.id)
    for upload in session.execute(uploads.with_for_update() if lock else uploads).scalars():
        stored[str(upload.sha256)] = StoredInput(upload_key(upload.id), upload.size)
    fitted = select(Model).where(_models(workspace_id, wanted)).order_by(Model.id)
    for model in session.execute(fitted.with_for_update() if lock else fitted).scalars():
        sha256 = str(model.sha256)
        stored.setdefault(sha256, StoredInput(model_key(model.id, sha256), model.size))
    missing = [_missing(one) for one in wanted if one.sha256 not in stored]
    if missing:
        raise InvalidRequestError(missing)
    return stored


def _uploads(workspace_id: str, wanted: Sequence[Input]) -> Any:
    return (
        (Upload.workspace_id == workspace_id)
        & (Upload.state == UploadState.STORED)
        & Upload.sha256.in_({one.sha256 for one in wanted})
    )


def _models(workspace_id: str, wanted: Sequence[Input]) -> Any:
    return (
        (Model.workspace_id == workspace_id)
        & (Model.state == ModelState.STORED)
        & Model.sha256.in_({one.sha256 for one in wanted})
    )


def _missing(one: Input) -> FieldError:
    if one.media_type == MODEL_MEDIA_TYPE:
        return FieldError(
            one.field,
            f"the workspace has no model with the sha256 {one.sha256}",
            "fit it first, POST /fit, or upload its file, POST /uploads",
        )
    return FieldError(
        one.field,
        f"the workspace has no upload with the sha256 {one.sha256}",
        "upload it first: POST /uploads",
    )


class _Chunks(io.RawIOBase):
    """Bytes that come in chunks, as a file to read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = memoryview(next(self._chunks, b""))
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count
