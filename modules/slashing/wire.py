"""Parameters and signing infos between the state, protobuf and genesis' JSON."""

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from chain.pb.cosmos.slashing.v1beta1 import slashing_pb2 as pb
from chain.primitives.decimals import parse_decimal, read_scaled, show_decimal
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import ConsensusAddress
from chain.primitives.ints import NANOS
from chain.sdk.module import Json
from chain.sdk.sections import Section
from modules.slashing.params import Params
from modules.slashing.state import SigningInfo

_FRACTIONS = ("min_signed_per_window", "slash_fraction_double_sign", "slash_fraction_downtime")


def params_proto(params: Params) -> pb.Params:
    """Return parameters of the wire."""
    made = pb.Params(signed_blocks_window=params.signed_blocks_window)
    for name in _FRACTIONS:
        setattr(made, name, str(getattr(params, name)).encode())
    made.downtime_jail_duration.FromNanoseconds(params.downtime_jail_duration)
    return made


def params_from_proto(message: pb.Params) -> Params:
    """Read and check parameters of the wire. Raises: SdkError(INVALID_REQUEST)."""
    try:
        fractions = {name: read_scaled(getattr(message, name).decode()) for name in _FRACTIONS}
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid params: {error}") from error
    jail = message.downtime_jail_duration
    made = Params(
        signed_blocks_window=message.signed_blocks_window,
        downtime_jail_duration=jail.seconds * NANOS + jail.nanos,
        **fractions,
    )
    fault = made.fault()
    if fault:
        raise SdkError(SdkCode.INVALID_REQUEST, fault[1])
    return made


def params_json(params: Params) -> Json:
    """Return parameters of genesis."""
    jail = Duration()
    jail.FromNanoseconds(params.downtime_jail_duration)
    made: Json = {name: show_decimal(getattr(params, name)) for name in _FRACTIONS}
    return made | {
        "signed_blocks_window": str(params.signed_blocks_window),
        "downtime_jail_duration": jail.ToJsonString(),
    }


def read_params(section: Section) -> Params:
    """Read and check parameters of genesis; those that are missing take their defaults. Raises: GenesisError."""
    default = Params()
    fractions = {
        name: section.parsed(name, parse_decimal) if section.has(name) else getattr(default, name)
        for name in _FRACTIONS
    }
    jail = default.downtime_jail_duration
    if section.has("downtime_jail_duration"):
        jail = section.parsed("downtime_jail_duration", read_duration)
    window = section.uint("signed_blocks_window", default.signed_blocks_window, bits=32)
    section.done()
    made = Params(signed_blocks_window=window, downtime_jail_duration=jail, **fractions)
    fault = made.fault()
    if fault:
        raise section.fail(*fault)
    return made


def read_duration(text: str) -> int:
    """Return the nanoseconds of a text such as `600s`. Raises: ValueError."""
    made = Duration()
    made.FromJsonString(text)
    return made.ToNanoseconds()


def show_time(nanos: int) -> str:
    """Return a time as RFC 3339 in UTC."""
    made = Timestamp()
    made.FromNanoseconds(nanos)
    return made.ToJsonString()


def read_time(text: str) -> int:
    """Return the unix nanoseconds of a time as RFC 3339, from 1970 on. Raises: ValueError."""
    made = Timestamp()
    made.FromJsonString(text)
    if made.ToNanoseconds() < 0:
        raise ValueError("time is before 1970")
    return made.ToNanoseconds()


def info_proto(address: ConsensusAddress, info: SigningInfo) -> pb.ValidatorSigningInfo:
    """Return a signing info of the wire."""
    made = pb.ValidatorSigningInfo(
        address=str(address),
        start_height=info.start_height,
        index_offset=info.index_offset,
        tombstoned=info.tombstoned,
        missed_blocks_counter=info.missed,
    )
    made.jailed_until.FromNanoseconds(info.jailed_until)
    return made
