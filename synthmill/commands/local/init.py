"""`synthmill init`: a file to begin with."""

from __future__ import annotations

import re
from pathlib import Path

import click


@click.command(short_help="Write a recipe or a template to begin with.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--template", metavar="NAME", help="A template of your own, from one of ours.")
@click.option("--strategy", metavar="NAME", help="A recipe for this strategy.  [default: tabular]")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init(file: Path, template: str | None, strategy: str | None, force: bool) -> None:
    """Write a YAML file with comments to begin with: a recipe, or a template of your own.

    \b
    synthmill init shop.yaml --template retail
    synthmill generate --template shop.yaml --rows 10000 --out shop
    synthmill init recipe.yaml --strategy tabular
    synthmill generate --recipe recipe.yaml --out data
    """
    if template and strategy:
        raise click.UsageError("--template and --strategy exclude each other; give one")
    if file.suffix not in (".yaml", ".yml"):
        raise click.BadParameter(f"{str(file)!r} must end in .yaml", param_hint="FILE")
    if file.exists() and not force:
        raise click.BadParameter(f"{str(file)!r} is there already; --force writes over it", param_hint="FILE")
    file.write_text(_text(file, template, strategy or "tabular"), "utf-8")
    flag = "template" if template else "recipe"
    click.echo(f"{file}: change it, then synthmill preview --{flag} {file}", err=True)
    click.echo(str(file))


def _text(file: Path, template: str | None, strategy: str) -> str:
    from synthmill.generators.engine.contract import STRATEGIES
    from synthmill.generators.recipes.scaffold import recipe_starter, template_starter
    from synthmill.generators.recipes.template import get_template

    name = re.sub(r"[^A-Za-z0-9_-]", "-", file.stem)
    if template is None:
        return recipe_starter(STRATEGIES.get(strategy), name, str(file))
    return template_starter(get_template(template), name if name[0].isalpha() else f"my-{name}", str(file))
