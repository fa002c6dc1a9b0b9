"""Genesis: checked with paths, written, exported, and begun again."""

import copy
import json
from typing import Any

import pytest

from chain.app import default_genesis, validate_genesis
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.runtime.application import ProtocolError
from chain.runtime.genesis import export_genesis
from chain.sdk.module import GenesisError
from chain.testing import TestChain
from tests.chain.runtime.transactions import ACCOUNTS, bank_chain, send


def request(chain: TestChain, app_state: bytes) -> abci.RequestInitChain:
    made = abci.RequestInitChain(chain_id="other-1", initial_height=1, app_state_bytes=app_state)
    made.time.FromNanoseconds(5)
    made.validators.add(power=1).pub_key.ed25519 = b"k" * 32
    return made


def test_the_default_is_valid_and_begins_a_chain() -> None:
    validate_genesis(default_genesis())
    validate_genesis({})
    with TestChain(start=False) as chain:
        chain.app.init_chain(request(chain, b""))
        chain.deliver()


@pytest.mark.parametrize(
    ("app_state", "path"),
    [
        ({"nothing": {}}, "nothing"),
        ({"bank": []}, "bank"),
        ({"runtime": {"authority": "x"}}, "runtime.authority"),
        ({"runtime": {"authority": 5}}, "runtime.authority"),
        ({"runtime": {"autority": ""}}, "runtime.autority"),
        ({"bank": {**default_genesis()["bank"], "balances": [{"address": "x"}]}}, "bank.balances[0].address"),
        ({"auth": {"params": {"tx_sig_limit": "-1"}}}, "auth.params.tx_sig_limit"),
    ],
)
def test_a_mistake_is_named_by_its_path(app_state: dict[str, Any], path: str) -> None:
    with pytest.raises(GenesisError) as caught:
        validate_genesis(app_state)
    assert caught.value.path == path
    with TestChain(start=False) as chain, pytest.raises(GenesisError):
        chain.app.init_chain(request(chain, json.dumps(app_state).encode()))


@pytest.mark.parametrize("text", [b"[]", b"{", b"1", b'"x"', b'{"bank": 1.5}', b'{"bank": NaN}', b"\xff", b"[" * 9999])
def test_what_is_no_genesis_json_is_refused(text: bytes) -> None:
    with TestChain(start=False) as chain, pytest.raises(GenesisError):
        chain.app.init_chain(request(chain, text))


@pytest.mark.parametrize(
    "change",
    [
        lambda r: setattr(r.validators[0], "power", 0),
        lambda r: setattr(r.validators[0], "power", -1),
        lambda r: r.validators[0].ClearField("pub_key"),
        lambda r: setattr(r.validators[0].pub_key, "bls12381", b"x"),
    ],
)
def test_a_bad_validator_is_refused(change: Any) -> None:
    with TestChain(start=False) as chain:
        made = request(chain, b"{}")
        change(made)
        with pytest.raises(GenesisError, match="validators"):
            chain.app.init_chain(made)


def test_a_refused_genesis_leaves_nothing_behind() -> None:
    with TestChain(accounts=ACCOUNTS) as chain:
        with pytest.raises(GenesisError):
            chain.app.init_chain(request(chain, b"[]"))
        with pytest.raises(ProtocolError, match="before InitChain"):
            chain.app.finalize_block(chain.block())
        chain.init_chain()
        chain.deliver()


def test_genesis_may_come_again_until_the_first_commit() -> None:
    with bank_chain() as chain, bank_chain() as other:
        chain.check(chain.tx(send(chain)))
        chain.app.finalize_block(chain.block(chain.tx(send(chain))))
        chain._sequences.clear()
        first = chain.init_chain()
        assert chain.init_chain() == first
        assert chain.check(chain.tx(send(chain))).code == 0
        assert chain.deliver().app_hash == other.deliver().app_hash
        with pytest.raises(ProtocolError, match="InitChain on a chain of height 1"):
            chain.init_chain()


def test_genesis_is_on_disk_with_the_first_block_and_not_before() -> None:
    with bank_chain() as chain:
        assert chain.store.height == 0 and list(chain.store.iterate("bank", b"", None)) == []
        chain.app.finalize_block(chain.block())
        assert chain.store.height == 0 and list(chain.store.iterate("bank", b"", None)) == []
        chain.deliver()
        assert list(chain.store.iterate("bank", b"", None))


def test_a_chain_may_begin_above_height_one() -> None:
    with bank_chain(initial_height=1_000) as chain:
        with pytest.raises(ProtocolError, match="FinalizeBlock of height 1, the next height is 1000"):
            request = chain.block()
            request.height = 1
            chain.app.finalize_block(request)
        chain.ok(send(chain))
        assert chain.height == 1_000
        chain.restart()
        chain.ok(send(chain))
        assert chain.app.info(abci.RequestInfo()).last_block_height == 1_001


def test_what_is_exported_begins_the_same_chain_again() -> None:
    with bank_chain(authority="carol") as chain:
        for amount in ("1", "20", "300"):
            chain.ok(send(chain, amount=amount), fee="7ulamp")
        chain.run(send(chain, "carol", "newcomer"), signer="carol")
        chain.advance(1_000)
        exported = chain.export()
    validate_genesis(exported)
    with TestChain(start=False) as again:
        before = copy.deepcopy(exported)
        again.app_state = exported
        again.init_chain()
        assert exported == before
        assert export_genesis(again.app.modules, again.ctx()) == exported
        assert again.ctx().authority == again.address("carol")
        again.deliver()


def test_validators_of_genesis_stand() -> None:
    with TestChain(start=False) as chain:
        assert list(chain.init_chain().validators) == []
