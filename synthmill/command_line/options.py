"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthmill.generators.errors import InvalidRequestError

if TYPE_CHECKING:
    from synthmill.client.client import Client

Command = Callable[..., Any]

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
columns_option = click.option(
    "--columns",
    metavar="NAME,NAME",
    callback=lambda context, option, given: None if given is None else given.split(","),
    help="Only these columns of the table, in this order; no others are made.",
)
out_option = click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the files; made if need be.",
)


def _server_options(command: Command) -> Command:
    for option in (
        click.option("--key", metavar="KEY", help="API key for --url. [env: SYNTHMILL_API_KEY]"),
        click.option("--url", metavar="URL", help="Address of the server. [env: SYNTHMILL_URL]"),
        click.option("--data", metavar="DIR", help="Data folder of the server. [env: SYNTHMILL_DATA]"),
    ):
        command = option(command)
    return command


def with_client(command: Command) -> Command:
    """Gives the command an open client as its first argument, and the options that say to which server."""

    @_server_options
    @functools.wraps(command)
    def run(*args: Any, data: str | None, url: str | None, key: str | None, **rest: Any) -> Any:
        with _open_client(data, url, key) as client:
            return command(client, *args, **rest)

    return run


def with_client_if_asked(command: Command) -> Command:
    """Gives the command a client if the user asks for a server's answer, None for our own."""

    @_server_options
    @click.option("--server", is_flag=True, help="Ask the server; otherwise this process answers.")
    @functools.wraps(command)
    def run(*args: Any, server: bool, data: str | None, url: str | None, key: str | None, **rest: Any) -> Any:
        if not (server or data or url or key):
            return command(None, *args, **rest)
        with _open_client(data, url, key) as client:
            return command(client, *args, **rest)

    return run


def _open_client(data: str | None, url: str | None, key: str | None) -> Client:
    from synthmill.client.client import Client

    before: Mapping[str, str | None] = click.get_current_context().find_root().obj or {}
    if not (data or url):
        data, url = before.get("data"), before.get("url")
    return Client(url, key or before.get("key"), data=data)


def request_options(command: Command) -> Command:
    """The keys of a request as options; the command gets them together as `flags`."""

    @click.option("--template", metavar="NAME|FILE", help="Template to start from, by its name or its file.")
    @click.option("--strategy", metavar="NAME", help="Strategy, where no template is meant.")
    @click.option(
        "--recipe",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="YAML or JSON file with the keys of a request; options win over it.",
    )
    @click.option(
        "--parameters", metavar="JSON|@FILE", help="Parameters of the strategy, or over the template's."
    )
    @click.option(
        "--rows",
        metavar="N|TABLE=N",
        multiple=True,
        help="Rows of a template's main table (`synthmill templates` lists them), the others following,"
        " or of one table; may be repeated.",
    )
    @click.option("--seed", type=int, help="Equal seeds make equal data; without one a seed is drawn.")
    @click.option(
        "--format",
        "format_",
        metavar="NAME",
        help="arrow, csv, jsonl, parquet, or one of a plugin.  [default: csv]",
    )
    @click.option("--compression", metavar="NAME", help="none, gzip or zstd.  [default: none]")
    @click.option("--sha256", is_flag=True, help="Let the manifest have the sha256 of each file, too.")
    @click.option("--part-rows", type=int, help="Rows of a unit of work; never changes a byte of the files.")
    @functools.wraps(command)
    def run(
        *args: Any,
        template: str | None,
        strategy: str | None,
        recipe: Path | None,
        parameters: str | None,
        rows: tuple[str, ...],
        seed: int | None,
        format_: str | None,
        compression: str | None,
        sha256: bool,
        part_rows: int | None,
        **rest: Any,
    ) -> Any:
        if template and strategy:
            raise click.UsageError("--template and --strategy exclude each other; give one")
        flags = {
            "template": template,
            "strategy": strategy,
            "parameters": None if parameters is None else _parameters(parameters),
            "rows": _rows(rows),
            "seed": seed,
            "format": format_,
            "compression": compression,
            "sha256": sha256 or None,
            "part_rows": part_rows,
        }
        return command(*args, recipe=recipe, flags=flags, **rest)

    return run


