"""Routes, with all that is known of each said once: arguments, answer, refusals, whether it needs a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import marshmallow as ma
from flask_smorest import Blueprint

from synthmill.app.api.arguments import Parser
from synthmill.app.api.envelope import envelope, enveloped

View = TypeVar("View", bound=Callable[..., Any])

PARSER = Parser()


class NothingSchema(ma.Schema):
    """No parameters: whatever is given is unknown."""


class Resource(Blueprint):  # type: ignore[misc]
    """A group of operations that stands under one heading of the reference."""

    ARGUMENTS_PARSER = PARSER
    _prepare_response_content = staticmethod(envelope)
    _make_doc_response_schema = staticmethod(enveloped)

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, __name__, description=description)
        self.public: set[str] = set()
        """Endpoints that answer without a key."""

    def operation(
        self,
        method: str,
        path: str,
        *,
        returns: ma.Schema | type[ma.Schema] | None = None,
        status: int = 200,
        also: Mapping[int, type[ma.Schema]] | None = None,
        query: type[ma.Schema] | None = None,
        body: type[ma.Schema] | None = None,
        body_described_by: type[ma.Schema] | None = None,
        body_required: bool = True,
        request_headers: Sequence[dict[str, Any]] = (),
        refuses: Sequence[int] = (),
        public: bool = False,
        **documented: Any,
    ) -> Callable[[View], View]:
        """Register a view. It gets the loaded query, then the loaded body, then the path's parts by name.

        Its result is rendered by `returns` inside the envelope, unless it is a Response already; `also` says
        with which other statuses it may answer, and what then.
        `body_described_by` documents a body that `body` loads into something else, `body_required` says
        whether `{}` is refused, and `request_headers` what the view reads from headers. Further keywords go
        into the OpenAPI document as they are.
        """

        def register(view: View) -> View:
            call: Any = self.response(status, returns)(view)
            for other, schema in (also or {}).items():
                call = self.alt_response(other, schema=schema, success=True)(call)
            if body is not None:
                call = PARSER.use_args(body, location="json")(call)
                content = {"application/json": {"schema": body_described_by or body}}
                documented["requestBody"] = {"required": body_required, "content": content}
            if query is not None:
                call = self.arguments(query, location="query")(call)
            else:
                call = PARSER.use_kwargs(NothingSchema, location="query")(call)
            for refusal in sorted({*refuses, *_always(public, body is not None)}):
                call = self.alt_response(refusal, response=HTTPStatus(refusal).name)(call)
            if public:
                documented["security"] = []
                self.public.add(f"{self.name}.{view.__name__}")
            call = self.doc(operationId=view.__name__, **documented)(call)
            parameters = [{"in": "header", **header} for header in request_headers]
            self.add_url_rule(path, view.__name__, call, methods=[method], parameters=parameters)
            return view

        return register


def _always(public: bool, has_body: bool) -> tuple[int, ...]:
    """Refusals that every route of this sort may answer."""
    return (422, *(() if public else (401, 429)), *((400, 413, 415) if has_body else ()))
