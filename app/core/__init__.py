"""The core: nouns, verbs, database, storage, events, settings. Faces import it; it imports the library."""
