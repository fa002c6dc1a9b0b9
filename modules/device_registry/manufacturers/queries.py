"""Answers about manufacturers, batches and their devices; lists come in pages."""

from chain.codec.keys import U32_KEY, U64_KEY
from chain.pb.lamppost.device_registry.v1 import query_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from chain.sdk.pagination import page, page_keys
from modules.device_registry import checks, state
from modules.device_registry.devices.verbs import find_device
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.manufacturers import verbs
from modules.device_registry.manufacturers.types import Manufacturer
from modules.device_registry.manufacturers.walk import devices_of
from modules.device_registry.networks import verbs as networks
from modules.device_registry.queries import look_up
from modules.device_registry.wire import (
    batch_to_proto,
    counts_to_proto,
    device_to_proto,
    manufacturer_to_proto,
    model_to_proto,
)


def manufacturer(ctx: Context, keeper: Keeper, request: pb.QueryManufacturerRequest) -> pb.QueryManufacturerResponse:
    """Return a manufacturer by id. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.find_manufacturer, ctx, request.manufacturer)
    counts = state.manufacturer_devices.get(ctx, found.id)
    return pb.QueryManufacturerResponse(manufacturer=manufacturer_to_proto(found), devices=counts_to_proto(counts))


def manufacturer_by_name(
    ctx: Context, keeper: Keeper, request: pb.QueryManufacturerByNameRequest
) -> pb.QueryManufacturerByNameResponse:
    """Return a manufacturer by name. Raises: SdkError(KEY_NOT_FOUND)."""
    found: Manufacturer = look_up(verbs.manufacturer_named, ctx, request.name)
    counts = state.manufacturer_devices.get(ctx, found.id)
    return pb.QueryManufacturerByNameResponse(
        manufacturer=manufacturer_to_proto(found), devices=counts_to_proto(counts)
    )


def manufacturers(ctx: Context, keeper: Keeper, request: pb.QueryManufacturersRequest) -> pb.QueryManufacturersResponse:
    """Return a page of all manufacturers, in order of id."""
    items, following = page(ctx, state.manufacturers, request.pagination)
    return pb.QueryManufacturersResponse(
        manufacturers=[manufacturer_to_proto(item) for _, item in items], pagination=following
    )


def manufacturers_by_owner(
    ctx: Context, keeper: Keeper, request: pb.QueryManufacturersByOwnerRequest
) -> pb.QueryManufacturersByOwnerResponse:
    """Return a page of an account's manufacturers. Raises: SdkError(INVALID_ADDRESS)."""
    owner = checks.address(request.owner, "owner")
    keys, following = page_keys(ctx, state.manufacturers_by_owner, request.pagination, state.ADDRESS_KEY.encode(owner))
    return pb.QueryManufacturersByOwnerResponse(
        manufacturers=[manufacturer_to_proto(verbs.find_manufacturer(ctx, number)) for _, number in keys],
        pagination=following,
    )


def models_by_manufacturer(
    ctx: Context, keeper: Keeper, request: pb.QueryModelsByManufacturerRequest
) -> pb.QueryModelsByManufacturerResponse:
    """Return a page of the models that a manufacturer vouches for. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.find_manufacturer, ctx, request.manufacturer)
    keys, following = page_keys(ctx, state.manufacturer_models, request.pagination, U64_KEY.encode(found.id))
    return pb.QueryModelsByManufacturerResponse(
        models=[model_to_proto(networks.find_model(ctx, number)) for _, number in keys], pagination=following
    )


def batch(ctx: Context, keeper: Keeper, request: pb.QueryBatchRequest) -> pb.QueryBatchResponse:
    """Return a batch, and how many of its keys were claimed. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.find_batch, ctx, request.batch)
    counts = counts_to_proto(state.batch_devices.get(ctx, found.id))
    return pb.QueryBatchResponse(
        batch=batch_to_proto(found),
        manufacturer=networks.find_model(ctx, found.model).manufacturer,
        claimed=counts.active + counts.paused + counts.retired,
        devices=counts,
    )


def batches_by_model(
    ctx: Context, keeper: Keeper, request: pb.QueryBatchesByModelRequest
) -> pb.QueryBatchesByModelResponse:
    """Return a page of a model's batches. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(networks.find_model, ctx, request.model)
    keys, following = page_keys(ctx, state.model_batches, request.pagination, U64_KEY.encode(found.id))
    return pb.QueryBatchesByModelResponse(
        batches=[batch_to_proto(verbs.find_batch(ctx, number)) for _, number in keys], pagination=following
    )


def batches_by_manufacturer(
    ctx: Context, keeper: Keeper, request: pb.QueryBatchesByManufacturerRequest
) -> pb.QueryBatchesByManufacturerResponse:
    """Return a page of a manufacturer's batches. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.find_manufacturer, ctx, request.manufacturer)
    keys, following = page_keys(ctx, state.manufacturer_batches, request.pagination, U64_KEY.encode(found.id))
    return pb.QueryBatchesByManufacturerResponse(
        batches=[batch_to_proto(verbs.find_batch(ctx, number)) for _, number in keys], pagination=following
    )


def devices_by_batch(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByBatchRequest
) -> pb.QueryDevicesByBatchResponse:
    """Return a page of the devices claimed from a batch. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.find_batch, ctx, request.batch)
    model = networks.find_model(ctx, found.model)
    within = b"".join(map(U32_KEY.encode, (model.network, model.id, found.id)))
    keys, following = page_keys(ctx, state.devices_by_model, request.pagination, within)
    return pb.QueryDevicesByBatchResponse(devices=_devices(ctx, [number for _, number in keys]), pagination=following)


def devices_by_manufacturer(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByManufacturerRequest
) -> pb.QueryDevicesByManufacturerResponse:
    """Return a page of the devices of a manufacturer's models, model by model.

    Raises: SdkError(KEY_NOT_FOUND, INVALID_REQUEST).
    """
    found = look_up(verbs.find_manufacturer, ctx, request.manufacturer)
    numbers, following = devices_of(ctx, found, request.pagination)
    return pb.QueryDevicesByManufacturerResponse(devices=_devices(ctx, numbers), pagination=following)


def _devices(ctx: Context, numbers: list[DeviceId]) -> list[types_pb2.Device]:
    return [device_to_proto(number, find_device(ctx, number)) for number in numbers]


def totals(ctx: Context, keeper: Keeper, request: pb.QueryTotalsRequest) -> pb.QueryTotalsResponse:
    """Return how many objects of each kind there are; five reads."""
    return pb.QueryTotalsResponse(
        networks=state.network_count.get(ctx) or 0,
        models=state.model_count.get(ctx) or 0,
        manufacturers=state.manufacturer_count.get(ctx) or 0,
        batches=state.batch_count.get(ctx) or 0,
        devices=counts_to_proto(state.totals.get(ctx)),
    )
