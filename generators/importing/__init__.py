"""Recipes from what people have: SQL DDL, data files, JSON Schema.

Readers (ddl.py, data.py, json_schema.py) give tables as facts (model.py); recipe.py makes a request of them.
`docs/importing.md` says what becomes of what.
"""
