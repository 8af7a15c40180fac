"""POST /preview: the first rows of the very dataset that POST /generate would make."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from synthmill.app.api.envelope import enveloped_answer
from synthmill.app.api.resource import Resource
from synthmill.app.core.requests import preview
from synthmill.app.core.requests.preview import PreviewFields, PreviewRequest, Wanted, preview_of
from synthmill.app.http.context import principal, services

resource = Resource("preview", "See the first rows at once.")


class ColumnSchema(ma.Schema):
    name = ma.fields.String(required=True)
    type = ma.fields.String(required=True, metadata={"description": "as Arrow names it"})
    kind = ma.fields.String(required=True)
    nullable = ma.fields.Boolean(required=True)


class TablePreviewSchema(ma.Schema):
    name = ma.fields.String(required=True)
    columns = ma.fields.List(ma.fields.Nested(ColumnSchema), required=True)
    rows = ma.fields.List(
        ma.fields.List(ma.fields.Raw(allow_none=True)),
        required=True,
        metadata={"description": "values in the order of the columns, as the JSON Lines file has them"},
    )
    rows_total = ma.fields.Integer(required=True, metadata={"description": "rows of the whole table"})


class PreviewSchema(ma.Schema):
    seed = ma.fields.Integer(
        required=True, metadata={"description": "as given or drawn; with it /generate makes these rows"}
    )
    recipe = ma.fields.Dict(required=True)
    tables = ma.fields.List(ma.fields.Nested(TablePreviewSchema), required=True)


class PreviewLoader(PreviewFields):
    """Loads a body into what a preview is asked for: the fields of the server's own first, then the whole."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def wanted(self, body: dict[str, Any], **_: Any) -> Wanted:
        return preview_of(body)


@resource.operation(
    "POST",
    "/preview",
    returns=PreviewSchema,
    body=PreviewLoader,
    body_described_by=PreviewRequest,
    refuses=[503],
)
def show_preview(wanted: Wanted) -> Response:
    """Show the first rows

    Nothing is stored. The body is that of `POST /generate`; `limit`, `table` and `columns` say what to show.
    """
    return enveloped_answer(preview.show_preview(services(), principal(), wanted))
