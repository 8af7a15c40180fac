"""Requests that learn from uploads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.sizes import upload_sha256
from synthmill.generators.importing.table_file import FORMS
from synthmill.generators.learning import FitParameters
from synthmill.generators.limits import MAX_NAME_LENGTH, MAX_TABLES, NAME_PATTERN

f = ma.fields


class UploadedTableFields(ma.Schema):
    """A table that lies in an upload."""

    upload = f.String(required=True, metadata={"description": "the upload's id or sha256"})
    format = f.String(
        required=True,
        validate=ma.validate.OneOf(FORMS),
        metadata={"description": "`json` is one array of objects; none of them compressed"},
    )


class UploadedTables(f.Dict):
    """Tables by their names, each in an upload."""

    def __init__(self, about: str, required: bool = True) -> None:
        name = ma.validate.Regexp(NAME_PATTERN, error="isn't a name: letters, digits and _, no digit first")
        super().__init__(
            keys=f.String(validate=[name, ma.validate.Length(1, MAX_NAME_LENGTH)]),
            values=f.Nested(UploadedTableFields),
            required=required,
            validate=ma.validate.Length(1, MAX_TABLES),
            metadata={"description": about},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ma.ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            # Whether a key or a value is wrong shows by itself.
            messages = {name: wrong.get("value") or wrong["key"] for name, wrong in error.messages.items()}
            raise ma.ValidationError(messages) from error


class FitFields(ma.Schema):
    """What a model is to be fitted on, and how."""

    tables = UploadedTables("what to learn from: uploads by the names that their tables get")
    parameters: f.Field[Any] = f.Dict(
        load_default=dict,
        metadata={"description": "how to fit: method, roles, privacy; see docs/learning.md"},
    )
    name = f.String(
        load_default=None,
        validate=ma.validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z", error="isn't a name"),
        metadata={"description": "of the model; the first table's where it is left out"},
    )
    workspace = f.String(load_default=None, metadata={"description": "the key's own workspace, or left out"})


class FitRequest(FitFields):
    """The same with what the library says of its parameters."""

    class Meta:
        description = "Uploads to learn from, and how a model is to be fitted."

    parameters = f.Nested(FitParameters, metadata={"description": "how to fit; docs/learning.md"})


def fit_of(services: Services, principal: Principal, body: Mapping[str, Any]) -> Submission:
    """The job that a body means whose `FitFields` are loaded. Raises InvalidRequestError."""
    request = {
        "tables": by_sha256(services, principal, body["tables"], "tables"),
        "parameters": body["parameters"],
        "name": body["name"],
    }
    return Submission(request, workspace=body["workspace"], raw=request, kind="fit")


def by_sha256(
    services: Services, principal: Principal, tables: Mapping[str, Mapping[str, str]], field: str
) -> dict[str, dict[str, str]]:
    """The tables, their uploads named by what is in them. Raises InvalidRequestError."""
    return {
        name: {
            "upload": upload_sha256(
                services, principal.workspace_id, one["upload"], f"{field}.{name}.upload"
            ),
            "format": one["format"],
        }
        for name, one in tables.items()
    }
