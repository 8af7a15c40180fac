"""From a request or a file to a recipe."""
