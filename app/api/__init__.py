"""REST under /api/v1: each view parses, calls one verb of the core, and renders.

The routes, their parameters and answers are listed by the OpenAPI document that they generate.
"""

from __future__ import annotations

from flask import Flask
from prometheus_client import CollectorRegistry

from synthmill.app.api import errors
from synthmill.app.api.genesis import evaluate as genesis_evaluate
from synthmill.app.api.genesis import generate as genesis_generate
from synthmill.app.api.genesis import jobs as genesis_jobs
from synthmill.app.api.genesis import models as genesis_models
from synthmill.app.api.genesis.resource import PREFIX as GENESIS_PREFIX
from synthmill.app.api.openapi import PREFIX, make_reference
from synthmill.app.api.resource import Resource
from synthmill.app.api.routes import (
    datasets,
    default_stream,
    downloads,
    evaluate,
    evaluations,
    events,
    fit,
    generate,
    jobs,
    keys,
    market,
    metrics,
    models,
    plugins,
    preview,
    probes,
    recipes,
    strategies,
    streams,
    templates,
    tickets,
    try_page,
    uploads,
)
from synthmill.app.http import admission, connection_metrics, lifecycle, waiting_slots
from synthmill.app.http.context import EXTENSION, Context

RESOURCES: tuple[Resource, ...] = (
    generate.resource,
    preview.resource,
    recipes.resource,
    jobs.resource,
    events.resource,
    datasets.resource,
    downloads.resource,
    uploads.resource,
    fit.resource,
    models.resource,
    evaluate.resource,
    evaluations.resource,
    strategies.resource,
    plugins.resource,
    templates.resource,
    market.resource,
    streams.resource,
    default_stream.resource,
    keys.resource,
    tickets.resource,
    probes.resource,
    metrics.resource,
)
GENESIS: tuple[Resource, ...] = (
    genesis_generate.resource,
    genesis_evaluate.resource,
    genesis_jobs.resource,
    genesis_models.resource,
)
"""The paths of that page, at its own prefix."""
_PUBLIC_PAGES = frozenset(
    {"api-docs.openapi_json", "try_page.show_reference", "try_page.start_reference", "try_page.get_asset"}
)
_AT_THE_ROOT = {"/health": "operation.health", "/ready": "operation.ready", "/metrics": "metrics.metrics"}


def install(
    app: Flask,
    context: Context,
    registry: CollectorRegistry,
    open_endpoints: frozenset[str] = frozenset(),
) -> None:
    """Put the API into an application; `open_endpoints` belong to others, who ask for keys themselves.

    `registry` gets this face's metrics, and `/metrics` shows all that are in it.
    """
    app.extensions[EXTENSION] = context
    app.config["MAX_CONTENT_LENGTH"] = context.services.settings.max_body_bytes
    lifecycle.install(app, registry)
    errors.install(app)
    settings = context.services.settings
    slots = waiting_slots.install(app, settings.web_threads, settings.max_waits_per_key)
    connection_metrics.install(app, registry, slots)
    metrics.install(app, context.services, registry)
    reference = make_reference(app)
    for resource in RESOURCES:
        reference.register_blueprint(resource, url_prefix=PREFIX)
    for resource in GENESIS:
        reference.register_blueprint(resource, url_prefix=GENESIS_PREFIX)
    app.register_blueprint(try_page.page, url_prefix=PREFIX)
    for path, endpoint in _AT_THE_ROOT.items():
        app.add_url_rule(path, endpoint, app.view_functions[endpoint], methods=["GET"])
    public = frozenset().union(*(resource.public for resource in RESOURCES))
    admission.install(app, public | _PUBLIC_PAGES | open_endpoints)
