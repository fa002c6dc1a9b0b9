"""What work offers about audits: queries, events."""

from chain.pb.lamppost.work.v1 import query_pb2
from chain.sdk.module import Query
from modules.work.audits import commands, queries
from modules.work.queries import SERVICE

QUERIES = (
    Query(
        SERVICE + "Audits",
        query_pb2.QueryAuditsRequest,
        query_pb2.QueryAuditsResponse,
        queries.audits,
        commands.AUDITS,
    ),
    Query(
        SERVICE + "DeviceAudit",
        query_pb2.QueryDeviceAuditRequest,
        query_pb2.QueryDeviceAuditResponse,
        queries.device_audit,
        commands.DEVICE_AUDIT,
    ),
)
"""Queries about audits."""

EVENTS = ("audit_drawn", "audit_answered", "audit_missed", "device_struck_out")
"""Events about audits."""
