"""Which trace this thread works for: W3C Trace Context, from a request through its job into the workers.

Without OpenTelemetry a span is its identifiers alone, which every log line within it carries. With it (the
extra `tracing`, and SYNTHMILL_TRACE_ENDPOINT set) the same spans are also sent to a collector.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from synthmill.app.core.settings import Settings, SettingsError

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_NOTHING = {"0" * 32, "0" * 16}

_bound: ContextVar[Mapping[str, Any]] = ContextVar("log_fields", default={})  # noqa: B039
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_exporter: Any = None
"""An OpenTelemetry tracer, where spans are to be sent somewhere."""


def current() -> str | None:
    """The traceparent to hand on: the span that this thread is in, or None."""
    return _current.get()


def valid(traceparent: str | None) -> str | None:
    """A traceparent that follows the standard, as version 00; anything else is as good as none."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if match is None or match[1] in _NOTHING or match[2] in _NOTHING:
        return None
    return f"00-{match[1]}-{match[2]}-{match[3]}"


def bound_fields() -> Mapping[str, Any]:
    """What every line that this thread logs now has beside its message."""
    return _bound.get()


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """Every line that this thread logs meanwhile has these fields."""
    before = _bound.get()
    _bound.set({**before, **fields})
    try:
        yield
    finally:
        _bound.set(before)


@contextmanager
def span(name: str, parent: str | None = None, **attributes: str | int) -> Iterator[None]:
    """A piece of work, as a child of `parent`, else of the span that this thread is in, else of nothing.

    `attributes` and the span's identifiers are in every log line meanwhile.
    """
    before = _current.get()
    above = valid(parent) or before
    with _exported(name, above, attributes) as traceparent:
        _, trace_id, span_id, _ = traceparent.split("-")
        _current.set(traceparent)
        try:
            with bound(**attributes, trace_id=trace_id, span_id=span_id):
                yield
        finally:
            _current.set(before)


@contextmanager
def _exported(name: str, above: str | None, attributes: dict[str, str | int]) -> Iterator[str]:
    if _exporter is None:
        trace_id, flags = (above[3:35], above[53:]) if above else (secrets.token_hex(16), "00")
        yield f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    propagator = TraceContextTextMapPropagator()
    context = propagator.extract({"traceparent": above}) if above else None
    own = {f"synthmill.{key}": value for key, value in attributes.items()}
    with _exporter.start_as_current_span(name, context=context, attributes=own):
        carrier: dict[str, str] = {}
        propagator.inject(carrier)
        yield carrier["traceparent"]


def set_up(settings: Settings, service: str) -> None:
    """Send spans to where the settings say, if they do. Raises SettingsError without the extra `tracing`."""
    if not settings.trace_endpoint:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError(
            "SYNTHMILL_TRACE_ENDPOINT needs OpenTelemetry: pip install 'synthmill[tracing]', or unset it"
        ) from error
    endpoint = f"{settings.trace_endpoint.rstrip('/')}/v1/traces"
    export_to(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)), service)


def export_to(processor: Any, service: str) -> None:
    """Give every span from now on to an OpenTelemetry span processor, too."""
    global _exporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(processor)
    _exporter = provider.get_tracer("synthmill")
