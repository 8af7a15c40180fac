"""Profiles: what the columns of a dataset hold, in numbers that are a function of the dataset alone.

A `TableProfile` (table.py) takes the cells of a block, is stored with a part, and is merged with those of the
other parts; `document` makes `profile.json` of them. `docs/profile.md` describes every field.
"""
