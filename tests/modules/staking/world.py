"""Messages of stake in one line each, and chains with validators."""

from typing import Any

from google.protobuf.any_pb2 import Any as Packed

from chain.pb.cosmos.crypto.ed25519.keys_pb2 import PubKey
from chain.pb.cosmos.staking.v1beta1 import query_pb2, staking_pb2, tx_pb2
from chain.primitives.decimals import parse_decimal
from chain.primitives.ids import ConsensusAddress
from chain.sdk.module import Genesis, Module
from chain.sdk.schema import Schema
from chain.testing import TestChain
from chain.testing_votes import consensus_key
from modules.staking.keeper import StakingKeeper
from modules.staking.validator import Validator, consensus_address

LAMP = 10**6
RICH = {"alice": f"{10**12}ulamp", "bob": f"{10**12}ulamp", "carol": f"{10**12}ulamp"}
DAY = 24 * 3600
UNBONDING = 21 * DAY
"""Seconds of the default unbonding time."""
Q = "/cosmos.staking.v1beta1.Query/"


def make_chain(validators: dict[str, int] | None = None, **options: Any) -> TestChain:
    """Return a chain on which three rich accounts may delegate to validators (stakes in lamp)."""
    stakes = {"v1": 100, "v2": 50, "v3": 20} if validators is None else validators
    options.setdefault("accounts", RICH | dict.fromkeys(stakes, f"{10**12}ulamp"))
    return TestChain(validators={name: lamp * LAMP for name, lamp in stakes.items()}, **options)


def operator(chain: TestChain, name: str) -> str:
    return chain.address(name).operator


def packed_key(key: bytes, url: str = "/cosmos.crypto.ed25519.PubKey") -> Packed:
    return Packed(type_url=url, value=PubKey(key=key).SerializeToString())


def create(chain: TestChain, name: str, amount: int, **changes: Any) -> tx_pb2.MsgCreateValidator:
    """Return a good message of a new validator, with some fields replaced."""
    message = tx_pb2.MsgCreateValidator(
        description=staking_pb2.Description(moniker=name),
        commission=rates("0.1", "0.2", "0.05"),
        min_self_delegation="1",
        validator_address=operator(chain, name),
        pubkey=packed_key(consensus_key(name)),
        value={"denom": "ulamp", "amount": str(amount)},
    )
    for field, value in changes.items():
        message.ClearField(field)
        if value is None:
            continue
        if isinstance(value, str):
            setattr(message, field, value)
        else:
            getattr(message, field).CopyFrom(value)
    return message


def rates(rate: str, most: str, change: str) -> staking_pb2.CommissionRates:
    return staking_pb2.CommissionRates(rate=scaled(rate), max_rate=scaled(most), max_change_rate=scaled(change))


def scaled(text: str) -> str:
    return "-" + str(parse_decimal(text[1:])) if text.startswith("-") else str(parse_decimal(text))


def delegate(chain: TestChain, who: str, name: str, amount: int, denom: str = "ulamp") -> tx_pb2.MsgDelegate:
    return tx_pb2.MsgDelegate(
        delegator_address=str(chain.address(who)),
        validator_address=operator(chain, name),
        amount={"denom": denom, "amount": str(amount)},
    )


def undelegate(chain: TestChain, who: str, name: str, amount: int, denom: str = "ulamp") -> tx_pb2.MsgUndelegate:
    return tx_pb2.MsgUndelegate(
        delegator_address=str(chain.address(who)),
        validator_address=operator(chain, name),
        amount={"denom": denom, "amount": str(amount)},
    )


def redelegate(
    chain: TestChain, who: str, source: str, target: str, amount: int, denom: str = "ulamp"
) -> tx_pb2.MsgBeginRedelegate:
    return tx_pb2.MsgBeginRedelegate(
        delegator_address=str(chain.address(who)),
        validator_src_address=operator(chain, source),
        validator_dst_address=operator(chain, target),
        amount={"denom": denom, "amount": str(amount)},
    )


def cancel(
    chain: TestChain, who: str, name: str, amount: int, height: int, denom: str = "ulamp"
) -> tx_pb2.MsgCancelUnbondingDelegation:
    return tx_pb2.MsgCancelUnbondingDelegation(
        delegator_address=str(chain.address(who)),
        validator_address=operator(chain, name),
        amount={"denom": denom, "amount": str(amount)},
        creation_height=height,
    )


def keeper(chain: TestChain) -> StakingKeeper:
    return next(module.keeper for module in chain.wiring.modules if module.name == "staking")


def validator(chain: TestChain, name: str) -> Validator:
    found = keeper(chain).validator(chain.ctx(), chain.address(name))
    assert found is not None
    return found


def address_of(name: str) -> ConsensusAddress:
    return consensus_address(consensus_key(name))


def told(chain: TestChain) -> dict[str, int]:
    """Return the newest set that CometBFT was told of, by name."""
    names = {consensus_key(f"v{index}"): f"v{index}" for index in range(1, 30)}
    return {names[key]: power for key, power in chain.comet.at(chain.height + 2).items()}


def balance(chain: TestChain, name: str) -> int:
    bank = next(module.keeper for module in chain.wiring.modules if module.name == "bank")
    return int(bank.balance(chain.ctx(), chain.address(name), "ulamp"))


def pool(chain: TestChain) -> tuple[int, int]:
    """Return the bonded and the other tokens."""
    found = chain.query(Q + "Pool", query_pb2.QueryPoolRequest(), query_pb2.QueryPoolResponse).pool
    return int(found.bonded_tokens), int(found.not_bonded_tokens)


class Hand:
    """A module for tests whose hook runs what a test asks of the keeper, in the next block."""

    def __init__(self) -> None:
        self.jobs: list[Any] = []

    def run(self, ctx: Any, _: Any) -> None:
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            job(ctx)

    def module(self) -> Module:
        """Return the module; its hook comes last in the order of the block's beginning."""
        genesis = Genesis(dict, lambda section: None, lambda ctx, keeper, section: None, lambda ctx, keeper: {})
        return Module(name="hand", keeper=None, schema=Schema("hand"), genesis=genesis, begin_block=self.run)
