"""gRPC: jobs of every strategy for programs, in a process of its own. For its `__main__` alone."""
