"""A dataset's files: pieces, uploads in several parts, putting together."""
