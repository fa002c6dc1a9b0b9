"""A validator whose key runs twice is caught by evidence, through real CometBFT."""

import shutil
from pathlib import Path

import pytest

from chain.client.errors import TxFailed
from chain.node.processes import Processes
from chain.pb.cosmos.slashing.v1beta1 import query_pb2 as slashing_pb
from chain.pb.cosmos.slashing.v1beta1.tx_pb2 import MsgUnjail
from chain.pb.cosmos.staking.v1beta1 import query_pb2, staking_pb2
from chain.pb.lamppost.reward_emission.v1 import query_pb2 as emission_pb
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address, ConsensusAddress
from tests.localnet.stakers import (
    LAMP,
    client_of,
    consensus_hex,
    delegate,
    found,
    join,
    powers,
    undelegate,
    validator,
    wait_until,
)

RICH = (Coin(BASE_DENOM, 1_000_000 * LAMP),)


def test_a_key_that_runs_twice_is_slashed_and_tombstoned_with_those_who_left_since(tmp_path: Path) -> None:
    # Given four validators, and a delegator of the fourth who takes back a little in every block.
    state = {
        "staking": {"params": {"max_entries": 100}},
        "slashing": {"params": {"signed_blocks_window": "10000"}},
    }
    homes = found(tmp_path / "net", 4, state, accounts=RICH)
    processes = Processes(homes)
    twin = join(tmp_path / "twin", homes)
    shutil.copy(homes[3].validator_key, twin.home.validator_key)
    try:
        for home in homes:
            processes.start(home)
        with client_of(homes[0]) as client, client_of(homes[3]) as owner:
            rich = client.keyring.show("rich").address
            operator = owner.keyring.show("node3").address
            name = consensus_hex(homes[3])
            wait_until("the chain begins", lambda: client.rpc.height() >= 2, seconds=90)
            assert client.send_messages([delegate(rich, operator, 10_000)], "rich").code == 0

            # When a second node with the fourth's key and no memory of what it signed takes part.
            twin.start()

            def caught() -> bool:
                done = client.send_messages([undelegate(rich, operator, 10)], "rich", gas=1_000_000)
                return done.code != 0 or validator(client, operator).jailed

            wait_until("evidence is in a block", caught, seconds=150)

            # Then it has lost its seat for good and a twentieth of its stake, as has what left since the deed.
            address = ConsensusAddress(bytes.fromhex(name))
            info = client.query(
                "/cosmos.slashing.v1beta1.Query/SigningInfo",
                slashing_pb.QuerySigningInfoRequest(cons_address=str(address)),
                slashing_pb.QuerySigningInfoResponse,
            ).val_signing_info
            assert info.tombstoned
            wait_until("it has no seat", lambda: name not in powers(client))
            entries = unbonding(client, rich, operator)
            reached = [entry for entry in entries if entry.balance != entry.initial_balance]
            assert reached and all(int(one.balance) * 20 == int(one.initial_balance) * 19 for one in reached)
            burned = int(
                client.query(
                    "/lamppost.reward_emission.v1.Query/Reserve",
                    emission_pb.QueryReserveRequest(),
                    emission_pb.QueryReserveResponse,
                ).reserve.burned
            )
            held = int(validator(client, operator).tokens) + sum(int(entry.balance) for entry in entries)
            assert held + burned == 110_000 * LAMP
            assert 109_000 * LAMP // 20 < burned <= 110_000 * LAMP // 20
            with pytest.raises(TxFailed, match="still jailed"):
                owner.send_messages([MsgUnjail(validator_addr=operator.operator)], "node3", gas=1_000_000)
            height = client.rpc.height()
            wait_until("blocks go on", lambda: client.rpc.height() >= height + 3)
    finally:
        twin.stop()
        processes.stop_all()


def unbonding(client, delegator: Address, operator: Address) -> list[staking_pb2.UnbondingDelegationEntry]:
    request = query_pb2.QueryUnbondingDelegationRequest(delegator_addr=str(delegator), validator_addr=operator.operator)
    path = "/cosmos.staking.v1beta1.Query/UnbondingDelegation"
    return list(client.query(path, request, query_pb2.QueryUnbondingDelegationResponse).unbond.entries)
