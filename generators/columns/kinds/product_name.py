"""Names of things that a shop could sell."""

from synthmill.generators.columns.pieces import WordList, words_kind

KIND = words_kind(
    "product_name",
    "Product name",
    "An adjective, a material and a product: Compact Bamboo Lamp.",
    WordList("adjectives", "adjectives", "Adjectives to choose from instead."),
    WordList("materials", "materials", "Materials to choose from instead."),
    WordList("products", "products", "Products to choose from instead."),
)
