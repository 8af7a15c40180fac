from tests.client.fixtures import server

__all__ = ["server"]
