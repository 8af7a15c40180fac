"""/datasets: the finished, unchanging results of jobs."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from synthmill.app.api.envelope import no_content, page
from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.page_query import PageQuerySchema, cursor
from synthmill.app.core import datasets
from synthmill.app.http.context import principal, services

resource = Resource("datasets", "Finished datasets, versioned by their name inside a workspace.")

f = ma.fields


class DatasetSummarySchema(ma.Schema):
    """A dataset without its manifest, as in lists."""

    id = f.String(required=True)
    name = f.String(required=True)
    version = f.Integer(required=True, metadata={"description": "1, 2, 3 ... of this name"})
    job_id = f.String(required=True, metadata={"description": "its files are at `/downloads/{job_id}/...`"})
    rows = f.Integer(required=True, metadata={"description": "of all tables together"})
    size = f.Integer(required=True, metadata={"description": "bytes of all files together"})
    created_at = f.String(required=True, metadata={"format": "date-time"})


class DatasetSchema(DatasetSummarySchema):
    manifest = f.Dict(
        required=True, metadata={"description": "recipe, output, and every file with its blocks and hashes"}
    )


class TableProfileSchema(ma.Schema):
    name = f.String(required=True)
    rows = f.Integer(required=True)
    columns = f.List(
        f.Dict(), required=True, metadata={"description": "statistics, described in docs/profile.md"}
    )


class ProfileSchema(ma.Schema):
    """A dataset's `profile.json`: a function of the recipe alone."""

    profile = f.Integer(required=True, metadata={"description": "version of this layout"})
    recipe_sha256 = f.String(required=True)
    sample_rows = f.Integer(
        required=True, metadata={"description": "rows of each table that quantiles are from, at most"}
    )
    text_sample_rows = f.Integer(
        required=True, metadata={"description": "rows that common texts and lengths are from, at most"}
    )
    rank_error = f.Float(
        required=True, metadata={"description": "of quantiles from a sample, with 95 % confidence"}
    )
    distinct_error = f.Float(
        required=True, metadata={"description": "relative, of estimated `distinct`, with 95 % confidence"}
    )
    tables = f.List(f.Nested(TableProfileSchema), required=True)


class DatasetsQuerySchema(PageQuerySchema):
    after = cursor("ds")
    name = f.String(load_default=None, metadata={"description": "only versions of this one"})


@resource.operation("GET", "/datasets", returns=DatasetSummarySchema(many=True), query=DatasetsQuerySchema)
def list_datasets(query: dict[str, Any]) -> Any:
    """List datasets, the newest first"""
    return page(datasets.list_datasets(services(), principal(), **query))


@resource.operation("GET", "/datasets/<dataset_id>", returns=DatasetSchema, refuses=(404,))
def get_dataset(dataset_id: str) -> datasets.DatasetView:
    """Get a dataset with its manifest"""
    return datasets.get_dataset(services(), principal(), dataset_id)


@resource.operation("GET", "/datasets/<dataset_id>/profile", returns=ProfileSchema, refuses=(404,))
def get_dataset_profile(dataset_id: str) -> dict[str, Any]:
    """Get what a dataset's columns hold: nulls, extremes, moments, quantiles, common values"""
    return datasets.get_profile(services(), principal(), dataset_id)


@resource.operation("DELETE", "/datasets/<dataset_id>", status=204, refuses=(404,))
def delete_dataset(dataset_id: str) -> Response:
    """Delete a dataset, its files and the job that made it"""
    datasets.delete_dataset(services(), principal(), dataset_id)
    return no_content()
