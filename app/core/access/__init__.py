"""Who may do what: API keys and whom they stand for. Faces and the rooms above it in the core import it."""
