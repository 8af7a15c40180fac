"""Opening a manifest in order to make again what it describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthmill.generators.datasets import manifest as manifests
from synthmill.generators.datasets.manifest import FILE_NAME, VERSIONS
from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import Results, Stage
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.schema.json_values import shown


class AttestError(ValueError):
    """Nothing can be said here: it isn't a manifest, or it is one of another engine or codec."""


def manifest_path(given: str | Path) -> Path:
    """The manifest's own path: a folder stands for the manifest in it."""
    path = Path(given)
    return path / FILE_NAME if path.is_dir() else path


def open_manifest(path: Path) -> dict[str, Any]:
    """A manifest that agrees with itself.

    Raises AttestError for anything but a manifest of our version, ManifestError for one that contradicts
    itself, OSError.
    """
    stored = path.read_bytes()
    try:
        version = json.loads(stored)["manifest"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise AttestError(f"{path} isn't a manifest") from error
    if version not in VERSIONS:
        known = " and ".join(map(str, VERSIONS))
        raise AttestError(f"{path} is a manifest of version {shown(version)}, we read {known}")
    return manifests.parse(stored)


def attested_results(plan: Plan) -> Results:
    """What the plan's stages give. Raises AttestError where a stage isn't pure."""

    def admit(stage: Stage) -> None:
        if not stage.pure:
            raise AttestError(f"stage {stage.name} of {plan.strategy} doesn't give the same bytes twice")

    return run_stages(plan, admit=admit)


def attested_plan(recipe: Recipe, inputs: InputPaths = NO_INPUTS) -> Plan:
    """The recipe's plan. Raises AttestError for a recipe whose rows can't be made again here."""
    try:
        return make_plan(recipe, inputs)
    except (InvalidRequestError, UnknownNameError) as error:
        raise AttestError(str(error)) from error
