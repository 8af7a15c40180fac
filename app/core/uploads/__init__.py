"""Uploads: files that a workspace sends, streamed to storage, named by their sha256. Faces may import it."""
