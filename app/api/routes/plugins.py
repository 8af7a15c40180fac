"""/plugins: what is installed on the server beside Synthmill's own strategies, column kinds and formats."""

from __future__ import annotations

from collections.abc import Iterable

import marshmallow as ma

from synthmill.app.api.resource import Resource
from synthmill.generators.plugins import PackageState, package_states

resource = Resource("plugins", "Packages with strategies, column kinds and formats.")

f = ma.fields

_STATE = {"enum": ["ok", "broken"]}


class PluginEntrySchema(ma.Schema):
    group = f.String(required=True, metadata={"description": "`strategies`, `column_kinds` or `formats`"})
    name = f.String(required=True)
    state = f.String(required=True, metadata=_STATE)
    reason = f.String(required=True, allow_none=True, metadata={"description": "why it can't be used"})


class PluginSchema(ma.Schema):
    name = f.String(required=True, metadata={"description": "of the package, as `pip install` takes it"})
    version = f.String(required=True)
    state = f.String(required=True, metadata=_STATE)
    reason = f.String(
        required=True, allow_none=True, metadata={"description": "why nothing of the package can be read"}
    )
    entries = f.List(f.Nested(PluginEntrySchema), required=True)


@resource.operation("GET", "/plugins", returns=PluginSchema(many=True))
def list_plugins() -> Iterable[PackageState]:
    """List Synthmill itself and the plugins of this web process, with what each brings

    Workers may have others: a job waits for one that has what it needs.
    """
    return package_states()
