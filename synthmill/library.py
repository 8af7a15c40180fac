"""Datasets made in this process, and datasets in a folder, wherever they were made."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from synthmill.generators.conformance.report import Report, check_size, conformance
from synthmill.generators.datasets import writer
from synthmill.generators.datasets.file_check import check_file
from synthmill.generators.datasets.manifest import FILE_NAME, PROFILE_NAME, ManifestError, parse, recipe_of
from synthmill.generators.datasets.reader import read_table
from synthmill.generators.datasets.slices import read_rows
from synthmill.generators.domain_rules.check import (
    BrokenRulesError,
    RulesReport,
    check_rules,
    columns_of_rules,
)
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.recipes.request import parse as parse_request
from synthmill.generators.recipes.template import filled_in, is_file_name, read_template
from synthmill.inputs import given_inputs


class Dataset:
    """A finished dataset in a folder.

    `manifest` is what `manifest.json` says, `files` the paths by file name.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any], *, temporary: bool = False) -> None:
        """`temporary`: the folder goes when this object does, or is closed."""
        self.folder, self.manifest = folder, manifest
        self.files: dict[str, Path] = {entry["name"]: folder / entry["name"] for entry in manifest["files"]}
        self._remove = weakref.finalize(self, shutil.rmtree, folder, True) if temporary else None

    @classmethod
    def open(cls, folder: str | Path, *, check: bool = False) -> Dataset:
        """The dataset in a folder, made here or downloaded.

        Raises ManifestError where there is no manifest, or a file of it is missing; with `check`, also where
        a file's bytes aren't those that the manifest promises.
        """
        folder = Path(folder)
        if not (folder / FILE_NAME).is_file():
            raise ManifestError(f"no {FILE_NAME} in {folder}")
        try:
            found = cls(folder, parse((folder / FILE_NAME).read_bytes()))
        except ManifestError as error:
            raise ManifestError(f"{folder / FILE_NAME}: {error}") from error
        for entry in found.manifest["files"]:
            path = found.files[entry["name"]]
            if not path.is_file():
                raise ManifestError(f"{entry['name']} is missing in {folder}")
            if check:
                check_file(found.manifest["manifest"], entry, path)
        if check:
            check_file(found.manifest["manifest"], found.manifest["profile"], folder / PROFILE_NAME)
        return found

    def to_pandas(self, table: str | None = None) -> Any:
        """The table as a DataFrame, with the types of the plan whatever the format: cells of objects
        and arrays are dicts and lists.

        Without a name: the only table's DataFrame, or a dict of them by table where there are several.
        Raises UnknownNameError for a table that the dataset doesn't have.
        """
        entries = {entry["table"]: entry for entry in self.manifest["files"]}
        if table is not None and table not in entries:
            raise UnknownNameError("table", table, entries)
        if table is None and len(entries) > 1:
            return {name: self._frame(entry) for name, entry in entries.items()}
        return self._frame(entries[table or next(iter(entries))])

    def rows(
        self,
        table: str,
        start: int = 0,
        stop: int | None = None,
        columns: Sequence[str] | None = None,
        *,
        inputs: Mapping[str, str | Path] | None = None,
    ) -> Any:
        """Rows start to stop - 1 of a table as a DataFrame, made again from the recipe: no file is read.

        `columns` are those wanted, in that order; no others are made. Without `stop`: to the end. Raises
        UnknownNameError for a table that the dataset doesn't have, InvalidRequestError for a column or rows
        that the table doesn't have, and for inputs that aren't given.
        """
        recipe = recipe_of(self.manifest)
        with given_inputs(inputs) as files:
            plan = make_plan(recipe, files.find(recipe.inputs))
            names = [one.name for one in plan.tables]
            if table not in names:
                raise UnknownNameError("table", table, names)
            found = plan.table(table)
            stop = found.rows if stop is None else stop
            if not 0 <= start <= stop <= found.rows:
                raise InvalidRequestError.one(
                    "rows", f"{start} to {stop} aren't rows of {table}", f"it has rows 0 to {found.rows}"
                )
            made = read_rows(plan, table, start, stop, columns)
        return _frame(made)

    def _frame(self, entry: Mapping[str, Any]) -> pd.DataFrame:
        output = self.manifest["output"]["format"]
        return _frame(read_table(self.folder / entry["name"], entry["columns"], output))

    def profile(self) -> dict[str, Any]:
        """What the columns hold, as `profile.json` says.

        Raises ManifestError where that isn't the dataset's.
        """
        path = self.folder / PROFILE_NAME
        if not path.is_file():
            raise ManifestError(f"{PROFILE_NAME} is missing in {self.folder}")
        check_file(self.manifest["manifest"], self.manifest["profile"], path)
        profile: dict[str, Any] = json.loads(path.read_bytes())
        return profile

    def conformance(self, recipe: Recipe | None = None) -> Report:
        """Whether the files hold what a recipe declares, by default their own; docs/conformance.md.

        Raises InvalidRequestError for a strategy that declares nothing, and for more rows than are checked.
        """
        check_size(self.manifest["rows"])
        output = self.manifest["output"]["format"]
        tables = {
            entry["table"]: read_table(self.folder / entry["name"], entry["columns"], output)
            for entry in self.manifest["files"]
        }
        return conformance(recipe or recipe_of(self.manifest), tables)

    def check_rules(self) -> RulesReport:
        """What the files say to the domain rules of the dataset's recipe; docs/conformance.md.

        Raises InvalidRequestError for more rows than are checked, of all tables that a rule reads.
        """
        recipe = recipe_of(self.manifest)
        output = self.manifest["output"]["format"]
        plan = make_plan(recipe)
        wanted = columns_of_rules(recipe.rules, {table.name: table.schema for table in plan.tables})
        entries = [entry for entry in self.manifest["files"] if entry["table"] in wanted]
        check_size(sum(entry["rows"] for entry in entries))
        tables = {
            entry["table"]: read_table(self.folder / entry["name"], entry["columns"], output).select(
                wanted[entry["table"]]
            )
            for entry in entries
        }
        return check_rules(recipe.rules, tables)

    def close(self) -> None:
        """Remove the folder, if it is a temporary one of this dataset's own."""
        if self._remove is not None:
            self._remove()

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Dataset of {self.manifest['rows']} rows in {self.folder}: {', '.join(self.files)}>"


