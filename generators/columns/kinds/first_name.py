"""Given names."""

from synthmill.generators.columns.pieces import WordList, words_kind

KIND = words_kind(
    "first_name",
    "First name",
    "A given name, from a list of common ones.",
    WordList("words", "first_names", "Given names to choose from instead.", True),
)
