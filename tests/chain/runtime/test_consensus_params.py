"""Consensus parameters of genesis are the same state, whichever CometBFT sends them."""

from pathlib import Path

import pytest

from chain.app import build_app, default_genesis, open_store
from chain.node.genesis import Validator, make_genesis
from chain.pb.tendermint.abci import types_pb2 as abci
from tests.localnet.replay import init_request


def first_app_hash(folder: Path, request: abci.RequestInitChain) -> bytes:
    with open_store(folder) as store:
        app = build_app(store)
        app.init_chain(request)
        block = abci.RequestFinalizeBlock(height=1)
        block.time.CopyFrom(request.time)
        return app.finalize_block(block).app_hash


@pytest.mark.parametrize(("authority", "same"), [("", True), ("lamp1somebody", False)])
def test_an_empty_authority_as_sent_from_0_39_on_leaves_the_app_hash_of_0_38(
    tmp_path: Path, authority: str, same: bool
) -> None:
    genesis = make_genesis("params-1", [Validator(b"\1" * 32, "one")], default_genesis())
    without, with_field = init_request(genesis), init_request(genesis)
    with_field.consensus_params.authority.authority = authority
    with_field.consensus_params.authority.SetInParent()
    assert without != with_field

    hashes = first_app_hash(tmp_path / "a", without), first_app_hash(tmp_path / "b", with_field)

    assert (hashes[0] == hashes[1]) is same
