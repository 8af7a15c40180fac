from __future__ import annotations

import socket

import pytest

from synthmill.servers.errors import StackError
from synthmill.servers.ports import FIRST, LAST, free_ports, is_free
from synthmill.supervisor.address import ask_ready, listen, url_of


def test_ports_are_different_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(FIRST <= port < LAST and is_free(port) for port in ports)


def test_preferred_ports_are_taken_if_all_are_free() -> None:
    wanted = free_ports(2)
    assert free_ports(2, wanted) == wanted
    with socket.create_server(("127.0.0.1", wanted[1])):
        assert not is_free(wanted[1])
        assert wanted[1] not in free_ports(2, wanted)


def test_with_an_offset_both_ports_are_free() -> None:
    (port,) = free_ports(1, offset=10_000)
    assert is_free(port + 10_000)
    with socket.create_server(("127.0.0.1", port + 10_000)):
        assert free_ports(1, [port], offset=10_000) != [port]


def test_a_port_in_use_is_one_clear_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            StackError, match=rf"^port {port} of 127\.0\.0\.1 is in use; choose another"
        ) as caught:
            listen("127.0.0.1", port)
    assert "\n" not in str(caught.value)


def test_an_unknown_host_is_one_clear_line() -> None:
    with pytest.raises(StackError, match=r"can't listen on no\.such\.host\.invalid"):
        listen("no.such.host.invalid", 0)


def test_the_preferred_port_is_taken_only_where_any_will_do() -> None:
    with listen("127.0.0.1", 0) as first:
        preferred = first.getsockname()[1]
    with listen("127.0.0.1", 0, preferred) as again:
        assert again.getsockname()[1] == preferred
        with listen("127.0.0.1", 0, preferred) as other:
            assert other.getsockname()[1] != preferred


def test_the_address_is_one_that_a_browser_takes() -> None:
    with listen("0.0.0.0", 0) as everywhere:
        assert url_of(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"


def test_a_server_that_only_listens_is_not_ready() -> None:
    with listen("127.0.0.1", 0) as silent:
        assert ask_ready(url_of(silent), 0.1) == (False, "it does not answer yet")
    (port,) = free_ports(1)
    assert ask_ready(f"http://127.0.0.1:{port}", 0.1)[0] is False
