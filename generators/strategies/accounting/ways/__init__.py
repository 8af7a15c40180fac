"""The ways that chains go: the documents of each, with their lines."""
