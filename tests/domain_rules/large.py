"""Domain rules of templates at sizes that no test waits for.

python -m tests.domain_rules.large --rows 1000000 --seeds 3 banking retail

One line a template and seed: rows in all, rules that hold, and CPU seconds of making and of checking. Ends
with 1 where a rule is broken. Tables are held in memory: a million rows of a main table take about 1 GB.
"""

from __future__ import annotations

import argparse
import sys
import time

from synthmill.generators.domain_rules.check import check_rules
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.recipes.template import get_template, resolve, templates
from tests.domain_rules.bending import all_rows


def keeps_its_rules(name: str, rows: int, seed: int) -> bool:
    template = get_template(name)
    recipe = make_recipe(template.strategy, resolve(template, {}, rows), seed, template.rules)
    begun = time.process_time()
    tables = all_rows(recipe)
    made = time.process_time()
    report = check_rules(recipe.rules, tables)
    checked = time.process_time()
    held = sum(result.passed for result in report.results)
    print(
        f"{name:16} seed {seed}: {sum(len(table) for table in tables.values()):>12,} rows,"
        f" {held} of {len(report.results)} rules hold,"
        f" {made - begun:.0f} CPU s made, {checked - made:.0f} checked",
        flush=True,
    )
    for result in report.results:
        if not result.passed:
            print(f"    {result.rule.name}: {result.error or result.observed}", flush=True)
    return not report.failed


def main(arguments: list[str]) -> int:
    ruled = sorted(name for name, template in templates().items() if template.rules)
    parser = argparse.ArgumentParser(prog="python -m tests.domain_rules.large")
    parser.add_argument("templates", nargs="*", default=ruled, metavar="TEMPLATE", help="all if left out")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the main table (1,000,000)")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0 on (3)")
    chosen = parser.parse_args(arguments)
    kept = [
        keeps_its_rules(name, chosen.rows, seed) for name in chosen.templates for seed in range(chosen.seeds)
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
