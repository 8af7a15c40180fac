"""See `synthmill.generators.kernels.ledger`."""
