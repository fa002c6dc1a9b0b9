"""Stake through real CometBFT: strangers join and leave the set, fall out, return; a chain goes on as another."""

import json
from hashlib import sha256
from pathlib import Path

from chain.node.home import validator_key
from chain.node.processes import Processes
from chain.node.toml import set_in_file
from chain.pb.cosmos.slashing.v1beta1.tx_pb2 import MsgUnjail
from chain.primitives.coins import BASE_DENOM, Coin
from tests.localnet.nodes import lampd
from tests.localnet.stakers import (
    LAMP,
    client_of,
    consensus_hex,
    create,
    delegate,
    found,
    join,
    powers,
    signs,
    undelegate,
    validator,
    wait_until,
)

RICH = (Coin(BASE_DENOM, 1_000_000 * LAMP),)


def test_a_fifth_validator_joins_is_voted_out_by_a_bigger_one_and_returns(tmp_path: Path) -> None:
    # Given four validators of 100,000 lamp in a set of five seats, and a fifth node that follows them.
    state = {"staking": {"params": {"max_validators": 5}}, "slashing": {"params": {"signed_blocks_window": "10000"}}}
    homes = found(tmp_path / "net", 4, state, accounts=RICH)
    processes = Processes(homes)
    fifth = join(tmp_path / "fifth", homes)
    try:
        for home in homes:
            processes.start(home)
        fifth.start().wait_height(3, seconds=90)
        with client_of(homes[0]) as client:
            rich, poor = (client.keyring.show(name).address for name in ("rich", "poor"))
            name = consensus_hex(fifth.home)

            # When its operator stakes 50,000 lamp by a transaction, then it has a seat two blocks later and signs.
            done = client.send_messages([create(poor, validator_key(fifth.home), 50_000, "fifth")], "poor")
            assert done.code == 0, done.log
            wait_until("the fifth has a seat", lambda: powers(client).get(name) == 50_000)
            told = client.rpc.call("validators", height=str(done.height + 1))["validators"]
            assert name not in {row["address"] for row in told}
            told = client.rpc.call("validators", height=str(done.height + 2))["validators"]
            assert name in {row["address"] for row in told}
            wait_until("the fifth signs", lambda: signs(client, fifth.home))
            status = json.loads(lampd("status", "--node", fifth.url, "-o", "json").stdout)
            assert status["validator_info"]["signs"] is True

            # When a bigger one comes, then the fifth is out.
            key = sha256(b"a bigger one").digest()
            bigger = sha256(key).hexdigest()[:40].upper()
            assert client.send_messages([create(rich, key, 60_000, "bigger")], "rich").code == 0
            wait_until("the bigger one has the seat", lambda: bigger in powers(client) and name not in powers(client))
            assert validator(client, poor).status == 2
            wait_until("the fifth knows", lambda: not signs(client, fifth.home))
            status = json.loads(lampd("status", "--node", fifth.url, "-o", "json").stdout)
            assert status["validator_info"]["signs"] is False

            # When others delegate to the fifth, then it returns and signs again.
            assert client.send_messages([delegate(rich, poor, 20_000)], "rich").code == 0
            wait_until("the fifth is back", lambda: powers(client).get(name) == 70_000)
            assert bigger not in powers(client)
            wait_until("the fifth signs again", lambda: signs(client, fifth.home))
            assert validator(client, poor).status == 3
    finally:
        fifth.stop()
        processes.stop_all()


def test_a_stopped_validator_is_jailed_and_slashed_and_comes_back_by_a_transaction(tmp_path: Path) -> None:
    # Given four validators, a window of ten blocks, and five seconds of jail.
    window = {"signed_blocks_window": "10", "min_signed_per_window": "0.5", "downtime_jail_duration": "5s"}
    homes = found(tmp_path / "net", 4, {"slashing": {"params": window}})
    processes = Processes(homes)
    try:
        for home in homes:
            processes.start(home)
        with client_of(homes[0]) as client, client_of(homes[3]) as late:
            operator = late.keyring.show("node3").address
            name = consensus_hex(homes[3])
            wait_until("the chain begins", lambda: client.rpc.height() >= 3, seconds=90)
            before = int(validator(client, operator).tokens)

            # When one is stopped, then it loses its seat and a hundredth of its stake, and blocks go on.
            processes.stop(homes[3])
            wait_until("it is jailed", lambda: validator(client, operator).jailed, seconds=90)
            wait_until("it is out", lambda: name not in powers(client))
            assert int(validator(client, operator).tokens) == before * 99 // 100
            reached = client.rpc.height()
            wait_until("blocks go on", lambda: client.rpc.height() >= reached + 3)

            # When it is started and its operator asks, then it has its seat again and signs.
            processes.start(homes[3])
            wait_until("it has caught up", lambda: late.rpc.height() >= client.rpc.height() - 1, seconds=90)

            def unjailed() -> bool:
                return late.send_messages([MsgUnjail(validator_addr=operator.operator)], "node3").code == 0

            wait_until("it is let out", unjailed)
            wait_until("it is back", lambda: powers(client).get(name) == 99_000)
            wait_until("it signs", lambda: signs(client, homes[3]))
    finally:
        processes.stop_all()
    assert processes.ended() == []


def test_an_export_with_an_unbonding_under_way_goes_on_as_another_chain(tmp_path: Path) -> None:
    # Given two validators, and a delegator who takes back 7 lamp that are free in 40 seconds.
    state = {"staking": {"params": {"unbonding_time": "40s"}}}
    homes = found(tmp_path / "net", 2, state, accounts=RICH)
    processes = Processes(homes)
    try:
        for home in homes:
            processes.start(home)
        with client_of(homes[0]) as client:
            rich = client.keyring.show("rich").address
            wait_until("the chain begins", lambda: client.rpc.height() >= 2, seconds=90)
            operator = client.keyring.show("node0").address
            for message in (delegate(rich, operator, 50), undelegate(rich, operator, 7)):
                done = client.send_messages([message], "rich")
                assert done.code == 0, done.log
            held = client.balance(rich)
            wait_until("it is committed", lambda: client.rpc.height() > done.height)
        processes.stop_all()

        # When the state is exported and begins a chain of another name with the same validators.
        document = json.loads(lampd("export", "--home", str(homes[0].path)).stdout)
        assert len(document["app_state"]["staking"]["unbonding_delegations"]) == 1
        assert document["validators"] == []
        document["chain_id"] = "stake-2"
        for home in homes:
            lampd("comet", "unsafe-reset-all", "--keep-addr-book", "--home", str(home.path))
            home.write_genesis(document)
            set_in_file(home.config_toml, {"consensus.timeout_commit": "300ms"})
            processes.start(home)

        # Then it makes blocks from the next height on, and pays when the time has come.
        with client_of(homes[0]) as client:
            first = int(document["initial_height"])
            wait_until("the new chain makes blocks", lambda: client.rpc.height() >= first + 3, seconds=90)
            assert set(powers(client).values()) == {100_000, 100_043}
            wait_until("the unbonding is paid", lambda: client.balance(rich) == held + 7 * LAMP, seconds=90)
            assert client.send_messages([delegate(rich, operator, 1)], "rich").code == 0
    finally:
        processes.stop_all()
