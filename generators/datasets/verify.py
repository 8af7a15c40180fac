"""Attesting a dataset: its blocks made again from the recipe alone, and compared with manifest and files.

The manifest holds the recipe and a hash of every block. Any block can be made alone, so a few blocks chosen
at random say with little work whether the whole is what the recipe makes. `docs/verify.md` says what which
check finds.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from synthmill.generators.datasets import manifest as manifests
from synthmill.generators.datasets.block_sample import choose
from synthmill.generators.datasets.blocks import Block, WholeFile, check_codec, make_blocks
from synthmill.generators.datasets.differences import Difference, compare, row_of
from synthmill.generators.datasets.hashes import algorithm_of, hexdigest, section
from synthmill.generators.datasets.manifest import ManifestError
from synthmill.generators.datasets.verify_input import (
    AttestError,
    attested_plan,
    attested_results,
    manifest_path,
    open_manifest,
)
from synthmill.generators.datasets.verify_manifest import (
    has_its_blocks,
    wrong_description,
    wrong_stages,
    wrong_totals,
)
from synthmill.generators.datasets.verify_report import MAX_DIFFERENCES, CheckedFile, Report
from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.limits import MAX_DRAWN_SEED

BLOCKS = 20
"""Blocks that are made again unless another number is asked for."""
OnProgress = Callable[[int, int], None]
"""Called with the rows made again so far and the rows in all."""


def verify(
    manifest: str | Path,
    *,
    blocks: int | None = BLOCKS,
    seed: int | None = None,
    tables: Collection[str] = (),
    on_progress: OnProgress | None = None,
    inputs: InputPaths = NO_INPUTS,
) -> Report:
    """Make blocks again from the recipe of a manifest and compare them with it and with the files beside it.

    `manifest` is the file or its folder. `blocks` says how many are chosen at random, at least one of every
    file if there are enough; None is all of them. Equal seeds choose equal blocks; without one, a seed is
    drawn. `tables` leaves out all others. Where none of the files lie beside the manifest, only the hashes
    are compared; where some do, a missing one is a difference. Stages are run again as a whole; `inputs` are
    the files that the recipe names.

    Raises AttestError where nothing can be said (another engine version, another codec, no manifest, an input
    that isn't given, a stage that isn't pure),
    UnknownNameError for a table that isn't there, ValueError for fewer than 1 block, OSError.
    """
    if blocks is not None and blocks < 1:
        raise ValueError(f"{blocks} blocks; give 1 or more")
    path = manifest_path(manifest)
    seed = secrets.randbelow(MAX_DRAWN_SEED + 1) if seed is None else seed
    try:
        content = open_manifest(path)
    except ManifestError as error:
        return Report(path, seed, (), (Difference(path.name, str(error)),), 1)
    recipe, output = manifests.recipe_of(content), manifests.output_of(content)
    plan = attested_plan(recipe, inputs)
    try:
        check_codec(output)
    except InvalidRequestError as error:
        raise AttestError(str(error)) from error
    return _Check(path, content, recipe, output, plan, seed, on_progress).run(blocks, tables)


class _Check:
    """One run of `verify`: where it is, and what it has found."""

    def __init__(
        self,
        path: Path,
        content: Mapping[str, Any],
        recipe: Recipe,
        output: Output,
        plan: Plan,
        seed: int,
        on_progress: OnProgress | None,
    ) -> None:
        self.path, self.content, self.seed = path, content, seed
        self.version = int(content["manifest"])
        self.algorithm = algorithm_of(self.version)
        self.recipe, self.output, self.plan = recipe, output, plan
        self.results = attested_results(plan)
        self.on_progress = on_progress
        self.differences: list[Difference] = []
        self.count = self.rows_done = self.rows_total = 0

    def run(self, number: int | None, tables: Collection[str]) -> Report:
        entries = {entry["table"]: entry for entry in self.content["files"]}
        for name in tables:
            if name not in entries:
                raise UnknownNameError("table", name, entries)
        for reason in (
            *wrong_totals(self.content, entries, self.plan),
            *wrong_stages(self.content, self.results),
        ):
            self._add_for_manifest(reason)
        asked = [table for table in self.plan.tables if not tables or table.name in tables]
        sound = [table for table in asked if self._is_described(table, entries.get(table.name))]
        chosen = choose({table.name: table.blocks for table in sound}, number, self.seed)
        self.rows_total = sum(_rows(table, chosen[table.name]) for table in sound)
        present = [table.name for table in sound if self._path(entries[table.name]).is_file()]
        files = []
        for table in sound:
            entry = entries[table.name]
            if present and table.name not in present:
                self._add(Difference(entry["name"], "is missing beside the manifest"))
            self._check_file(table, entry, chosen[table.name], table.name in present)
            checked = len(chosen[table.name])
            files.append(
                CheckedFile(
                    entry["name"],
                    table.rows,
                    table.blocks,
                    checked,
                    table.name in present,
                    checked == table.blocks,
                )
            )
        return Report(self.path, self.seed, tuple(files), tuple(self.differences), self.count)

    def _add(self, difference: Difference | None) -> None:
        if difference is not None:
            self.count += 1
            if self.count <= MAX_DIFFERENCES:
                self.differences.append(difference)

    def _add_for_manifest(
        self, reason: str, block: int | None = None, rows: tuple[int, int] | None = None
    ) -> None:
        self._add(Difference(self.path.name, reason, block=block, rows=rows))

    def _path(self, entry: Mapping[str, Any]) -> Path:
        return self.path.parent / str(entry["name"])

    def _is_described(self, table: TablePlan, entry: Mapping[str, Any] | None) -> bool:
        """Whether the manifest has the table's rows and blocks as the recipe gives them."""
        if entry is None:
            return False
        for reason in wrong_description(self.version, table, self.output, entry):
            self._add_for_manifest(reason)
        return has_its_blocks(table, entry)

    def _check_file(
        self, table: TablePlan, entry: Mapping[str, Any], chosen: Sequence[int], present: bool
    ) -> None:
        if not present:
            self._check_pieces(table, entry, chosen, None)
            return
        path = self._path(entry)
        size = path.stat().st_size
        if size != entry["size"]:
            reason = f"has {size} bytes, the manifest says {entry['size']}"
            between = (min(size, entry["size"]), max(size, entry["size"]))
            self._add(Difference(entry["name"], reason, bytes=between))
        with path.open("rb") as file:
            self._check_pieces(table, entry, chosen, file)

    def _check_pieces(
        self, table: TablePlan, entry: Mapping[str, Any], chosen: Sequence[int], file: BinaryIO | None
    ) -> None:
        """The file's beginning and the chosen blocks; if those are all, then its end and the whole, too."""
        whole = WholeFile(table, self.output, [])
        prefix = whole.prefix
        starts = _starts(len(prefix), entry)
        # Of version 1 the manifest always has the file's sha256.
        digest = hashlib.sha256(prefix) if "sha256" in entry else None
        self._compare(entry, file, 0, len(prefix), prefix, "its beginning")
        self._check_around(entry, "prefix", prefix)
        for number in chosen:
            (block, body), *_ = make_blocks(
                self.plan, table.name, number, number + 1, self.output, results=self.results
            )
            self._check_block(table, entry, file, starts[number], block, body)
            if digest is not None:
                digest.update(body)
            whole.blocks.append(block)
        if len(whole.blocks) < table.blocks:
            return
        self._compare(entry, file, starts[-1], entry["size"] - starts[-1], whole.suffix, "its end")
        self._check_around(entry, "suffix", whole.suffix)
        right: dict[str, Any] = {"size": whole.size}
        if self.version > 1:
            right["root"] = whole.root
        if digest is not None:
            digest.update(whole.suffix)
            right["sha256"] = digest.hexdigest()
        if any(entry[key] != value for key, value in right.items()):
            recorded, made = (_listed({key: one[key] for key in right}) for one in (entry, right))
            self._add_for_manifest(f"{entry['name']} has {recorded}, the recipe gives {made}")

    def _check_around(self, entry: Mapping[str, Any], which: str, made: bytes) -> None:
        """What stands before or behind the blocks, by the manifest; version 1 has no hash of it."""
        if self.version == 1:
            return
        size, digest = section(made)
        right = {"size": size, "blake3": digest.hex()}
        if entry[which] != right:
            self._add_for_manifest(
                f"{which} of {entry['name']} has {_listed(entry[which])}, the recipe gives {_listed(right)}"
            )

    def _check_block(
        self,
        table: TablePlan,
        entry: Mapping[str, Any],
        file: BinaryIO | None,
        start: int,
        block: Block,
        body: bytes,
    ) -> None:
        recorded = entry["blocks"][block.index]
        rows = table.block_range(block.index)
        digest = hexdigest(self.algorithm, body)
        if (recorded["size"], recorded[self.algorithm]) != (block.size, digest):
            reason = (
                f"{entry['name']} has a block of {recorded['size']} bytes with {self.algorithm} "
                f"{recorded[self.algorithm]}, the recipe gives {block.size} and {digest}"
            )
            self._add_for_manifest(reason, block.index, rows)
        self._compare(entry, file, start, recorded["size"], body, "it", block.index, rows)
        self.rows_done += block.rows
        if self.on_progress is not None:
            self.on_progress(self.rows_done, self.rows_total)

    def _compare(
        self,
        entry: Mapping[str, Any],
        file: BinaryIO | None,
        start: int,
        size: int,
        expected: bytes,
        what: str,
        block: int | None = None,
        rows: tuple[int, int] | None = None,
    ) -> None:
        """A piece of the file against what it ought to be; blocks are named with the row at fault."""
        if file is None:
            return
        # A tampered manifest may name places that no file can have.
        file.seek(min(start, os.fstat(file.fileno()).st_size))
        # One byte too many says as much as all of them, whatever size the manifest says.
        found = file.read(max(0, min(size, len(expected) + 1)))
        difference = compare(expected, found, entry["name"], start, what)
        if difference is None or rows is None:
            self._add(difference)
            return
        at = (difference.offset or start) - start
        line = row_of(self.output.format, expected, at) if self.output.compression == "none" else None
        row = None if line is None else min(rows[0] + line, rows[1] - 1)
        reason = difference.reason + ("" if row is None else f", in row {row}")
        self._add(replace(difference, reason=reason, block=block, rows=rows, row=row))


def _starts(first: int, entry: Mapping[str, Any]) -> list[int]:
    """Where the file's blocks begin, by the manifest, and last where its end does."""
    starts = [first]
    for block in entry["blocks"]:
        starts.append(starts[-1] + block["size"])
    return starts


def _listed(values: Mapping[str, Any]) -> str:
    """`size 5 and root 0f...`."""
    return " and ".join(f"{key} {value}" for key, value in values.items())


def _rows(table: TablePlan, blocks: Sequence[int]) -> int:
    return sum(stop - start for start, stop in map(table.block_range, blocks))
