"""Fitting a model on a worker: the files are brought here and learnt from, and no copy of them stays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.execution.leases import AbandonedError
from synthmill.app.core.input_copies import discard_copies
from synthmill.app.core.jobs.kind import Claim, FinaliserLease, JobFailedError, Report
from synthmill.app.core.jobs.object_keys import piece_key
from synthmill.app.core.learned.storing import FittedModel, keep_model, store_model
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import held_inputs
from synthmill.generators.engine.inputs import Input
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.importing.table_file import read_table_file
from synthmill.generators.learning import fit, fit_options

STEPS = 1_000
"""Units of a fit: thousandths of what there is to do."""
_PIECE = "model"
"""What a part's piece is called in storage."""

Job, Part = models.Job, models.Part


@dataclass(frozen=True)
class Fitted:
    """What the part gave: a model, which is in storage, or why there can't be one."""

    model: FittedModel | None
    refused: str | None = None

    @property
    def size(self) -> int:
        return 0 if self.model is None else self.model.size

    def pack(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpack(cls, packed: bytes) -> Fitted:
        found = json.loads(packed)
        return cls(found["model"] and FittedModel(**found["model"]), found["refused"])


def table_inputs(tables: Mapping[str, Mapping[str, str]], field: str = "tables") -> list[Input]:
    """The uploads of a request's tables as inputs."""
    return [
        Input(one["upload"], f"application/x-{one['format']}", f"{field}.{name}.upload")
        for name, one in tables.items()
    ]


def fit_part(services: Services, claim: Claim, request: Mapping[str, Any], report: Report) -> Fitted:
    """Learn from the tables of the request. Raises what `report` does."""
    inputs = table_inputs(request["tables"])
    sources = {name: one["upload"] for name, one in request["tables"].items()}

    def progress(done: int, total: int, what: str) -> None:
        report(min(claim.units, claim.units * done // max(1, total)))

    try:
        with held_inputs(services, claim.workspace_id, inputs) as paths:
            tables = {}
            for name, one in request["tables"].items():
                tables[name] = read_table_file(
                    paths[one["upload"]], name, one["format"], services.settings.fit_rows
                )
                report(0)
        model = fit(tables, fit_options(request["parameters"]), report=progress)
    except (InvalidRequestError, UnknownNameError) as error:
        return Fitted(None, str(error))
    finally:
        discard_copies(services, sources.values())
    content, description = model.to_bytes(), model.description
    services.storage.put(_key(claim), content)
    report(claim.units)
    return Fitted(
        FittedModel(
            sha256=model.sha256,
            size=len(content),
            name=request["name"] or next(iter(request["tables"])),
            method=model.method,
            method_used=model.method_used,
            privacy=str(model.privacy["mode"]),
            sources=sources,
            description=description,
        )
    )


def record_fit(session: Session, claim: Claim, fitted: Fitted) -> None:
    """Store what the part gave, which is found still held."""
    this = (Part.job_id == claim.job_id) & (Part.number == claim.number)
    session.execute(update(Part).where(this).values(result=fitted.pack()))


def discard_fit(services: Services, claim: Claim) -> None:
    services.storage.delete([_key(claim)])


def stored_model(services: Services, lease: FinaliserLease) -> tuple[FittedModel, bytes]:
    """The model that the job's part gave. Raises JobFailedError where it gave none, and why."""
    with services.db.read() as session:
        part = session.execute(
            select(Part.attempt, Part.result).where(Part.job_id == lease.job_id, Part.number == 0)
        ).one()
    fitted = Fitted.unpack(part.result)
    if fitted.model is None:
        raise JobFailedError(fitted.refused or "")
    return fitted.model, services.storage.get(piece_key(lease.job_id, _PIECE, 0, part.attempt))


def keep_fitted(services: Services, lease: FinaliserLease) -> partial[dict[str, Any]]:
    """Bring the job's model to where models are; what then shows it, in a transaction, and is its result.

    Raises JobFailedError, AbandonedError where the lease was lost, StorageError.
    """
    model, content = stored_model(services, lease)
    with services.db.read() as session:
        workspace_id = session.execute(
            select(Job.workspace_id).where(Job.id == lease.job_id)
        ).scalar_one_or_none()
    if workspace_id is None:
        raise AbandonedError(f"{lease.job_id} was deleted")
    model_id = store_model(services, workspace_id, lease.job_id, model, content)
    return partial(_kept, model_id, model)


def _kept(model_id: str, model: FittedModel, session: Session) -> dict[str, Any]:
    return {
        "model_id": keep_model(session, model_id, model.sha256),
        "sha256": model.sha256,
        "size": model.size,
        "method_used": model.method_used,
        "privacy": model.privacy,
        "warnings": list(model.description["warnings"]),
    }


def forget_fit(session: Session, job_id: str) -> None:
    session.execute(update(Part).where(Part.job_id == job_id).values(result=None))


def _key(claim: Claim) -> str:
    return piece_key(claim.job_id, _PIECE, 0, claim.attempt)


def discard_fits(services: Services, claims: Sequence[Claim]) -> None:
    for claim in claims:
        discard_fit(services, claim)
