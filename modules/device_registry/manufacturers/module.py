"""What the registry offers about manufacturers and batches: messages, queries, events."""

from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.sdk.module import Message, Query
from modules.device_registry.manufacturers import commands, handlers, messages, queries
from modules.device_registry.queries import SERVICE

MESSAGES = (
    Message(
        pb.MsgRegisterManufacturer,
        messages.RegisterManufacturer.from_proto,
        handlers.register_manufacturer,
        commands.REGISTER_MANUFACTURER,
    ),
    Message(pb.MsgSetIssuingKey, messages.SetIssuingKey.from_proto, handlers.set_issuing_key, commands.SET_ISSUING_KEY),
    Message(
        pb.MsgStrikeManufacturer,
        messages.StrikeManufacturer.from_proto,
        handlers.strike_manufacturer,
        commands.STRIKE_MANUFACTURER,
    ),
    Message(
        pb.MsgSetManufacturerStatus,
        messages.SetManufacturerStatus.from_proto,
        handlers.set_manufacturer_status,
        commands.SET_MANUFACTURER_STATUS,
    ),
    Message(
        pb.MsgRetireManufacturer,
        messages.RetireManufacturer.from_proto,
        handlers.retire_manufacturer,
        commands.RETIRE_MANUFACTURER,
    ),
    Message(
        pb.MsgReturnManufacturerBond,
        messages.ReturnManufacturerBond.from_proto,
        handlers.return_manufacturer_bond,
        commands.RETURN_MANUFACTURER_BOND,
    ),
    Message(pb.MsgRevokeModel, messages.RevokeModel.from_proto, handlers.revoke_model, commands.REVOKE_MODEL),
    Message(pb.MsgIssueBatch, messages.IssueBatch.from_proto, handlers.issue_batch, commands.ISSUE_BATCH),
    Message(pb.MsgCloseBatch, messages.CloseBatch.from_proto, handlers.close_batch, commands.CLOSE_BATCH),
    Message(pb.MsgRevokeBatch, messages.RevokeBatch.from_proto, handlers.revoke_batch, commands.REVOKE_BATCH),
    Message(pb.MsgClaimDevice, messages.ClaimDevice.from_proto, handlers.claim_device, commands.CLAIM_DEVICE),
)
"""Messages about manufacturers and batches."""

QUERIES = (
    Query(
        SERVICE + "Manufacturer",
        query_pb2.QueryManufacturerRequest,
        query_pb2.QueryManufacturerResponse,
        queries.manufacturer,
        commands.MANUFACTURER,
    ),
    Query(
        SERVICE + "ManufacturerByName",
        query_pb2.QueryManufacturerByNameRequest,
        query_pb2.QueryManufacturerByNameResponse,
        queries.manufacturer_by_name,
        commands.MANUFACTURER_BY_NAME,
    ),
    Query(
        SERVICE + "Manufacturers",
        query_pb2.QueryManufacturersRequest,
        query_pb2.QueryManufacturersResponse,
        queries.manufacturers,
        commands.MANUFACTURERS,
    ),
    Query(
        SERVICE + "ManufacturersByOwner",
        query_pb2.QueryManufacturersByOwnerRequest,
        query_pb2.QueryManufacturersByOwnerResponse,
        queries.manufacturers_by_owner,
        commands.MANUFACTURERS_BY_OWNER,
    ),
    Query(
        SERVICE + "ModelsByManufacturer",
        query_pb2.QueryModelsByManufacturerRequest,
        query_pb2.QueryModelsByManufacturerResponse,
        queries.models_by_manufacturer,
        commands.MODELS_BY_MANUFACTURER,
    ),
    Query(
        SERVICE + "Batch",
        query_pb2.QueryBatchRequest,
        query_pb2.QueryBatchResponse,
        queries.batch,
        commands.BATCH,
    ),
    Query(
        SERVICE + "BatchesByModel",
        query_pb2.QueryBatchesByModelRequest,
        query_pb2.QueryBatchesByModelResponse,
        queries.batches_by_model,
        commands.BATCHES_BY_MODEL,
    ),
    Query(
        SERVICE + "BatchesByManufacturer",
        query_pb2.QueryBatchesByManufacturerRequest,
        query_pb2.QueryBatchesByManufacturerResponse,
        queries.batches_by_manufacturer,
        commands.BATCHES_BY_MANUFACTURER,
    ),
    Query(
        SERVICE + "DevicesByBatch",
        query_pb2.QueryDevicesByBatchRequest,
        query_pb2.QueryDevicesByBatchResponse,
        queries.devices_by_batch,
        commands.DEVICES_BY_BATCH,
    ),
    Query(
        SERVICE + "DevicesByManufacturer",
        query_pb2.QueryDevicesByManufacturerRequest,
        query_pb2.QueryDevicesByManufacturerResponse,
        queries.devices_by_manufacturer,
        commands.DEVICES_BY_MANUFACTURER,
    ),
    Query(
        SERVICE + "Totals",
        query_pb2.QueryTotalsRequest,
        query_pb2.QueryTotalsResponse,
        queries.totals,
        commands.TOTALS,
    ),
)
"""Queries about manufacturers and batches."""

EVENTS = (
    "manufacturer_registered",
    "issuing_key_set",
    "manufacturer_struck",
    "manufacturer_status_set",
    "manufacturer_bond_burned",
    "manufacturer_retired",
    "manufacturer_bond_returned",
    "batch_issued",
    "batch_closed",
    "batch_revoked",
    "device_claimed",
)
"""Events about manufacturers and batches."""
