"""What the faces share: who is let in, what happens around a request, bodies, waiting. For faces alone."""
