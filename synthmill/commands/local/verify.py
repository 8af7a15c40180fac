"""`synthmill verify`: whether a dataset is what its recipe makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthmill.client.progress import Meter
from synthmill.command_line.exit_codes import DIFFERENT, OK
from synthmill.command_line.options import json_option, quiet_option
from synthmill.command_line.output import print_json, print_table
from synthmill.errors import ClientError

if TYPE_CHECKING:
    from synthmill.generators.datasets.verify_report import CheckedFile, Report


@click.command(short_help="Check a dataset against its recipe.")
@click.argument("manifest", metavar="MANIFEST", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--blocks",
    metavar="N",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many blocks to make again, chosen at random.",
)
@click.option("--all", "all_blocks", is_flag=True, help="Make all blocks again.")
@click.option("--seed", type=int, help="Equal seeds choose equal blocks; without one a seed is drawn.")
@click.option("--table", "tables", metavar="NAME", multiple=True, help="Only this table; may be repeated.")
@json_option
@quiet_option
@click.pass_context
def verify(
    ctx: click.Context,
    manifest: Path,
    blocks: int,
    all_blocks: bool,
    seed: int | None,
    tables: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Make blocks of a dataset again from its recipe alone, and compare them with the manifest's hashes and,
    where the files lie beside the manifest, with their bytes.

    MANIFEST is a manifest.json or the folder it is in. Exit code 6 says that something differs; then stdout
    says what and where, down to the byte.

    \b
    synthmill verify shop/manifest.json
    synthmill verify shop --all --json
    """
    if all_blocks and ctx.get_parameter_source("blocks") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--all and --blocks exclude each other; give one")
    from synthmill.generators.datasets.verify import verify as attest
    from synthmill.generators.datasets.verify_input import AttestError
    from synthmill.generators.errors import InvalidRequestError, UnknownNameError

    try:
        with Meter("verify", quiet=quiet) as meter:
            report = attest(
                manifest,
                blocks=None if all_blocks else blocks,
                seed=seed,
                tables=tables,
                on_progress=meter.show,
            )
    except AttestError as error:
        raise ClientError(str(error)) from error
    except UnknownNameError as error:
        raise InvalidRequestError.one(
            "table", f"unknown table {error.name!r}", f"one of {', '.join(error.known)}"
        ) from error
    if as_json:
        print_json(report.to_dict())
    else:
        _print(report)
    return OK if report.intact else DIFFERENT


def _print(report: Report) -> None:
    if report.files:
        print_table(
            ["file", "rows", "blocks", "checked", "bytes"],
            [[file.name, file.rows, file.blocks, file.blocks_checked, _bytes(file)] for file in report.files],
        )
    for difference in report.differences:
        click.echo(str(difference))
    if report.intact:
        click.echo(f"intact: {report.blocks_checked} of {report.blocks} blocks are what the recipe makes")
    else:
        click.echo(f"different: {report.differences_in_all} found")
    if report.blocks_checked < report.blocks:
        click.echo(f"--seed {report.seed} chooses the same blocks again", err=True)


def _bytes(file: CheckedFile) -> str:
    if not file.present:
        return "no file"
    return "all compared" if file.whole else "compared"
