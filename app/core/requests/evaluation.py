"""Requests that compare synthetic data with real data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.datasets import get_dataset
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.requests.learning import UploadedTables, by_sha256
from synthmill.app.core.services import Services
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.evaluation.evaluate import LEAST_ROWS, MOST_SAMPLE
from synthmill.generators.limits import MAX_SEED
from synthmill.generators.recipes.request import WholeNumber

f = ma.fields
_DOCS = "; docs/evaluation.md"


class EvaluateFields(ma.Schema):
    """What is to be compared with what."""

    real = UploadedTables("the rows that a model was fitted to, in uploads")
    synthetic = UploadedTables("the rows to judge, in uploads; or `dataset_id`", required=False)
    dataset_id = f.String(load_default=None, metadata={"description": "a dataset of the workspace to judge"})
    holdout = UploadedTables("real rows that the model wasn't given; they make more scores", required=False)
    keys = f.Dict(load_default=None, metadata={"description": f"whose child a row is{_DOCS}"})
    roles = f.Dict(load_default=None, metadata={"description": f"what columns are, by table{_DOCS}"})
    targets = f.Raw(load_default=None, metadata={"description": f"which columns to predict{_DOCS}"})
    seed = WholeNumber(load_default=0, validate=ma.validate.Range(0, MAX_SEED))
    sample = WholeNumber(
        load_default=10_000,
        validate=ma.validate.Range(LEAST_ROWS, MOST_SAMPLE),
        metadata={"description": "rows of a table that are compared at most"},
    )
    workspace = f.String(load_default=None, metadata={"description": "the key's own workspace, or left out"})


def evaluation_of(services: Services, principal: Principal, body: Mapping[str, Any]) -> Submission:
    """The job that a body means whose `EvaluateFields` are loaded.

    Raises InvalidRequestError, and NotFoundError for a dataset that isn't there.
    """
    given, dataset_id = body.get("synthetic"), body["dataset_id"]
    if (given is None) == (dataset_id is None):
        fix = "one of them: what is to be judged"
        raise InvalidRequestError.one("synthetic", "and dataset_id are both left out, or both given", fix)
    if dataset_id is not None:
        get_dataset(services, principal, dataset_id)
    targets = body["targets"]
    if targets is not None and not isinstance(targets, list | dict):
        raise InvalidRequestError.one("targets", "is neither a list nor an object", "columns, or by table")
    request: dict[str, Any] = {
        **{name: body[name] for name in ("dataset_id", "keys", "roles", "targets", "seed", "sample")},
        **{
            side: None if (tables := body.get(side)) is None else by_sha256(services, principal, tables, side)
            for side in ("real", "synthetic", "holdout")
        },
    }
    return Submission(request, workspace=body["workspace"], raw=request, kind="evaluate")