def _frame(read: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = read.to_pandas()
    for field in read.schema:
        if pa.types.is_nested(field.type):
            # Arrow would make NumPy arrays of lists.
            frame[field.name] = pd.Series(read.column(field.name).to_pylist(), dtype=object)
    return frame


def generate(
    template: str | Path | None = None,
    *,
    strategy: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    rows: int | Mapping[str, int] | None = None,
    seed: int | None = None,
    format: str = "csv",  # noqa: A002 (the word of the request)
    compression: str = "none",
    sha256: bool = False,
    part_rows: int | None = None,
    plugins: Sequence[str] | None = None,
    out: str | Path | None = None,
    on_progress: writer.OnProgress | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    domain_rules: Sequence[Mapping[str, Any]] | None = None,
    rules: str | None = None,
) -> Dataset:
    """Make a dataset in this process: the same bytes that a server makes of the same request.

    `generate("retail", rows=1000, seed=7).to_pandas("orders")` needs nothing else; a template may be named by
    the path of its file, too. Without `out` the files are in a temporary folder that lives as long as the
    Dataset. With `sha256` the manifest also has that of each file. `on_progress` is called with the rows done
    and the rows in all. `plugins` are those that must be installed, as `name==version`. `inputs` are files
    that the recipe names, by their sha256 or by the parameter that each is for:
    `inputs={"tables[orders].file": "a.csv"}`. `domain_rules` are laid over the template's by their names, and
    `rules` checks them all when the files are written: "fail" raises BrokenRulesError where one is broken,
    "warn" warns. Raises InvalidRequestError, which names every wrong field.
    """
    given = {
        "template": template,
        "strategy": strategy,
        "parameters": parameters,
        "rows": rows,
        "seed": seed,
        "format": format,
        "compression": compression,
        "sha256": sha256,
        "part_rows": part_rows,
        "plugins": plugins,
        "domain_rules": domain_rules,
        "rules": rules,
    }
    request_fields = {name: value for name, value in given.items() if value is not None}
    if isinstance(template, Path) or (template is not None and is_file_name(template)):
        request_fields = filled_in(request_fields, read_template(Path(template)))
    with given_inputs(inputs) as files:
        request = parse_request(files.filled_in(request_fields), find_inputs=files.find)
        folder = Path(tempfile.mkdtemp(prefix="synthmill-")) if out is None else Path(out)
        try:
            manifest = writer.write(
                request.recipe, request.output, folder, request.part_rows, on_progress, files.paths
            )
        except BaseException:
            if out is None:
                folder.rmdir()
            raise
    dataset = Dataset(folder, manifest, temporary=out is None)
    if request.rules is not None:
        report = dataset.check_rules()
        if report.failed and request.rules == "fail":
            raise BrokenRulesError(report)
        if report.failed:
            warnings.warn(report.summary, stacklevel=2)
    return dataset
