from tests.client.fixtures import client, completed, no_server_in_environment, server

__all__ = ["client", "completed", "no_server_in_environment", "server"]
