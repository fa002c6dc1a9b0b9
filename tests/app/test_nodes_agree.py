"""A node that has seen, tried, dropped and forgotten much gives the same blocks as one that only executes."""

import random

import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.cosmos.auth.v1beta1 import auth_pb2
from chain.pb.cosmos.auth.v1beta1 import tx_pb2 as auth_tx
from chain.pb.cosmos.bank.v1beta1 import tx_pb2 as bank_tx
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry_tx
from chain.pb.lamppost.device_registry.v1 import types_pb2 as registry_types
from chain.pb.lamppost.reward_emission.v1 import tx_pb2 as emission_tx
from chain.pb.tendermint.abci import types_pb2 as abci
from modules.device_registry.params import Params, params_to_proto
from tests.chain.runtime.transactions import send
from tests.modules.device_registry.world import device_message
from tests.modules.work.village import EPOCH_SECONDS, Village

NAMES = ("alice", "bob", "council", "gateway", "new0", "new1", "new2")
BLOCKS = 25


class Scribe:
    """Makes transactions of all kinds, some of them wrong, as one chain sees its state."""

    def __init__(self, village: Village, source: random.Random) -> None:
        self.village = village
        self.chain = village.chain
        self.source = source
        self.devices = 0

    def message(self, signer: str) -> ProtoMessage:
        """Return a message that a signer sends; whether it may is another question."""
        chain, source = self.chain, self.source
        me = str(chain.address(signer))
        kind = source.randrange(8)
        if kind == 0:
            params = auth_pb2.Params(
                max_memo_characters=source.choice((1, 256)),
                tx_sig_limit=source.choice((1, 7)),
                tx_size_cost_per_byte=source.choice((1, 10)),
                sig_verify_cost_ed25519=590,
                sig_verify_cost_secp256k1=source.choice((1, 1_000)),
            )
            return auth_tx.MsgUpdateParams(authority=me, params=params)
        if kind == 1:
            return bank_tx.MsgSetSendEnabled(
                authority=me, send_enabled=[{"denom": "ulamp", "enabled": source.random() < 0.8}]
            )
        if kind == 2:
            self.devices += 1
            return device_message(chain, f"device{self.devices}", signer)
        if kind == 3:
            params = params_to_proto(Params(device_bond=source.choice((1, 1_000_000))))
            return registry_tx.MsgUpdateParams(authority=me, params=params)
        if kind == 4:
            status = source.choice((registry_types.MODEL_STATUS_ACTIVE, registry_types.MODEL_STATUS_SUSPENDED))
            return registry_tx.MsgSetModelStatus(admin=me, model=1, status=status)
        if kind == 5:
            receipts = [self.village.receipt(name) for name in ("a", "b", "c", *(["a"] * source.randrange(100)))]
            return self.village.submission(*receipts)
        if kind == 6:
            ids = [str(self.village.id(name)) for name in ("a", "b")]
            return emission_tx.MsgClaim(owner=me, device_ids=ids)
        return send(chain, signer, source.choice(NAMES), str(source.choice((1, 10**6, 10**15))))

    def tx(self) -> bytes:
        """Return a transaction; one in four is wrong in some way."""
        source = self.source
        message = self.message(signer := source.choice(NAMES))
        if isinstance(message, (auth_tx.MsgUpdateParams, bank_tx.MsgSetSendEnabled, registry_tx.MsgUpdateParams)):
            message.authority, signer = str(self.chain.address("council")), "council"
        if isinstance(message, registry_tx.MsgSetModelStatus):
            message.admin, signer = str(self.chain.address("founder")), "founder"
        if isinstance(message, type(self.village.submission())):
            signer = "gateway"
        wrong = source.randrange(16)
        options = {0: {"sequence": 0}, 1: {"sign_with": "nobody"}, 2: {"number": 3}, 3: {"gas": 60_000}}.get(wrong, {})
        return self.chain.tx(message, signer=signer, memo="m" * source.choice((0, 9)), fee="7ulamp", **options)

    def block(self) -> list[bytes]:
        """Return a block's transactions: new accounts are paid and send in the same one, and some bytes are junk."""
        chain = self.chain
        txs = [self.tx() for _ in range(self.source.randrange(12))]
        name = self.source.choice(NAMES[4:])
        pay = bank_tx.MsgSend(
            from_address=str(chain.address("alice")),
            to_address=str(chain.address(name)),
            amount=[Coin(denom="ulamp", amount="5000000")],
        )
        txs += [chain.tx(pay), chain.tx(send(chain, name, "bob", "5"), signer=name, fee="1ulamp"), b"junk"]
        return txs


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_a_node_did_beside_the_blocks_changes_no_block(seed: int) -> None:
    source = random.Random(seed)
    with Village() as busy, Village() as plain:
        scribe = Scribe(busy, source)
        codes = []
        for number in range(BLOCKS):
            txs = scribe.block()
            seconds = EPOCH_SECONDS if number % 5 == 4 else 1
            _meddle(busy, txs, source)
            request = busy.chain.block(*txs, seconds=seconds)
            expected = plain.chain.app.finalize_block(request)
            got = busy.chain.app.finalize_block(request)
            assert got == expected
            if source.random() < 0.2:
                busy.chain.reopen()
                assert busy.chain.app.finalize_block(request) == expected
            for village in (busy, plain):
                village.chain.app.commit(abci.RequestCommit())
                village.chain.time = request.time.ToNanoseconds()
                village.chain._sequences.clear()
            codes += [(result.codespace, result.code) for result in got.tx_results]
        assert busy.chain.export() == plain.chain.export()
        assert len(set(codes)) > 5 and codes.count(("", 0)) > 40


def _meddle(village: Village, txs: list[bytes], source: random.Random) -> None:
    """Check, check again, propose, simulate and execute, in an order and a choice that no other node has."""
    app = village.chain.app
    for _ in range(3):
        some = source.sample(txs, source.randrange(len(txs)))
        step = source.randrange(5)
        if step == 0:
            for tx in some:
                village.chain.check(tx)
        elif step == 1:
            for tx in some:
                village.chain.check(tx, recheck=True)
        elif step == 2:
            app.process_proposal(abci.RequestProcessProposal(txs=some))
            app.prepare_proposal(abci.RequestPrepareProposal(txs=some, max_tx_bytes=10_000))
        elif step == 3:
            for tx in some:
                app.query(abci.RequestQuery(path="/app/simulate", data=tx))
        else:
            app.finalize_block(village.chain.block(*some, seconds=source.choice((1, 2 * EPOCH_SECONDS))))
