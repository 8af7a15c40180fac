from __future__ import annotations

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from tests.rpc.caller import refused

SERVING = health_pb2.HealthCheckResponse.SERVING


def test_health_is_told_without_a_key_of_the_whole_and_of_each_service(channel: grpc.Channel) -> None:
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", "synthmill.v1.JobService"):
        assert health.Check(health_pb2.HealthCheckRequest(service=service)).status == SERVING
    unknown = refused(lambda: health.Check(health_pb2.HealthCheckRequest(service="nonsense")))
    assert unknown.code == grpc.StatusCode.NOT_FOUND


def test_reflection_lists_the_services_and_describes_them(channel: grpc.Channel) -> None:
    described = ProtoReflectionDescriptorDatabase(channel)
    assert {"synthmill.v1.JobService", "grpc.health.v1.Health"} <= set(described.get_services())
    assert described.FindFileContainingSymbol("synthmill.v1.JobService").package == "synthmill.v1"
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = reflection_pb2.ServerReflectionRequest(file_containing_symbol="nonsense")
    assert next(stub.ServerReflectionInfo(iter([asked]))).HasField("error_response")
