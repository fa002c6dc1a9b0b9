"""The answer about parameters, and what the queries about objects share."""

from collections.abc import Callable
from typing import TypeVar

from chain.pb.lamppost.device_registry.v1 import query_pb2 as pb
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.context import Context
from modules.device_registry.errors import RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.params import params_to_proto

SERVICE = "/lamppost.device_registry.v1.Query/"
"""First part of every query's path."""

K = TypeVar("K")

V = TypeVar("V")


def look_up(get: Callable[[Context, K], V], ctx: Context, key: K) -> V:
    """Return what a verb finds; clients of queries know one code for what is not there, messages say what it is.

    Raises: SdkError(KEY_NOT_FOUND).
    """
    try:
        return get(ctx, key)
    except RegistryError as error:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"{error.detail} not found") from error


def params(ctx: Context, keeper: Keeper, request: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """Return the parameters."""
    return pb.QueryParamsResponse(params=params_to_proto(keeper.params(ctx)))
