"""/templates: our own, and those that a workspace has made for itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import marshmallow as ma
from flask import Response, request
from werkzeug.http import quote_etag

from synthmill.app.api.envelope import no_content
from synthmill.app.api.resource import Resource
from synthmill.app.core import templates
from synthmill.app.core.templates import TemplateView
from synthmill.app.http.context import principal, services
from synthmill.generators.domain_rules.fields import as_given
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import parameters_json_schema
from synthmill.generators.recipes.template import TemplateContent

resource = Resource("templates", "Recipes filled in for a domain: Synthmill's, and a workspace's own.")

f = ma.fields

_IF_MATCH = {
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "the ETag that the template must still have; otherwise nothing is changed (412)",
}


class TemplateSummarySchema(ma.Schema):
    name = f.String(required=True)
    title = f.String(required=True)
    description = f.String(required=True)
    strategy = f.String(required=True)
    main = f.String(required=True, metadata={"description": "the table that a number as `rows` is for"})
    default_rows = f.Integer(
        required=True, metadata={"description": "of that table, where no rows are given"}
    )
    own = f.Boolean(required=True, metadata={"description": "whether the workspace has made it itself"})


class TemplateSchema(TemplateSummarySchema):
    rows = f.Dict(
        required=True, metadata={"description": "of the other tables: their ratio, or their number"}
    )
    parameters = f.Dict(
        required=True, metadata={"description": "JSON Schema (2020-12) of a request's `parameters`"}
    )
    options = f.Dict(
        required=True,
        metadata={"description": "by name, parameters of the template's own, and what they decide"},
    )
    defaults = f.Dict(
        required=True,
        metadata={"description": "the template's own parameters; a request's are laid over them"},
    )
    rules = f.List(
        f.Dict(),
        required=True,
        metadata={"description": "what its trade expects of the rows: domain rules, see docs/conformance.md"},
    )


class _ContentLoader(ma.Schema):
    """Takes a body as it is: the library checks it, so that its refusals read the same everywhere."""

    class Meta:
        unknown = ma.INCLUDE


@resource.operation("GET", "/templates", returns=TemplateSummarySchema(many=True))
def list_templates() -> list[dict[str, Any]]:
    """List the templates"""
    return [_summary(one) for one in templates.list_templates(services(), principal())]


@resource.operation("GET", "/templates/<name>", returns=TemplateSchema, refuses=(404,))
def show_template(name: str) -> Any:
    """Get a template: its parameters, and the JSON Schema of what may be laid over them

    One that the workspace has made itself comes with an `ETag`.
    """
    return _shown(templates.show_template(services(), principal(), name))


@resource.operation(
    "POST",
    "/templates",
    returns=TemplateSchema,
    status=201,
    body=_ContentLoader,
    body_described_by=TemplateContent,
    refuses=(409, 503),
    responses={
        201: {
            "headers": {
                "Location": {"schema": {"type": "string"}, "description": "where the template is"},
                "ETag": {"schema": {"type": "string"}, "description": "for `If-Match`"},
            }
        }
    },
)
def add_template(content: dict[str, Any]) -> Any:
    """Add a template

    The body is what a template's file says. It is planned at once with its own numbers of rows, and refused
    where that can't be done. Then `POST /generate` and `POST /preview` know it by its name.
    """
    added = templates.add_template(services(), principal(), content)
    shown, headers = _shown(added)
    return shown, {**headers, "Location": f"{request.path}/{added.template.name}"}


@resource.operation(
    "PUT",
    "/templates/<name>",
    returns=TemplateSchema,
    body=_ContentLoader,
    body_described_by=TemplateContent,
    request_headers=(_IF_MATCH,),
    refuses=(404, 409, 412, 503),
)
def replace_template(content: dict[str, Any], name: str) -> Any:
    """Replace a template of the workspace

    Jobs and datasets that were made from it stay as they are.
    """
    return _shown(templates.replace_template(services(), principal(), name, content, _known()))


@resource.operation(
    "DELETE", "/templates/<name>", status=204, request_headers=(_IF_MATCH,), refuses=(404, 409, 412)
)
def delete_template(name: str) -> Response:
    """Delete a template of the workspace"""
    templates.delete_template(services(), principal(), name, _known())
    return no_content()


def _known() -> Collection[str] | None:
    """The etags of If-Match; None where there is none or any will do."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    return set(request.if_match.as_set())


def _summary(view: TemplateView) -> dict[str, Any]:
    return {**vars(view.template), "own": view.etag is not None}


def _shown(view: TemplateView) -> tuple[dict[str, Any], dict[str, str]]:
    template = view.template
    schema = parameters_json_schema(STRATEGIES.get(template.strategy))
    shown = {
        **_summary(view),
        "rows": template.row_laws(),
        "options": template.options_shown(),
        "parameters": schema,
        "defaults": template.parameters,
        "rules": as_given(template.rules),
    }
    return shown, {} if view.etag is None else {"ETag": quote_etag(view.etag)}
