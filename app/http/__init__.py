"""What the faces share: who asks, how often, headers, tracing, waiting. Only faces import it."""
