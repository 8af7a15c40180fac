"""Writing a whole dataset into a folder, in this process."""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from synthmill.generators.datasets.blocks import WholeFile, make_blocks, write_all
from synthmill.generators.datasets.manifest import (
    FILE_NAME,
    PROFILE_NAME,
    dumps,
    file_entry,
    manifest,
    profile_entry,
)
from synthmill.generators.datasets.partition import bytes_per_row, cut
from synthmill.generators.datasets.profile.document import document
from synthmill.generators.datasets.profile.table import TableProfile
from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.stages import Results
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.formats import file_name
from synthmill.generators.kernels.backend import expect

OnProgress = Callable[[int, int], None]
"""Called with the rows done and the rows in all."""


def write(
    recipe: Recipe,
    output: Output,
    folder: Path,
    part_rows: int | None = None,
    on_progress: OnProgress | None = None,
    inputs: InputPaths = NO_INPUTS,
) -> dict[str, Any]:
    """Make the dataset in `folder`, which is made if need be, and return its manifest.

    Stages are run first; `inputs` are the files that the recipe names.

    Files of the same names are replaced, those of a dataset that lay there before are removed, others left
    alone. Until all is written the files have temporary
    names; whatever interrupts the work, they are removed, and so is a folder that was made for it. Memory is
    bounded by a block, and `part_rows` changes how often rows go to the disk, never the bytes.
    """
    plan = make_plan(recipe, inputs)
    total = sum(table.rows for table in plan.tables)
    expect(sum(table.rows * len(table.columns) for table in plan.tables))
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        if on_progress is not None:
            on_progress(done, total)

    with _temporary_files(folder) as names:
        results = run_stages(plan)
        entries, profiles = [], []
        for table in plan.tables:
            path = _temporary(folder, file_name(table.name, output), names)
            profiles.append(TableProfile(table))
            entries.append(_write_file(plan, results, profiles[-1], output, path, part_rows, count))
        profile = document(recipe, profiles)
        _temporary(folder, PROFILE_NAME, names).write_bytes(profile)
        content = manifest(recipe, output, entries, profile_entry(profile), results)
        _temporary(folder, FILE_NAME, names).write_bytes(dumps(content))
        former = _files_of(folder)
        # From here to the last line there is no manifest that could speak for a mixture of old and new.
        (folder / FILE_NAME).unlink(missing_ok=True)
        for name in former - set(names):
            (folder / name).unlink(missing_ok=True)
        for name, path in names.items():
            path.replace(folder / name)
    return content


def _files_of(folder: Path) -> set[str]:
    """The files of the dataset that lies in a folder, by its manifest; none where that can't be read."""
    try:
        former = json.loads((folder / FILE_NAME).read_bytes())
        names = {str(file["name"]) for file in former["files"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    return {name for name in names if Path(name).name == name and (folder / name).is_file()}


@contextlib.contextmanager
def _temporary_files(folder: Path) -> Iterator[dict[str, Path]]:
    """Temporary paths by final name, in a folder that is then as it was, unless they have been renamed."""
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, Path] = {}
    try:
        yield names
    except BaseException:
        for path in names.values():
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            # Not empty: somebody else has put something there meanwhile.
            for parent in made:
                parent.rmdir()
        raise


def _temporary(folder: Path, name: str, names: dict[str, Path]) -> Path:
    names[name] = folder / f".{name}.{secrets.token_hex(4)}.part"
    return names[name]


def _write_file(
    plan: Plan,
    results: Results,
    profile: TableProfile,
    output: Output,
    path: Path,
    part_rows: int | None,
    count: Callable[[int], None],
) -> dict[str, Any]:
    digest = hashlib.sha256() if output.sha256 else None
    table = profile.table
    file = WholeFile(table, output, [])
    with path.open("wb") as stored:

        def put(data: bytes) -> None:
            write_all(stored, data)
            if digest is not None:
                digest.update(data)

        put(file.prefix)
        for first, last in cut(table, bytes_per_row(table, output), part_rows):
            for block, body in make_blocks(plan, table.name, first, last, output, profile, results):
                put(body)
                del body
                file.blocks.append(block)
                count(block.rows)
            stored.flush()
        put(file.suffix)
    return file_entry(file, None if digest is None else digest.hexdigest())
