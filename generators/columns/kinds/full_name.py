"""Whole names of people."""

from synthmill.generators.columns.pieces import WordList, words_kind

KIND = words_kind(
    "name",
    "Name",
    "A given name and a family name, common ones as often as they are.",
    WordList("first_names", "first_names", "Given names to choose from instead.", True),
    WordList("last_names", "last_names", "Family names to choose from instead.", True),
)
