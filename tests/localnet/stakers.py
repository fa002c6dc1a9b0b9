"""Networks whose parameters of stake are those of a test, and what a test asks of them."""

import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from chain.client.client import Client
from chain.client.errors import ClientError
from chain.client.keyring import Keyring
from chain.node.home import Home, validator_key
from chain.node.testnet import Testnet, init_files
from chain.node.toml import set_in_file
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin as CoinPb
from chain.pb.cosmos.staking.v1beta1 import query_pb2, staking_pb2, tx_pb2
from chain.primitives.coins import BASE_DENOM, Coin, Coins
from chain.primitives.ids import Address
from modules.staking.commands import create_validator_message
from tests.localnet.nodes import Node
from tests.localnet.testnets import rpc_url

LAMP = 10**6
RATES = {"rate": "0.1", "max_rate": "0.2", "max_change_rate": "0.01"}


def found(
    folder: Path, validators: int, app_state: Mapping[str, Any], chain_id: str = "stake-1", accounts: Coins = ()
) -> list[Home]:
    """Make the homes of a network; the keys `rich` and `poor` are in the first one's keyring, and are rich."""
    keys = Keyring(folder / "node0" / "lampd")
    rich = [(keys.create(name)[0].address, accounts) for name in ("rich", "poor")] if accounts else []
    return init_files(
        Testnet(
            output_dir=folder,
            validators=validators,
            chain_id=chain_id,
            single_host=True,
            timeout_commit="300ms",
            app_state=app_state,
            accounts=rich,
        )
    )


def join(path: Path, homes: list[Home]) -> Node:
    """Make the home of one more node of a network; it is not started."""
    node = Node(path).init(chain_id=homes[0].chain_id())
    node.home.write_genesis(homes[0].read_genesis())
    peers = [entry for home in homes[1:2] for entry in home.comet_config()["p2p.persistent_peers"].split(",")]
    more = homes[0].comet_config()["p2p.persistent_peers"].split(",")
    settings = {
        "p2p.persistent_peers": ",".join(dict.fromkeys([*more, *peers])),
        "p2p.addr_book_strict": False,
        "p2p.allow_duplicate_ip": True,
        "consensus.timeout_commit": "300ms",
    }
    set_in_file(node.home.config_toml, settings)
    return node


def wait_until(what: str, true: Callable[[], object], seconds: float = 60) -> Any:
    """Wait until something is true and return it; a node that does not answer is asked again."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            seen = true()
        except ClientError as error:
            seen, last = None, error
        else:
            last = None
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"never saw that {what}") from last
        time.sleep(0.2)


def client_of(home: Home) -> Client:
    return Client(rpc_url(home), home.path)


def consensus_hex(home: Home) -> str:
    """Return a home's validator as CometBFT names it."""
    return sha256(validator_key(home)).hexdigest()[:40].upper()


def powers(client: Client) -> dict[str, int]:
    """Return the newest validator set."""
    return {row["address"]: int(row["voting_power"]) for row in client.rpc.call("validators")["validators"]}


def signs(client: Client, home: Home, blocks: int = 3) -> bool:
    """Tell whether a validator signed one of the last blocks."""
    height, wanted = client.rpc.height(), consensus_hex(home)
    commits = [client.rpc.call("commit", height=str(height - back)) for back in range(1, blocks + 1)]
    return any(
        wanted == vote["validator_address"] for one in commits for vote in one["signed_header"]["commit"]["signatures"]
    )


def validator(client: Client, operator: Address) -> staking_pb2.Validator:
    request = query_pb2.QueryValidatorRequest(validator_addr=operator.operator)
    path = "/cosmos.staking.v1beta1.Query/Validator"
    return client.query(path, request, query_pb2.QueryValidatorResponse).validator


def create(operator: Address, key: bytes, lamp: int, name: str) -> Message:
    amount = Coin(BASE_DENOM, lamp * LAMP)
    return create_validator_message(str(operator), key, amount, {"moniker": name}, RATES, 1)


def delegate(delegator: Address, operator: Address, lamp: int) -> Message:
    return tx_pb2.MsgDelegate(
        delegator_address=str(delegator), validator_address=operator.operator, amount=_amount(lamp)
    )


def undelegate(delegator: Address, operator: Address, lamp: int) -> Message:
    return tx_pb2.MsgUndelegate(
        delegator_address=str(delegator), validator_address=operator.operator, amount=_amount(lamp)
    )


def _amount(lamp: int) -> CoinPb:
    return CoinPb(denom=BASE_DENOM, amount=str(lamp * LAMP))
