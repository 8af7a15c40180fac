"""What watchers do to a server, and what a server does about it."""

from __future__ import annotations

import socket
import struct

import websocket

from tests.live.web import Watcher, Web, hear, leave
from tests.waiting import wait_until


def test_watchers_who_leave_free_their_threads(own_web: Web) -> None:
    job = own_web.submit()
    hear(own_web.connect(f"/ws/jobs/{job}x"))
    for _ in range(3):
        clients = [own_web.connect(f"/ws/jobs/{job}") for _ in range(10)]
        # Half say goodbye, half vanish as a laptop does that is shut.
        for client in clients[:5]:
            client.close()
        for client in clients[5:]:
            assert client.sock is not None
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sock.close()
    # Gunicorn keeps the threads of its pool; those that read a socket each are gone with it.
    wait_until(lambda: own_web.threads() < 30 + 10, "the threads of those who left are gone")
    assert own_web.http.get("/ready").status_code == 200


def test_what_a_watcher_says_is_passed_over(web: Web, job: str) -> None:
    client = web.connect(f"/ws/jobs/{job}")
    for _ in range(1000):
        client.send("tell me more")
    client.send_binary(b"\x00" * 4000)
    client.ping()
    watcher = Watcher(client)
    web.post(f"/jobs/{job}/stop")
    events, code, _ = watcher.result()
    assert ([event["type"] for event in events], code) == (["init", "shutdown"], 1000)


def test_a_message_beyond_4096_bytes_ends_the_connection(web: Web, job: str) -> None:
    client = web.connect(f"/ws/jobs/{job}")
    client.send("x" * 5000)
    _, code, _ = hear(client)
    assert code == 1009
    assert web.http.get("/ready").status_code == 200


def test_a_frame_that_breaks_the_protocol_ends_that_connection_only(web: Web, job: str) -> None:
    other = Watcher(web.connect(f"/ws/jobs/{job}"))
    client = web.connect(f"/ws/jobs/{job}")
    assert client.sock is not None
    client.sock.sendall(b"\xff\xff\xff\xff" * 10)
    web.post(f"/jobs/{job}/stop")
    assert other.result()[1] == 1000
    leave(client)


def test_a_ping_is_answered(web: Web, job: str) -> None:
    client = web.connect(f"/ws/jobs/{job}")
    client.ping(b"are you there")
    while True:
        opcode, frame = client.recv_data_frame(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_PONG:
            assert frame.data == b"are you there"
            break
    client.close()
