"""`python -m synthmill.app.rpc`: the gRPC process."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from typing import Any

from synthmill.app.core.observability import logs, tracing
from synthmill.app.core.services import build
from synthmill.app.core.settings import Settings
from synthmill.app.rpc.server import RpcServer

_SWITCH_SECONDS = 0.0005

log = logging.getLogger(__name__)


def main() -> int:
    settings = Settings.from_env()
    logs.set_up(settings.log_level, settings.log_format)
    tracing.set_up(settings, "synthmill-grpc")
    asked_to_end = threading.Event()

    def end(*_: Any) -> None:
        asked_to_end.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    # Hundreds of calls have a thread each: one that computes may not keep the interpreter for long.
    sys.setswitchinterval(_SWITCH_SECONDS)
    services = build(settings)
    server = RpcServer(services)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    try:
        port = server.listen(f"{host}:{settings.grpc_port}")
    except RuntimeError:
        log.error("can't listen on %s, port %d: is it in use?", settings.host, settings.grpc_port)
        services.close()
        return 1
    server.start()
    log.info("gRPC is served on %s, port %d", settings.host, port)
    asked_to_end.wait()
    server.stop()
    services.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
