"""What the registry offers about devices: messages, queries, events."""

from chain.pb.lamppost.device_registry.v1 import query_pb2, transfers_pb2, tx_pb2
from chain.sdk.module import Message, Query
from modules.device_registry.devices import commands, handlers, messages, queries
from modules.device_registry.queries import SERVICE

MESSAGES = (
    Message(
        tx_pb2.MsgRegisterDevice,
        messages.RegisterDevice.from_proto,
        handlers.register_device,
        commands.REGISTER_DEVICE,
    ),
    Message(tx_pb2.MsgSetOperator, messages.SetOperator.from_proto, handlers.set_operator, commands.SET_OPERATOR),
    Message(tx_pb2.MsgSetPayout, messages.SetPayout.from_proto, handlers.set_payout, commands.SET_PAYOUT),
    Message(tx_pb2.MsgPauseDevice, messages.PauseDevice.from_proto, handlers.pause_device, commands.PAUSE_DEVICE),
    Message(tx_pb2.MsgResumeDevice, messages.ResumeDevice.from_proto, handlers.resume_device, commands.RESUME_DEVICE),
    Message(tx_pb2.MsgRetireDevice, messages.RetireDevice.from_proto, handlers.retire_device, commands.RETIRE_DEVICE),
    Message(transfers_pb2.MsgReturnBond, messages.ReturnBond.from_proto, handlers.return_bond, commands.RETURN_BOND),
)
"""Messages about devices."""

QUERIES = (
    Query(
        SERVICE + "Device",
        query_pb2.QueryDeviceRequest,
        query_pb2.QueryDeviceResponse,
        queries.device,
        commands.DEVICE,
    ),
    Query(
        SERVICE + "DevicesByOwner",
        query_pb2.QueryDevicesByOwnerRequest,
        query_pb2.QueryDevicesByOwnerResponse,
        queries.devices_by_owner,
        commands.DEVICES_BY_OWNER,
    ),
    Query(
        SERVICE + "DevicesByOperator",
        query_pb2.QueryDevicesByOperatorRequest,
        query_pb2.QueryDevicesByOperatorResponse,
        queries.devices_by_operator,
        commands.DEVICES_BY_OPERATOR,
    ),
    Query(
        SERVICE + "DevicesByNetwork",
        query_pb2.QueryDevicesByNetworkRequest,
        query_pb2.QueryDevicesByNetworkResponse,
        queries.devices_by_network,
        commands.DEVICES_BY_NETWORK,
    ),
    Query(
        SERVICE + "DeviceCount",
        query_pb2.QueryDeviceCountRequest,
        query_pb2.QueryDeviceCountResponse,
        queries.device_count,
        commands.DEVICE_COUNT,
    ),
    Query(
        SERVICE + "ActiveDevice",
        query_pb2.QueryActiveDeviceRequest,
        query_pb2.QueryActiveDeviceResponse,
        queries.active_device,
        commands.ACTIVE_DEVICE,
    ),
)
"""Queries about devices."""

EVENTS = (
    "device_registered",
    "device_operator_set",
    "device_payout_set",
    "device_paused",
    "device_resumed",
    "device_retired",
    "device_bond_returned",
    "device_suspended",
)
"""Events about devices."""
