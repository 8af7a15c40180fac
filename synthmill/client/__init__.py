"""The Python client of a server. It works with the library alone installed, and commands import it."""
