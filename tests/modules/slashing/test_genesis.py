import copy
from typing import Any

import pytest

from chain.pb.cosmos.slashing.v1beta1 import query_pb2 as pb
from chain.primitives.decimals import ONE
from chain.primitives.errors import SdkError
from chain.primitives.ids import ConsensusAddress
from chain.sdk.module import GenesisError
from modules.slashing import genesis, queries
from modules.slashing.keeper import FOREVER
from modules.slashing.params import Params
from modules.slashing.state import PARAMETERS, SIGNING_INFOS, SigningInfo
from tests.modules.distribution.world import World

WHO = str(ConsensusAddress(b"\1" * 20))


def test_the_default_section_has_the_cosmos_sdks_parameters() -> None:
    assert genesis.default()["params"] == {
        "signed_blocks_window": "100",
        "min_signed_per_window": "0.500000000000000000",
        "downtime_jail_duration": "600s",
        "slash_fraction_double_sign": "0.050000000000000000",
        "slash_fraction_downtime": "0.010000000000000000",
    }
    genesis.validate(genesis.default())


def test_export_import_export_is_identical() -> None:
    world = World()
    SIGNING_INFOS.set(world.ctx, world.consensus(0), SigningInfo(5, 100, 250, 3, FOREVER, True, b"\x05\x80"))
    first = genesis.export(world.ctx, world.slashing)
    infos = [
        row["validator_signing_info"] for row in first["signing_infos"] if row["address"] == str(world.consensus(0))
    ]
    assert infos == [
        {
            "address": str(world.consensus(0)),
            "start_height": "5",
            "index_offset": "250",
            "jailed_until": "9999-12-31T23:59:59Z",
            "tombstoned": True,
            "missed_blocks_counter": "3",
        }
    ]
    again = World(validators=0)
    genesis.init(again.ctx, again.slashing, copy.deepcopy(first))
    assert genesis.export(again.ctx, again.slashing) == first
    assert list(SIGNING_INFOS.scan(again.ctx)) == list(SIGNING_INFOS.scan(world.ctx))


def test_counts_of_a_window_that_is_no_more_are_left_out() -> None:
    world = World(validators=1)
    SIGNING_INFOS.set(world.ctx, world.consensus(0), SigningInfo(5, 100, 250, 1, 9, False, b"\1"))
    PARAMETERS.set(world.ctx, Params(signed_blocks_window=10))
    exported = genesis.export(world.ctx, world.slashing)
    genesis.validate(exported)
    assert exported["signing_infos"][0]["validator_signing_info"]["missed_blocks_counter"] == "0"
    assert exported["missed_blocks"][0]["missed_blocks"] == []


def section(**more: Any) -> dict[str, Any]:
    info = {
        "address": WHO,
        "start_height": "1",
        "index_offset": "2",
        "jailed_until": "1970-01-01T00:00:00Z",
        "tombstoned": False,
        "missed_blocks_counter": "1",
    }
    made = genesis.default() | {
        "signing_infos": [{"address": WHO, "validator_signing_info": info}],
        "missed_blocks": [{"address": WHO, "missed_blocks": [{"index": "1", "missed": True}]}],
    }
    for name, value in more.items():
        if name in info:
            info[name] = value
        elif name in made["params"]:
            made["params"][name] = value
        else:
            made[name] = value
    return made


def test_the_section_of_the_tests_is_good() -> None:
    genesis.validate(section())


BAD = [
    ("unknown", section(buffered=[]), "slashing.buffered", "is unknown"),
    ("window", section(signed_blocks_window="0"), "slashing.params.signed_blocks_window", "must be positive"),
    ("fraction", section(slash_fraction_downtime="1.5"), "slashing.params.slash_fraction_downtime", "too large"),
    ("fraction", section(slash_fraction_downtime="x"), "slashing.params.slash_fraction_downtime", "no decimal"),
    ("jail", section(downtime_jail_duration="1"), "slashing.params.downtime_jail_duration", "Duration"),
    ("twice", section(signing_infos=section()["signing_infos"] * 2), "slashing.signing_infos[1].address", "twice"),
    (
        "missed twice",
        section(missed_blocks=section()["missed_blocks"] * 2),
        "slashing.missed_blocks[1].address",
        "twice",
    ),
    ("nobody's", section(signing_infos=[]), "slashing.missed_blocks", "has no signing info"),
    (
        "counter",
        section(missed_blocks_counter="2"),
        "slashing.signing_infos[0].validator_signing_info.missed_blocks_counter",
        "1 missed blocks are listed",
    ),
    (
        "time",
        section(jailed_until="soon"),
        "slashing.signing_infos[0].validator_signing_info.jailed_until",
        "time",
    ),
    (
        "time",
        section(jailed_until="1960-01-01T00:00:00Z"),
        "slashing.signing_infos[0].validator_signing_info.jailed_until",
        "before 1970",
    ),
    (
        "other address",
        section(address=str(ConsensusAddress(b"\2" * 20))),
        "slashing.signing_infos[0].validator_signing_info.address",
        "is not",
    ),
    (
        "behind the window",
        section(missed_blocks=[{"address": WHO, "missed_blocks": [{"index": "100", "missed": True}]}]),
        "slashing.missed_blocks[0].missed_blocks[0].index",
        "not below the window",
    ),
]


@pytest.mark.parametrize(("data", "path", "reason"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_section_is_refused_with_the_path_of_the_field(data: Any, path: str, reason: str) -> None:
    with pytest.raises(GenesisError, match=reason) as caught:
        genesis.validate(data)
    assert caught.value.path == path


def test_queries_answer_with_the_wires_forms() -> None:
    world = World()
    address = world.consensus(0)
    SIGNING_INFOS.set(world.ctx, address, SigningInfo(5, 100, 250, 1, 7, True, b"\1"))
    params = queries.params(world.ctx, world.slashing, pb.QueryParamsRequest()).params
    assert params.min_signed_per_window == str(ONE // 2).encode()
    assert params.downtime_jail_duration.seconds == 600
    asked = pb.QuerySigningInfoRequest(cons_address=str(address))
    found = queries.signing_info(world.ctx, world.slashing, asked).val_signing_info
    assert (found.address, found.start_height, found.index_offset) == (str(address), 5, 250)
    assert (found.tombstoned, found.missed_blocks_counter, found.jailed_until.nanos) == (True, 1, 7)
    listed = queries.signing_infos(world.ctx, world.slashing, pb.QuerySigningInfosRequest())
    assert len(listed.info) == 2 and listed.pagination.total == 2


@pytest.mark.parametrize(("text", "code"), [("", ("sdk", 18)), ("lampvalcons1x", ("sdk", 18)), (WHO, ("sdk", 22))])
def test_a_bad_query_is_refused(text: str, code: tuple[str, int]) -> None:
    world = World()
    with pytest.raises(SdkError) as caught:
        queries.signing_info(world.ctx, world.slashing, pb.QuerySigningInfoRequest(cons_address=text))
    assert (caught.value.codespace, int(caught.value.code)) == code
