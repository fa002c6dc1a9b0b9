"""What work offers about gateways: messages, queries, events."""

from chain.pb.lamppost.work.v1 import query_pb2, tx_pb2
from chain.sdk.module import Message, Query
from modules.work.gateways import commands, handlers, messages, queries
from modules.work.queries import SERVICE

MESSAGES = (
    Message(
        tx_pb2.MsgRegisterGateway, messages.RegisterGateway.from_proto, handlers.register_gateway, commands.REGISTER
    ),
    Message(tx_pb2.MsgUpdateGateway, messages.UpdateGateway.from_proto, handlers.update_gateway, commands.UPDATE),
    Message(tx_pb2.MsgRevokeGateway, messages.RevokeGateway.from_proto, handlers.revoke_gateway, commands.REVOKE),
)
"""Messages about gateways."""

QUERIES = (
    Query(
        SERVICE + "Gateways",
        query_pb2.QueryGatewaysRequest,
        query_pb2.QueryGatewaysResponse,
        queries.gateways,
        commands.GATEWAYS,
    ),
    Query(
        SERVICE + "Gateway",
        query_pb2.QueryGatewayRequest,
        query_pb2.QueryGatewayResponse,
        queries.gateway,
        commands.GATEWAY,
    ),
)
"""Queries about gateways."""

EVENTS = ("gateway_registered", "gateway_updated", "gateway_revoked")
"""Events about gateways."""
