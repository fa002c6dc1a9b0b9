import copy
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as Packed

from chain.pb.cosmos.evidence.v1beta1 import evidence_pb2, tx_pb2
from chain.pb.cosmos.evidence.v1beta1 import query_pb2 as pb
from chain.primitives.errors import ModuleError, SdkError
from chain.primitives.ids import ConsensusAddress
from chain.primitives.ints import NANOS, UnixNano
from chain.sdk.context import Misbehavior
from chain.sdk.module import GenesisError
from modules.evidence import genesis, handlers, queries
from modules.evidence.blocks import begin_block
from modules.evidence.keeper import evidence_hash
from modules.evidence.messages import SubmitEvidence
from modules.evidence.state import EVIDENCE, Equivocation
from modules.slashing.state import SIGNING_INFOS
from modules.staking.state import UNBONDINGS
from modules.staking.validator import Status
from tests.modules.auth.world import address
from tests.modules.distribution.world import LAMP, World, operator


def deed(world: World, blocks: int = 1, seconds: int = 5, kind: int = 1, who: bytes | None = None) -> Misbehavior:
    """Return what CometBFT says of a deed some blocks and seconds ago."""
    time = UnixNano(world.ctx.time - seconds * NANOS)
    return Misbehavior(kind, who or world.consensus(0), 100, world.ctx.height - blocks, time, 200)


def judge(world: World, *found: Misbehavior) -> None:
    world.block(misbehavior=found)
    begin_block(world.ctx, world.evidence)


@pytest.mark.parametrize("kind", [1, 2])
def test_whom_cometbft_names_is_slashed_jailed_and_tombstoned(kind: int) -> None:
    world = World()
    judge(world, deed(world, kind=kind))
    assert world.validator(0).jailed
    assert world.validator(0).tokens == 95 * LAMP
    assert world.slashing.is_tombstoned(world.ctx, world.consensus(0))
    assert len(list(EVIDENCE.scan(world.ctx))) == 1
    world.check()


def test_a_second_deed_of_the_tombstoned_costs_nothing_more() -> None:
    world = World()
    judge(world, deed(world), deed(world, blocks=2))
    judge(world, deed(world))
    assert world.validator(0).tokens == 95 * LAMP
    assert len(list(EVIDENCE.scan(world.ctx))) == 1


@pytest.mark.parametrize(
    ("blocks", "seconds", "punished"), [(101, 101, False), (101, 100, True), (100, 101, True), (1, 5, True)]
)
def test_evidence_is_too_old_only_beyond_both_ages(blocks: int, seconds: int, punished: bool) -> None:
    # Given ages of 100 blocks and 100 seconds
    world = World()
    for _ in range(120):
        world.block(seconds=1)
    # When CometBFT names a deed that will be so old in the next block
    judge(world, deed(world, blocks=blocks - 1, seconds=seconds - 5))
    # Then only what is beyond both is passed over
    assert world.validator(0).jailed is punished


def test_who_is_unknown_unbonded_or_was_never_elected_is_passed_over() -> None:
    world = World()
    judge(world, deed(world, who=b"\7" * 20))
    SIGNING_INFOS.delete(world.ctx, world.consensus(1))
    judge(world, deed(world, who=world.consensus(1)))
    before = world.validator(0)
    world.staking.stake.put(world.ctx, before, replace(before, status=Status.UNBONDED))
    judge(world, deed(world))
    assert not world.validator(0).jailed and not world.validator(1).jailed
    assert list(EVIDENCE.scan(world.ctx)) == []


def test_evidence_against_a_jailed_validator_slashes_it_as_well() -> None:
    world = World()
    world.staking.jail(world.ctx, world.consensus(0))
    judge(world, deed(world))
    assert world.validator(0).tokens == 95 * LAMP
    assert world.slashing.is_tombstoned(world.ctx, world.consensus(0))


def test_the_slash_is_of_the_power_at_the_deed_and_reaches_who_left_since() -> None:
    # Given Alice's 100 lamps, which leave validator 0 in the block behind the deed
    world = World()
    world.delegate(address(1), 0, 100 * LAMP)
    found = Misbehavior(1, world.consensus(0), 200, world.ctx.height, world.ctx.time, 300)
    world.block()
    world.unbond(address(1), 0)
    judge(world, found)
    # Then a twentieth of 200 lamps: half of it from Alice's entry
    assert world.validator(0).tokens == 95 * LAMP
    entries = UNBONDINGS.get(world.ctx, (address(1), operator(0)))
    assert entries is not None and entries[0].balance == 95 * LAMP
    world.check()


