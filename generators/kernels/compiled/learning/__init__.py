"""See `synthmill.generators.kernels.learning`."""
