"""The state before the first block: checked, written, and read back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from chain.pb.tendermint.abci.types_pb2 import RequestInitChain, ValidatorUpdate
from chain.pb.tendermint.types.params_pb2 import ConsensusParams
from chain.primitives.ints import NANOS
from chain.runtime import core, gentxs
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json, Module, ValidatorPower


def default_genesis(modules: Sequence[Module]) -> Json:
    """Return an `app_state` in which every module has its default section."""
    return {module.name: module.genesis.default() for module in modules} | {gentxs.SECTION: gentxs.default()}


def validate_genesis(modules: Sequence[Module], app_state: Mapping[str, Any]) -> None:
    """Check an `app_state`; a module without a section gets its default. Raises: GenesisError naming the path."""
    known = {module.name for module in modules} | {gentxs.SECTION}
    for name in app_state:
        if name not in known:
            raise GenesisError(name, f"there is no such module; known are {', '.join(sorted(known))}")
    for module in modules:
        if module.name in app_state:
            section = app_state[module.name]
            if not isinstance(section, dict):
                raise GenesisError(module.name, "not a JSON object")
            module.genesis.validate(section)
    gentxs.read(app_state.get(gentxs.SECTION, gentxs.default()))


def parse_app_state(data: bytes) -> Json:
    """Read the JSON of `app_state`. Raises: GenesisError."""
    try:
        app_state = json.loads(data or b"{}", parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise GenesisError("app_state", f"not JSON: {error}") from error
    if not isinstance(app_state, dict):
        raise GenesisError("app_state", "not a JSON object")
    return app_state


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text} is no integer, and numbers with a fraction are written as text")


def init_genesis(modules: Sequence[Module], ctx: Context, request: RequestInitChain, app_state: Json) -> None:
    """Write the state of a validated `app_state`, module by module. Raises: GenesisError."""
    core.chain_info.set(
        ctx,
        core.ChainInfo(
            request.chain_id,
            request.initial_height or 1,
            request.time.seconds * NANOS + request.time.nanos,
            ctx.authority,
        ),
    )
    params = ConsensusParams()
    params.CopyFrom(request.consensus_params if request.HasField("consensus_params") else default_params())
    params.version.app = core.APP_VERSION
    core.consensus_params.set(ctx, _same_in_all_dialects(params).SerializeToString(deterministic=True))
    core.validators.set(ctx, tuple(map(_validator, request.validators)))
    for module in modules:
        section = app_state.get(module.name)
        module.genesis.init(ctx, module.keeper, module.genesis.default() if section is None else section)


def export_genesis(modules: Sequence[Module], ctx: Context) -> Json:
    """Return the `app_state` that starts another chain in this state."""
    sections = {module.name: module.genesis.export(ctx, module.keeper) for module in modules}
    return sections | {gentxs.SECTION: gentxs.default()}


def first_validators(
    ctx: Context, request: RequestInitChain, updates: Sequence[ValidatorPower]
) -> list[ValidatorUpdate]:
    """Return the validator set that the modules want; without one, that of the genesis document stands.

    Raises: GenesisError when the document names another set than the modules.
    """
    made = [validator_update(update) for update in updates]
    if made:
        named = sorted(map(_validator, request.validators), key=_by_key)
        wanted = sorted(map(_validator, made), key=_by_key)
        if named and named != wanted:
            raise GenesisError("validators", "are not those of app_state; leave them out")
        core.validators.set(ctx, tuple(wanted))
    return made


def validator_update(update: ValidatorPower) -> ValidatorUpdate:
    """Return an update for CometBFT."""
    made = ValidatorUpdate(power=update.power)
    made.pub_key.ed25519 = update.public_key
    return made


def _by_key(validator: core.GenesisValidator) -> bytes:
    return validator.public_key


def default_params() -> ConsensusParams:
    """Return parameters without a limit of gas, for a genesis that names none."""
    params = ConsensusParams()
    params.block.max_bytes = 4 << 20
    params.block.max_gas = -1
    return params


def _same_in_all_dialects(params: ConsensusParams) -> ConsensusParams:
    """Return the parameters without fields that some CometBFT sends and others, or this program, do not know."""
    same = ConsensusParams()
    same.CopyFrom(params)
    same.DiscardUnknownFields()
    if not same.authority.authority:
        same.ClearField("authority")
    return same


def _validator(update: ValidatorUpdate) -> core.GenesisValidator:
    key_type = update.pub_key.WhichOneof("sum") or ""
    if key_type not in ("ed25519", "secp256k1"):
        raise GenesisError("validators", f"public key type {key_type or 'none'} is not supported")
    if update.power <= 0:
        raise GenesisError("validators", "power is not positive")
    return core.GenesisValidator(key_type, getattr(update.pub_key, key_type), update.power)
