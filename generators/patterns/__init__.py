"""Text patterns: a subset of regular expressions that says which texts there are and how long they can be."""
