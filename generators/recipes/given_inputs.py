"""Inputs that a caller gives as files of their own, for a request made in this process."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from synthmill.generators.engine.input_cache import InputCache, InputError
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.recipes.template import merge
from synthmill.generators.schema.input_field import is_sha256

_STEP = re.compile(r"\.?([^.\[\]]+)|\[([^\[\]]+)\]")


class GivenInputs:
    """Files by the sha256 that the parameters have, or by the parameter that they are for.

    `{"tables[orders].file": "orders.csv"}` also says in the request which file that parameter names.
    """

    def __init__(self, files: Mapping[str, str | Path], cache: InputCache) -> None:
        """Raises OSError where a file that is given for a parameter can't be read."""
        self.cache = cache
        self.by_field = {name: _sha256(Path(path)) for name, path in files.items() if not is_sha256(name)}
        self.by_sha256 = {self.by_field.get(name, name): Path(path) for name, path in files.items()}
        self.paths: InputPaths = {}
        """Of the inputs found last."""
        self._held = ExitStack()

    def filled_in(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The request with the sha256 of files in the parameters that they are for."""
        parameters = request.get("parameters") or {}
        for name, sha256 in self.by_field.items():
            parameters = merge(parameters, _at(name, sha256))
        return {**request, "parameters": parameters} if self.by_field else dict(request)

    def find(self, wanted: Sequence[Input]) -> InputPaths:
        """Where a request's inputs are, until `close`; for `request.parse`.

        Raises InvalidRequestError for a file that isn't what its sha256 says, and for one that nothing names.
        """
        known = {one.sha256 for one in wanted}
        spare = [name for name in self.by_sha256 if name not in known]
        if spare:
            raise InvalidRequestError(
                FieldError(f"inputs[{name}]", "no parameter names this file", "leave it out")
                for name in spare
            )
        given = [one for one in wanted if one.sha256 in self.by_sha256]
        try:
            self.paths = self._held.enter_context(self.cache.hold(given, self._open))
        except InputError as error:
            raise InvalidRequestError.one("inputs", str(error), "give the file that was meant") from error
        return self.paths

    def _open(self, sha256: str) -> BinaryIO:
        return self.by_sha256[sha256].open("rb")

    def __enter__(self) -> GivenInputs:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _at(path: str, value: str) -> dict[str, Any]:
    """The parameters that say nothing but what stands at this path; elements of lists go by their names."""
    made: Any = value
    end = len(path)
    for found in reversed(list(_STEP.finditer(path))):
        member, name = found.groups()
        if found.end() != end or (name and not isinstance(made, dict)):
            break
        end = found.start()
        made = {member: made} if member else [{"name": name, **made}]
    if end or not isinstance(made, dict):
        raise InvalidRequestError.one(
            f"inputs[{path}]", "isn't a parameter's path", "write it like file or tables[orders].file"
        )
    return made
