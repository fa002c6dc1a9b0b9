"""The slashing module's section of genesis, in the Cosmos SDK's form."""

from typing import NamedTuple

from chain.primitives.ids import ConsensusAddress
from chain.sdk.context import Context
from chain.sdk.module import Json
from chain.sdk.sections import Section
from modules.slashing.keeper import SlashingKeeper
from modules.slashing.params import Params
from modules.slashing.state import PARAMETERS, SIGNING_INFOS, STORE, SigningInfo
from modules.slashing.wire import params_json, read_params, read_time, show_time


class _State(NamedTuple):
    """A section after its checks."""

    params: Params
    infos: dict[ConsensusAddress, SigningInfo]


def default() -> Json:
    """Return a section with the default parameters and nobody's signatures."""
    return {"params": params_json(Params()), "signing_infos": [], "missed_blocks": []}


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError naming the path of the bad field."""
    _parse(section)


def init(ctx: Context, keeper: SlashingKeeper, section: Json) -> None:
    """Write parameters and signing infos."""
    state = _parse(section)
    PARAMETERS.set(ctx, state.params)
    for address in sorted(state.infos):
        SIGNING_INFOS.set(ctx, address, state.infos[address])


def export(ctx: Context, keeper: SlashingKeeper) -> Json:
    """Read the section back, in order of addresses.

    Counts of a window that the parameters do not have any more are left out: they restart with the next vote anyway.
    """
    params = keeper.params(ctx)
    infos: list[Json] = []
    missed: list[Json] = []
    for address, found in SIGNING_INFOS.scan(ctx):
        info = found
        if info.window != params.signed_blocks_window:
            info = SigningInfo(info.start_height, params.signed_blocks_window, 0, 0, info.jailed_until, info.tombstoned)
        infos.append({"address": str(address), "validator_signing_info": _info_json(address, info)})
        bits = int.from_bytes(info.bits, "little")
        places = [place for place in range(bits.bit_length()) if bits >> place & 1]
        rows = [{"index": str(place), "missed": True} for place in places]
        missed.append({"address": str(address), "missed_blocks": rows})
    return {"params": params_json(params), "signing_infos": infos, "missed_blocks": missed}


def _info_json(address: ConsensusAddress, info: SigningInfo) -> Json:
    return {
        "address": str(address),
        "start_height": str(info.start_height),
        "index_offset": str(info.index_offset),
        "jailed_until": show_time(info.jailed_until),
        "tombstoned": info.tombstoned,
        "missed_blocks_counter": str(info.missed),
    }


def _parse(data: Json) -> _State:
    section = Section(STORE, data)
    params = read_params(section.object("params"))
    missed = _missed(section, params.signed_blocks_window)
    infos: dict[ConsensusAddress, SigningInfo] = {}
    for row in section.objects("signing_infos"):
        address = row.parsed("address", ConsensusAddress.parse)
        if address in infos:
            raise row.fail("address", f"{address} is listed twice")
        bits = missed.pop(address, 0)
        infos[address] = _info(row.object("validator_signing_info"), address, params.signed_blocks_window, bits)
        row.done()
    if missed:
        raise section.fail("missed_blocks", f"{min(missed)} has no signing info")
    section.done()
    return _State(params, infos)


def _info(row: Section, address: ConsensusAddress, window: int, bits: int) -> SigningInfo:
    if row.parsed("address", ConsensusAddress.parse) != address:
        raise row.fail("address", f"is not {address}")
    info = SigningInfo(
        row.uint("start_height", 0, bits=63),
        window,
        row.uint("index_offset", 0, bits=63),
        row.uint("missed_blocks_counter", 0, bits=32),
        row.parsed("jailed_until", read_time),
        row.flag("tombstoned", False),
        bits.to_bytes((bits.bit_length() + 7) >> 3, "little"),
    )
    if info.missed != bits.bit_count():
        raise row.fail("missed_blocks_counter", f"is {info.missed}, but {bits.bit_count()} missed blocks are listed")
    row.done()
    return info


def _missed(section: Section, window: int) -> dict[ConsensusAddress, int]:
    """Return the bits of missed blocks by address."""
    found: dict[ConsensusAddress, int] = {}
    for row in section.objects("missed_blocks"):
        address = row.parsed("address", ConsensusAddress.parse)
        if address in found:
            raise row.fail("address", f"{address} is listed twice")
        bits = 0
        for entry in row.objects("missed_blocks"):
            place = entry.uint("index", 0, bits=32)
            if place >= window:
                raise entry.fail("index", f"is not below the window of {window}")
            bits |= entry.flag("missed", False) << place
            entry.done()
        row.done()
        found[address] = bits
    return found
