"""Family names."""

from synthmill.generators.columns.pieces import WordList, words_kind

KIND = words_kind(
    "last_name",
    "Last name",
    "A family name, common ones as often as they are.",
    WordList("words", "last_names", "Family names to choose from instead.", True),
)
