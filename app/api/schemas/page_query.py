"""How lists are asked for, page by page."""

from __future__ import annotations

import marshmallow as ma

MAX_PAGE = 200


class PageQuerySchema(ma.Schema):
    """A list adds `after`, which is the `cursor` of what it lists."""

    limit = ma.fields.Integer(
        load_default=50, validate=ma.validate.Range(1, MAX_PAGE), metadata={"description": "items of a page"}
    )


def cursor(kind: str) -> ma.fields.String:
    """Where a page begins: the id of the last thing on the page before, `KIND_` and 26 characters."""
    form = ma.validate.Regexp(
        rf"{kind}_[0-9a-hjkmnp-tv-z]{{26}}\Z", error=f"isn't of the form of an id, {kind}_..."
    )
    return ma.fields.String(
        load_default=None, validate=form, metadata={"description": "`metadata.next` of the page before"}
    )
