"""The gRPC contract, and the code that `make proto` makes of it. Whoever speaks gRPC may import it."""
