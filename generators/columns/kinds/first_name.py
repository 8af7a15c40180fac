"""Given names."""

from synthmill.generators.columns.pieces import WordList, words_kind

KIND = words_kind(
    "first_name",
    "First name",
    "A given name, common ones as often as they are.",
    WordList("words", "first_names", "Given names to choose from instead.", True),
)
