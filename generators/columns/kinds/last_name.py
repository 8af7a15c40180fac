"""Family names."""

from synthmill.generators.columns.pieces import WordList, words_kind

KIND = words_kind(
    "last_name",
    "Last name",
    "A family name, from a list of common ones.",
    WordList("words", "last_names", "Family names to choose from instead.", True),
)
