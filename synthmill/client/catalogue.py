"""What a server has and keeps, besides jobs: methods of a Client, which has them by these names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from synthmill.client.download import OnBytes
from synthmill.client.uploads import Source, Upload, send

if TYPE_CHECKING:
    from synthmill.client.client import Client


def strategies(client: Client) -> list[dict[str, Any]]:
    """Name, title and description of every strategy; `strategy(name)` has its parameters' schema."""
    return list(client._http.pages("/strategies"))


def strategy(client: Client, name: str) -> dict[str, Any]:
    return _one(client, "/strategies", name)


def plugins(client: Client) -> list[dict[str, Any]]:
    """Synthmill itself and the plugins of the server: name, version, state, and what each brings."""
    return list(client._http.pages("/plugins"))


def templates(client: Client) -> list[dict[str, Any]]:
    return list(client._http.pages("/templates"))


def template(client: Client, name: str) -> dict[str, Any]:
    return _one(client, "/templates", name)


def datasets(client: Client, name: str | None = None) -> Iterator[dict[str, Any]]:
    """Finished datasets of the workspace, the newest first; with a name, the versions of that one."""
    return client._http.pages("/datasets", {"name": name})


def dataset(client: Client, dataset_id: str) -> dict[str, Any]:
    """One dataset with its manifest."""
    return _one(client, "/datasets", dataset_id)


def profile(client: Client, dataset_id: str) -> dict[str, Any]:
    """What the columns of a dataset hold: its `profile.json`."""
    found: dict[str, Any] = client._http.request(
        "GET", f"/datasets/{quote(dataset_id, safe='')}/profile"
    ).data
    return found


def delete_dataset(client: Client, dataset_id: str) -> None:
    """Remove the dataset, its files and the job that made it."""
    client._http.request("DELETE", f"/datasets/{quote(dataset_id, safe='')}")


def upload(
    client: Client,
    source: Source,
    *,
    name: str | None = None,
    media_type: str | None = None,
    on_bytes: OnBytes | None = None,
) -> Upload:
    """Send a file, for recipes to name it by its sha256: a path, or a file open in binary mode.

    A path gives the name, and a name the type, where they are left out. A file that can seek is read
    twice: its sha256 goes first, so that the server keeps nothing that arrives damaged, and a broken
    connection is tried again. The same bytes are stored once. `on_bytes` is called with the
    bytes sent and the bytes in all.
    """
    return send(client._http, source, name, media_type, on_bytes)


def uploads(client: Client, *, sha256: str | None = None) -> Iterator[Upload]:
    """Uploads of the workspace, the newest first; with a sha256, the one of these bytes."""
    return map(Upload.from_view, client._http.pages("/uploads", {"sha256": sha256}))


def delete_upload(client: Client, upload: Upload | str) -> None:
    """Remove an upload. Raises ConflictError while an unfinished job needs it."""
    upload_id = upload.id if isinstance(upload, Upload) else upload
    client._http.request("DELETE", f"/uploads/{quote(upload_id, safe='')}")


def keys(client: Client) -> list[dict[str, Any]]:
    """The workspace's API keys, without the keys themselves."""
    return list(client._http.pages("/keys"))


def create_key(client: Client, name: str) -> dict[str, Any]:
    """A new API key; `key` in the answer is the only time it is shown."""
    made: dict[str, Any] = client._http.request("POST", "/keys", json={"name": name}).data
    return made


def revoke_key(client: Client, key_id: str) -> dict[str, Any]:
    revoked: dict[str, Any] = client._http.request("DELETE", f"/keys/{quote(key_id, safe='')}").data
    return revoked


def _one(client: Client, path: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = client._http.request("GET", f"{path}/{quote(name, safe='')}").data
    return found
