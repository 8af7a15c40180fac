"""What the faces share: who is let in, what happens around a request, JSON, files, waiting. Only faces import it."""
