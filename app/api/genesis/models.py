"""/v1/models: the workspace's models."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.app.api.genesis.resource import PageResource
from synthmill.app.api.schemas.page_query import MAX_PAGE
from synthmill.app.core.learned import queries as models
from synthmill.app.core.learned.removal import delete_model
from synthmill.app.http.context import principal, services

resource = PageResource("genesis_models", "Models as the Genesis page has them.")

f = ma.fields


class PageModelSchema(ma.Schema):
    """A model as the page lists it."""

    model_id = f.String(required=True)
    method = f.String(required=True, metadata={"description": "the one that was used"})
    created_at = f.String(required=True, metadata={"format": "date-time"})
    n_columns = f.Integer(required=True)
    n_training_samples = f.Integer(required=True)
    discrete_columns = f.List(f.String(), required=True)


class PageModelsSchema(ma.Schema):
    models = f.List(f.Nested(PageModelSchema), required=True)
    total = f.Integer(required=True, metadata={"description": "that there are; the newest 200 are listed"})


class DeletedModelSchema(ma.Schema):
    success = f.Boolean(required=True)
    model_id = f.String(required=True)


@resource.operation("GET", "/models", returns=PageModelsSchema)
def page_list_models() -> dict[str, Any]:
    """List trained models, the newest first"""
    found = models.list_models(services(), principal(), limit=MAX_PAGE).items
    return {
        "models": [_shown(one) for one in found],
        "total": models.count_models(services(), principal()),
    }


@resource.operation("DELETE", "/models/<model_id>", returns=DeletedModelSchema, refuses=(404, 409))
def page_delete_model(model_id: str) -> dict[str, Any]:
    """Delete a model"""
    delete_model(services(), principal(), model_id)
    return {"success": True, "model_id": model_id}


def _shown(model: models.ModelView) -> dict[str, Any]:
    tables = model.description["tables"]
    columns = [column for table in tables for column in table["columns"]]
    return {
        "model_id": model.id,
        "method": model.method_used,
        "created_at": model.created_at,
        "n_columns": len(columns),
        "n_training_samples": sum(table["rows"] for table in tables),
        "discrete_columns": [column["name"] for column in columns if column["role"] == "category"],
    }
