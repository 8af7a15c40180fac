"""Routes of the page: documented as others are, their answers in the page's own shape."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.app.api.resource import Resource


class PageResource(Resource):
    """A group of the page's paths."""

    _prepare_response_content = staticmethod(lambda data: data)

    @staticmethod
    def _make_doc_response_schema(schema: ma.Schema | None) -> Any:
        return schema


PREFIX = "/v1"
