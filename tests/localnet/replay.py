"""The undisturbed node: the blocks of a chain executed once, in order, by a fresh application in this process."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from chain.app import build_app, open_store
from chain.client.rpc import RpcClient
from chain.pb.tendermint.abci import types_pb2 as abci


def init_request(genesis: Mapping[str, Any]) -> abci.RequestInitChain:
    """Return the InitChain that a node makes of a genesis document."""
    request = abci.RequestInitChain(
        chain_id=genesis["chain_id"],
        initial_height=int(genesis["initial_height"]),
        app_state_bytes=json.dumps(genesis["app_state"]).encode(),
    )
    request.time.FromJsonString(genesis["genesis_time"])
    params = genesis["consensus_params"]
    request.consensus_params.block.max_bytes = int(params["block"]["max_bytes"])
    request.consensus_params.block.max_gas = int(params["block"]["max_gas"])
    request.consensus_params.evidence.max_age_num_blocks = int(params["evidence"]["max_age_num_blocks"])
    request.consensus_params.evidence.max_age_duration.FromNanoseconds(int(params["evidence"]["max_age_duration"]))
    request.consensus_params.evidence.max_bytes = int(params["evidence"]["max_bytes"])
    request.consensus_params.validator.pub_key_types.extend(params["validator"]["pub_key_types"])
    request.consensus_params.version.app = int(params["version"]["app"])
    request.consensus_params.abci.SetInParent()
    for validator in sorted(genesis["validators"], key=lambda entry: (-int(entry["power"]), entry["address"])):
        update = request.validators.add(power=int(validator["power"]))
        update.pub_key.ed25519 = base64.b64decode(validator["pub_key"]["value"])
    return request


def block_request(answer: Mapping[str, Any], powers: Mapping[str, int]) -> abci.RequestFinalizeBlock:
    """Return the FinalizeBlock that a node makes of a block, as its RPC tells it."""
    block = answer["block"]
    header = block["header"]
    request = abci.RequestFinalizeBlock(
        txs=[base64.b64decode(text) for text in block["data"]["txs"]],
        hash=bytes.fromhex(answer["block_id"]["hash"]),
        height=int(header["height"]),
        next_validators_hash=bytes.fromhex(header["next_validators_hash"]),
        proposer_address=bytes.fromhex(header["proposer_address"]),
    )
    request.time.FromJsonString(header["time"])
    request.decided_last_commit.round = int(block["last_commit"]["round"])
    # An absent vote has no address of its own: votes are in the order of the validator set.
    order = sorted(powers, key=lambda address: (-powers[address], address))
    for address, signature in zip(order, block["last_commit"]["signatures"], strict=False):
        vote = request.decided_last_commit.votes.add(block_id_flag=signature["block_id_flag"])
        vote.validator.address, vote.validator.power = bytes.fromhex(address), powers[address]
    return request


def results_hash(results: Sequence[abci.ExecTxResult]) -> str:
    """Return the hash of results as the next header has it (RFC 6962, of the four fields that consensus is about)."""
    leaves = [
        abci.ExecTxResult(
            code=one.code, data=one.data, gas_wanted=one.gas_wanted, gas_used=one.gas_used
        ).SerializeToString(deterministic=True)
        for one in results
    ]
    return _merkle(leaves).hex().upper()


def _merkle(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + _merkle(leaves[:split]) + _merkle(leaves[split:])).digest()


def replay(
    genesis: Mapping[str, Any], rpc: RpcClient, newest: int, folder: Path
) -> Iterator[tuple[int, str, str, abci.ResponseFinalizeBlock]]:
    """Execute the blocks up to a height; yield each height with app hash and results' hash, and the whole response."""
    with open_store(folder) as store:
        app = build_app(store)
        request = init_request(genesis)
        elected = app.init_chain(request).validators or request.validators
        powers = {sha256(one.pub_key.ed25519).hexdigest()[:40].upper(): one.power for one in elected}
        for height in range(int(genesis["initial_height"]), newest + 1):
            response = app.finalize_block(block_request(rpc.block(height), powers))
            app.commit(abci.RequestCommit())
            yield height, response.app_hash.hex().upper(), results_hash(response.tx_results), response


def differences(genesis: Mapping[str, Any], rpc: RpcClient, newest: int, folder: Path) -> tuple[list[str], int]:
    """Return where a chain's headers differ from an undisturbed execution, and how many sends succeeded in it."""
    found, sends = [], 0
    for height, app_hash, results, response in replay(genesis, rpc, newest - 1, folder):
        header = rpc.block(height + 1)["block"]["header"]
        if header["app_hash"] != app_hash:
            found.append(f"height {height}: app hash {header['app_hash']}, undisturbed {app_hash}")
        if header["last_results_hash"] != results:
            found.append(f"height {height}: results {header['last_results_hash']}, undisturbed {results}")
        sends += sum(1 for result in response.tx_results if result.code == 0)
    return found, sends
