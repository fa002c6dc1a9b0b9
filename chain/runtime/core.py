"""What the runtime itself keeps in the state: a store like any module's, named `runtime`.

    0x00  chain       -> chain id, initial height, genesis time, authority
    0x01  params      -> consensus parameters, as CometBFT's protobuf
    0x02  validators  -> the validator set of genesis

A node that was restored from a snapshot never sees genesis, so everything it needs of it is here.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chain.codec.values import BLOB, TEXT, U64, Fixed, Many, Record
from chain.crypto.addresses import module_address
from chain.pb.cosmos.consensus.v1 import query_pb2 as consensus_pb
from chain.pb.lamppost.runtime.v1 import query_pb2 as pb
from chain.pb.tendermint.types.params_pb2 import ConsensusParams
from chain.primitives.ids import Address
from chain.primitives.ints import NANOS, Height, UnixNano
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import GasMeter
from chain.sdk.module import Genesis, GenesisError, Json, Module, Query
from chain.sdk.schema import Item, Schema
from chain.store.overlay import BlockState, Readable

STORE = "runtime"
"""Name of the runtime's store and of its section in `app_state`."""
APP_VERSION = 1
"""Version of the state machine's rules, in every header; equal to `version.app` of the consensus parameters."""
GOVERNANCE = "gov"
"""Module account that may change parameters unless genesis names another."""


@dataclass(frozen=True, slots=True)
class ChainInfo:
    """What genesis fixed; times in unix nanoseconds."""

    chain_id: str
    initial_height: int
    genesis_time: int
    authority: Address


@dataclass(frozen=True, slots=True)
class GenesisValidator:
    """A validator that genesis named."""

    key_type: str
    public_key: bytes
    power: int

    @property
    def address(self) -> bytes:
        """Its address in headers and votes: of ed25519 keys the first 20 bytes of their SHA-256."""
        return sha256(self.public_key).digest()[:20]


schema = Schema(STORE)
chain_info: Item[ChainInfo] = Item(
    schema,
    0x00,
    "chain",
    Record(ChainInfo, chain_id=TEXT, initial_height=U64, genesis_time=U64, authority=Fixed(Address, 20)),
)
consensus_params: Item[bytes] = Item(schema, 0x01, "params", BLOB)
validators: Item[tuple[GenesisValidator, ...]] = Item(
    schema, 0x02, "validators", Many(Record(GenesisValidator, key_type=TEXT, public_key=BLOB, power=U64))
)


def read_chain(state: Readable) -> ChainInfo:
    """Return what genesis fixed of the chain whose state this is. Raises: LookupError before genesis."""
    block = BlockInfo("", Height(0), UnixNano(0))
    return chain_info.require(Context(BlockState(state), block, GasMeter(), Address(bytes(20))))


def read_params(ctx: Context) -> ConsensusParams:
    """Return the consensus parameters that hold now."""
    return ConsensusParams.FromString(consensus_params.require(ctx))


def evidence_ages(ctx: Context) -> tuple[int, int]:
    """Return the largest age of evidence, in blocks and in nanoseconds; evidence is too old beyond both.

    CometBFT always has these parameters; its defaults stand for a genesis without any.
    """
    params = read_params(ctx)
    if not params.HasField("evidence"):
        return 100_000, 48 * 3600 * NANOS
    duration = params.evidence.max_age_duration
    return params.evidence.max_age_num_blocks, duration.seconds * NANOS + duration.nanos


def read_authority(section: Json) -> Address:
    """Return the authority of a genesis section. Raises: GenesisError."""
    text = section.get("authority", "")
    if text == "":
        return Address(module_address(GOVERNANCE))
    try:
        return Address.parse(text)
    except (TypeError, ValueError) as error:
        raise GenesisError(f"{STORE}.authority", str(error)) from error


def _validate(section: Json) -> None:
    for name in section:
        if name != "authority":
            raise GenesisError(f"{STORE}.{name}", "unknown field")
    read_authority(section)


def _init(ctx: Context, keeper: None, section: Json) -> None:
    # InitChain writes the store itself, because the section is the least part of what it must hold.
    read_authority(section)


def _export(ctx: Context, keeper: None) -> Json:
    return {"authority": str(chain_info.require(ctx).authority)}


def _params(ctx: Context, keeper: None, request: Any) -> consensus_pb.QueryParamsResponse:
    return consensus_pb.QueryParamsResponse(params=read_params(ctx))


def _chain(ctx: Context, keeper: None, request: Any) -> pb.QueryChainResponse:
    info = chain_info.require(ctx)
    return pb.QueryChainResponse(
        chain_id=info.chain_id,
        initial_height=info.initial_height,
        authority=str(info.authority),
        genesis_time=info.genesis_time,
    )


def _validators(ctx: Context, keeper: None, request: Any) -> pb.QueryValidatorsResponse:
    response = pb.QueryValidatorsResponse()
    for validator in validators.require(ctx):
        response.validators.add(
            key_type=validator.key_type,
            public_key=validator.public_key,
            address=validator.address,
            power=validator.power,
        )
    return response


def core_module() -> Module:
    """Return the runtime as a module; it handles no messages."""
    return Module(
        name=STORE,
        keeper=None,
        schema=schema,
        genesis=Genesis(lambda: {"authority": str(module_address(GOVERNANCE))}, _validate, _init, _export),
        queries=(
            Query(
                "/cosmos.consensus.v1.Query/Params",
                consensus_pb.QueryParamsRequest,
                consensus_pb.QueryParamsResponse,
                _params,
            ),
            Query("/lamppost.runtime.v1.Query/Chain", pb.QueryChainRequest, pb.QueryChainResponse, _chain),
            Query(
                "/lamppost.runtime.v1.Query/Validators",
                pb.QueryValidatorsRequest,
                pb.QueryValidatorsResponse,
                _validators,
            ),
        ),
    )
