"""What the registry offers about places: messages, queries, events."""

from chain.pb.lamppost.device_registry.v1 import places_pb2
from chain.sdk.module import Message, Query
from modules.device_registry.places import commands, handlers, messages, queries
from modules.device_registry.queries import SERVICE

MESSAGES = (
    Message(
        places_pb2.MsgAssertLocation,
        messages.AssertLocation.from_proto,
        handlers.assert_location,
        commands.ASSERT_LOCATION,
    ),
    Message(
        places_pb2.MsgRevealLocation,
        messages.RevealLocation.from_proto,
        handlers.reveal_location,
        commands.REVEAL_LOCATION,
    ),
)
"""Messages about places."""

QUERIES = (
    Query(
        SERVICE + "DevicesByCell",
        places_pb2.QueryDevicesByCellRequest,
        places_pb2.QueryDevicesByCellResponse,
        queries.devices_by_cell,
        commands.DEVICES_BY_CELL,
    ),
    Query(
        SERVICE + "MovePrice",
        places_pb2.QueryMovePriceRequest,
        places_pb2.QueryMovePriceResponse,
        queries.move_price,
        commands.MOVE_PRICE,
    ),
)
"""Queries about places."""

EVENTS = ("device_location_asserted", "device_location_revealed")
"""Events about places."""
