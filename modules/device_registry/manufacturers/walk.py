"""A walk over the devices of a manufacturer, model by model, in steps that anybody can pay for."""

from chain.codec.keys import U32_KEY, U64_KEY
from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest, PageResponse
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from chain.sdk.pagination import DEFAULT_LIMIT, MAX_LIMIT, page_keys
from modules.device_registry import state
from modules.device_registry.manufacturers.types import Manufacturer
from modules.device_registry.networks.verbs import find_model

MAX_MODELS = 100
"""Models looked at for one page: a manufacturer may have any number of models without devices."""
_MODEL_BYTES = 8


def devices_of(ctx: Context, manufacturer: Manufacturer, request: PageRequest) -> tuple[list[DeviceId], PageResponse]:
    """Return one page of devices, and where the next begins: a model, and a place among its devices.

    Raises: SdkError(INVALID_REQUEST) for pages by offset, backwards or by a key that is none.
    """
    if request.offset or request.reverse or request.count_total:
        raise SdkError(SdkCode.INVALID_REQUEST, "these pages go by key, forward, and without a total")
    if request.key and len(request.key) < _MODEL_BYTES:
        raise SdkError(SdkCode.INVALID_REQUEST, "the key is of no page of this list")
    limit = min(request.limit or DEFAULT_LIMIT, MAX_LIMIT)
    start, rest = request.key[:_MODEL_BYTES], request.key[_MODEL_BYTES:]
    found: list[DeviceId] = []
    models = state.manufacturer_models.find(ctx, manufacturer.id, start)
    for seen, number in enumerate(models):
        here = rest if U64_KEY.encode(number) == start else b""
        if len(found) == limit or seen == MAX_MODELS:
            return found, PageResponse(next_key=U64_KEY.encode(number))
        model = find_model(ctx, number)
        within = U32_KEY.encode(model.network) + U32_KEY.encode(model.id)
        part = PageRequest(key=here, limit=limit - len(found))
        keys, following = page_keys(ctx, state.devices_by_model, part, within)
        found += [device for _, device in keys]
        if following.next_key:
            return found, PageResponse(next_key=U64_KEY.encode(number) + following.next_key)
    return found, PageResponse()