def test_queries_find_evidence_by_its_hash() -> None:
    world = World()
    judge(world, deed(world))
    ((key, kept),) = EVIDENCE.scan(world.ctx)
    for request in (pb.QueryEvidenceRequest(hash=key.hex().upper()), pb.QueryEvidenceRequest(evidence_hash=key)):
        packed = queries.evidence(world.ctx, world.evidence, request).evidence
        assert packed.type_url == "/cosmos.evidence.v1beta1.Equivocation"
        found = evidence_pb2.Equivocation.FromString(packed.value)
        assert (found.height, found.power) == (kept.height, 100)
        assert found.consensus_address == str(world.consensus(0))
    assert len(queries.all_evidence(world.ctx, world.evidence, pb.QueryAllEvidenceRequest()).evidence) == 1


@pytest.mark.parametrize(
    ("text", "code"), [("", ("sdk", 18)), ("xyz", ("sdk", 18)), ("ab", ("sdk", 22)), ("ab" * 32, ("sdk", 22))]
)
def test_a_bad_query_is_refused(text: str, code: tuple[str, int]) -> None:
    world = World(validators=0)
    with pytest.raises(SdkError) as caught:
        queries.evidence(world.ctx, world.evidence, pb.QueryEvidenceRequest(hash=text))
    assert (caught.value.codespace, int(caught.value.code)) == code


def message(submitter: str = str(address(1)), kind: str = "/cosmos.evidence.v1beta1.Equivocation") -> Any:
    return tx_pb2.MsgSubmitEvidence(submitter=submitter, evidence=Packed(type_url=kind))


@pytest.mark.parametrize(
    ("proto", "code", "text"),
    [
        (message(submitter=""), ("sdk", 7), "invalid submitter address"),
        (message(kind=""), ("evidence", 3), "missing evidence: invalid evidence"),
        (message(), ("evidence", 2), "unregistered handler for evidence type"),
        (message(kind="/x.Y"), ("evidence", 2), "/x.Y: unregistered handler for evidence type"),
    ],
)
def test_evidence_by_transaction_is_refused(proto: Any, code: tuple[str, int], text: str) -> None:
    world = World(validators=0)
    with pytest.raises(ModuleError) as caught:
        handlers.submit_evidence(world.ctx, world.evidence, SubmitEvidence.from_proto(proto))
    assert (caught.value.codespace, int(caught.value.code)) == code
    assert text in caught.value.log


def test_the_submitter_signs() -> None:
    assert SubmitEvidence.from_proto(message()).signers == (address(1),)


def test_export_import_export_is_identical() -> None:
    world = World()
    judge(world, deed(world), deed(world, who=world.consensus(1)))
    first = genesis.export(world.ctx, world.evidence)
    assert len(first["evidence"]) == 2
    again = World(validators=0)
    genesis.init(again.ctx, again.evidence, copy.deepcopy(first))
    assert genesis.export(again.ctx, again.evidence) == first
    genesis.validate(genesis.default())


def row(**more: Any) -> dict[str, Any]:
    return {
        "evidence": [
            {
                "@type": "/cosmos.evidence.v1beta1.Equivocation",
                "height": "5",
                "time": "2023-01-01T00:00:00.000000001Z",
                "power": "7",
                "consensus_address": str(ConsensusAddress(b"\1" * 20)),
            }
            | more
        ]
    }


def test_the_section_of_the_tests_is_good_and_hashes_the_protobuf() -> None:
    genesis.validate(row())
    one = Equivocation(5, 1, 7, ConsensusAddress(b"\1" * 20))
    assert len(evidence_hash(one)) == 32
    assert evidence_hash(one) != evidence_hash(Equivocation(6, 1, 7, ConsensusAddress(b"\1" * 20)))


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"evidence": row()["evidence"] * 2}, "evidence.evidence[1].height"),
        ({"params": {}}, "evidence.params"),
        (row(**{"@type": "/x.Y"}), "evidence.evidence[0].@type"),
        (row(height="0"), "evidence.evidence[0].height"),
        (row(power="0"), "evidence.evidence[0].power"),
        (row(power="-1"), "evidence.evidence[0].power"),
        (row(time="1970-01-01T00:00:00Z"), "evidence.evidence[0].time"),
        (row(time="now"), "evidence.evidence[0].time"),
        (row(consensus_address="x"), "evidence.evidence[0].consensus_address"),
        (row(more=1), "evidence.evidence[0].more"),
    ],
)
def test_a_bad_section_is_refused_with_the_path_of_the_field(data: Any, path: str) -> None:
    with pytest.raises(GenesisError) as caught:
        genesis.validate(data)
    assert caught.value.path == path
