"""From a request or a file to a recipe. Faces, streams and imports use it."""
