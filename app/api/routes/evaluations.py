"""/evaluations: reports that compare synthetic data with real data."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, request

from synthmill.app.api.envelope import no_content, page
from synthmill.app.api.resource import Resource
from synthmill.app.api.routes.downloads import FILE_REQUEST_HEADERS, file_answers
from synthmill.app.api.schemas.page_query import PageQuerySchema, cursor
from synthmill.app.core import evaluations
from synthmill.app.http.context import principal, services
from synthmill.app.http.file_answer import file_answer

resource = Resource("evaluations", "Reports that compare synthetic data with real data.")

f = ma.fields


class EvaluationSummarySchema(ma.Schema):
    """An evaluation without its report, as in lists."""

    id = f.String(required=True)
    job_id = f.String(required=True)
    sources = f.Dict(
        required=True,
        metadata={"description": "by side and table, the sha256 of the upload; or the dataset"},
    )
    created_at = f.String(required=True, metadata={"format": "date-time"})


class EvaluationSchema(EvaluationSummarySchema):
    report = f.Dict(
        required=True, metadata={"description": "scores with references and errors; docs/evaluation.md"}
    )


class EvaluationsQuerySchema(PageQuerySchema):
    after = cursor("ev")


@resource.operation(
    "GET", "/evaluations", returns=EvaluationSummarySchema(many=True), query=EvaluationsQuerySchema
)
def list_evaluations(query: dict[str, Any]) -> Any:
    """List evaluations, the newest first"""
    return page(evaluations.list_evaluations(services(), principal(), **query))


@resource.operation("GET", "/evaluations/<evaluation_id>", returns=EvaluationSchema, refuses=(404,))
def get_evaluation(evaluation_id: str) -> evaluations.EvaluationView:
    """Get an evaluation with its report"""
    return evaluations.get_evaluation(services(), principal(), evaluation_id)


@resource.operation(
    "GET",
    "/evaluations/<evaluation_id>/page",
    refuses=(404, 416),
    request_headers=FILE_REQUEST_HEADERS,
    responses=file_answers(["text/html"]),
)
def download_evaluation(evaluation_id: str) -> Response:
    """Download an evaluation's report as one page of HTML"""
    return file_answer(request, evaluations.open_page(services(), principal(), evaluation_id))


@resource.operation("DELETE", "/evaluations/<evaluation_id>", status=204, refuses=(404,))
def delete_evaluation(evaluation_id: str) -> Response:
    """Delete an evaluation and the job that made it

    That its real files were asked about stays counted.
    """
    evaluations.delete_evaluation(services(), principal(), evaluation_id)
    return no_content()
