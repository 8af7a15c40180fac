"""A dataset laid out: its files, and how each is cut into parts, as numbers that a job is stored from."""

from __future__ import annotations

from typing import Any

from synthmill.generators.datasets.file_layout import lay_out_files
from synthmill.generators.engine.pipeline import next_stage
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.registry import plugins
from synthmill.generators.plugins import plugins_needed
from synthmill.generators.recipes.request import Generation


def laid_out(plan: Plan, generation: Generation, min_piece: int) -> dict[str, Any]:
    """All that accepting the job needs to know, for a storage of which `min_piece` is the least piece."""
    recipe, output = generation.recipe, generation.output
    stage = next_stage(plan)
    files = lay_out_files(plan, output, generation.part_rows, min_piece)
    return {
        "recipe": recipe.to_dict(),
        "output": output.to_dict(),
        "part_rows": generation.part_rows,
        "template": generation.template,
        "rules": generation.rules,
        "files": [file.to_dict() for file in files],
        "stage": None if stage is None else stage.to_dict(),
        "plugins": list(plugins_needed(recipe, output)) if plugins() else [],
    }