rules_option = click.option(
    "--rules",
    type=click.Choice(("fail", "warn")),
    help="Check the domain rules of the template or recipe, and fail where one is broken, or report it.",
)


def build_request(recipe: Path | None, flags: Mapping[str, Any], for_server: bool) -> dict[str, Any]:
    """The request that a recipe file and the options over it mean. Raises InvalidRequestError."""
    request: dict[str, Any] = {}
    if recipe is not None:
        from synthmill.generators.recipes.recipe_file import load_recipe_file

        request = load_recipe_file(recipe, for_server)
    given = {name: value for name, value in flags.items() if value is not None}
    if "template" in given:
        request.pop("strategy", None)
    if "strategy" in given:
        request.pop("template", None)
    _check_template_file({**request, **given}.get("template"))
    if isinstance(given.get("rows"), dict):
        given["rows"] = _laid_over(request | given, request.get("rows"), given["rows"])
    request |= given
    if "template" not in request and "strategy" not in request:
        raise click.UsageError("nothing says what to make: give --template, --strategy or --recipe")
    return _from_file(request)


def _check_template_file(template: Any) -> None:
    if isinstance(template, str):
        from synthmill.generators.recipes.template import is_file_name

        if is_file_name(template) and not Path(template).is_file():
            reason = f"there is no file {template}"
            raise InvalidRequestError.one(
                "template", reason, "give a file that is there, or a template's name"
            )


def _from_file(request: dict[str, Any]) -> dict[str, Any]:
    """The request; where its template is a file, with what stands there: no server would know the file."""
    if not isinstance(request.get("template"), str):
        return request
    from synthmill.generators.recipes.template import filled_in, is_file_name, read_template

    name = request["template"]
    return filled_in(request, read_template(Path(name))) if is_file_name(name) else request


def _parameters(text: str) -> dict[str, Any]:
    from synthmill.generators.recipes.recipe_file import load_json

    place = "--parameters"
    try:
        if text.startswith("@"):
            place = text[1:]
            from synthmill.generators.recipes.yaml_text import load_yaml

            content = Path(place).read_text("utf-8-sig")
            found = load_json(content) if place.endswith(".json") else load_yaml(content)
        else:
            found = load_json(text)
    except ValueError as error:
        raise InvalidRequestError.one(place, str(error), "give JSON such as '{\"tables\": [...]}'") from None
    if not isinstance(found, dict):
        raise InvalidRequestError.one(place, "isn't an object", "give JSON such as '{\"tables\": [...]}'")
    return found


def _rows(given: tuple[str, ...]) -> int | dict[str, int] | None:
    """One N alone, or rows by table; an N among tables stands under the name ``""``."""
    counts: dict[str, int] = {}
    for one in given:
        table, _, count = one.rpartition("=")
        if one.startswith("="):
            raise click.BadParameter(f"{one!r} names no table; give N or TABLE=N", param_hint="--rows")
        if table in counts:
            what = f"table {table!r}" if table else "N without a table"
            raise click.BadParameter(
                f"{what} comes twice; give N once, and TABLE=N once a table", param_hint="--rows"
            )
        counts[table] = _count(count)
    return counts[""] if list(counts) == [""] else counts or None


def _laid_over(request: Mapping[str, Any], before: Any, counts: dict[str, int]) -> dict[str, Any]:
    """Rows by table, those of the options over the recipe file's; N is the template's main table's."""
    rows = dict(before) if isinstance(before, dict) else {}
    main = counts.get("", before if isinstance(before, int) else None)
    if main is not None:
        if "template" not in request:
            raise click.BadParameter("N is for a template's main table; give TABLE=N", param_hint="--rows")
        from synthmill.generators.recipes.template import get_template, is_file_name, read_template

        named = request["template"]
        name = (read_template(Path(named)) if is_file_name(named) else get_template(named)).main
        if "" in counts and name in counts:
            raise click.BadParameter(f"table {name!r} comes twice: N is for it too", param_hint="--rows")
        rows[name] = main
    return rows | {table: count for table, count in counts.items() if table}


def _count(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a whole number", param_hint="--rows") from None
