"""What a chain in a box needs of consensus: validators of genesis, and CometBFT's view of the validator set."""

import base64
from collections.abc import Container, Iterable, Mapping
from hashlib import sha256

from chain.pb.tendermint.abci.types_pb2 import CommitInfo, ValidatorUpdate
from chain.pb.tendermint.types.validator_pb2 import BlockIDFlag
from chain.primitives.ids import Address
from chain.sdk.module import Json

MAX_TOTAL_POWER = (2**63 - 1) // 8
"""Most voting power that CometBFT takes."""


def consensus_key(name: str) -> bytes:
    """Return the consensus key that belongs to a name; nobody can sign with it."""
    return sha256(b"lamppost test validator " + name.encode()).digest()


def validators_of_genesis(section: Json, stakes: Iterable[tuple[str, Address, int]]) -> Json:
    """Return a staking section with validators (name, operator, ulamp), each delegating to itself alone."""
    rows = sorted(stakes, key=lambda row: row[1])
    return section | {
        "validators": [_validator(name, operator, tokens) for name, operator, tokens in rows],
        "delegations": [
            {"delegator_address": str(operator), "validator_address": operator.operator, "shares": f"{tokens}.0"}
            for _, operator, tokens in rows
        ],
    }


def _validator(name: str, operator: Address, tokens: int) -> Json:
    rates = {"rate": "0.1", "max_rate": "0.5", "max_change_rate": "0.05"}
    return {
        "operator_address": operator.operator,
        "consensus_pubkey": {
            "@type": "/cosmos.crypto.ed25519.PubKey",
            "key": base64.b64encode(consensus_key(name)).decode(),
        },
        "status": "BOND_STATUS_UNBONDED",
        "tokens": str(tokens),
        "delegator_shares": f"{tokens}.0",
        "description": {"moniker": name},
        "commission": {"commission_rates": rates, "update_time": "1970-01-01T00:00:00Z"},
        "min_self_delegation": "1",
    }


class CometSet:
    """The validator set as CometBFT keeps it: an update of block h holds from block h+2.

    Refuses what CometBFT would end itself over.
    """

    def __init__(self, initial_height: int, validators: Iterable[ValidatorUpdate]) -> None:
        first = {update.pub_key.ed25519: update.power for update in validators}
        self._initial = initial_height
        self._since: list[tuple[int, Mapping[bytes, int]]] = [(0, first)]

    def at(self, height: int) -> Mapping[bytes, int]:
        """Return the powers by key that hold at a height; what is not told yet is as it was."""
        return next(powers for since, powers in reversed(self._since) if since <= height)

    def apply(self, height: int, updates: Iterable[ValidatorUpdate]) -> None:
        """Take the updates of a block. Raises: AssertionError where CometBFT would panic."""
        after = dict(self.at(height + 1))
        seen: dict[bytes, bool] = {}
        for update in updates:
            key = update.pub_key.ed25519
            if len(key) != 32 or update.power < 0 or key in seen:
                raise AssertionError(f"CometBFT refuses the update {update}")
            seen[key] = True
            if update.power:
                after[key] = update.power
            elif after.pop(key, None) is None:
                raise AssertionError("CometBFT fails to find a validator to remove")
        if (seen and not after) or sum(after.values()) > MAX_TOTAL_POWER:
            raise AssertionError("CometBFT cannot go on with this validator set")
        if seen:
            self._since.append((height + 2, after))

    def commit_of(self, height: int, absent: Container[bytes]) -> CommitInfo:
        """Return the last commit that comes with a block: those of the height before, without the absent keys."""
        info = CommitInfo()
        if height <= self._initial:
            return info
        for key, power in sorted(self.at(height - 1).items()):
            vote = info.votes.add()
            vote.validator.address, vote.validator.power = sha256(key).digest()[:20], power
            here = key not in absent
            vote.block_id_flag = BlockIDFlag.BLOCK_ID_FLAG_COMMIT if here else BlockIDFlag.BLOCK_ID_FLAG_ABSENT
        return info
