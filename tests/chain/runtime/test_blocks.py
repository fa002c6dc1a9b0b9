"""Blocks: order, all or nothing, bugs, results and events."""

import base64
import re
from collections.abc import Iterator, Sequence

import pytest

from chain.crypto.batch import Item
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSendResponse
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import TxRaw
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.pb.tendermint.types.validator_pb2 import BlockIDFlag
from chain.primitives.errors import SdkCode, SdkError
from chain.runtime import signatures
from chain.runtime.application import ProtocolError
from chain.sdk.context import Vote
from chain.store.errors import StoreBrokenError
from chain.testing import GENESIS_TIME, TestChain
from tests.chain.runtime.modules import COUNTS, Plan, module, trouble
from tests.chain.runtime.transactions import ACCOUNTS, bank_chain, send


@pytest.fixture
def plan() -> Plan:
    return Plan()


@pytest.fixture
def chain(plan: Plan) -> Iterator[TestChain]:
    with TestChain(accounts=ACCOUNTS, modules=[module(plan)]) as made:
        yield made


def test_messages_are_all_done_or_none(chain: TestChain, plan: Plan) -> None:
    alice = chain.address("alice")
    chain.ok(trouble(alice), send(chain), trouble(alice))
    assert COUNTS.get(chain.ctx(), "n") == 2
    result = chain.run(trouble(alice), send(chain, amount="99999999"), fee="3ulamp")
    assert result.code == 5
    assert COUNTS.get(chain.ctx(), "n") == 2


@pytest.mark.parametrize("bug", [ValueError("x"), KeyError("x"), ZeroDivisionError(), AssertionError(), TypeError()])
def test_a_bug_in_a_message_is_a_fixed_code_and_leaves_no_writes(
    chain: TestChain, plan: Plan, bug: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    plan.message = bug
    result = chain.run(trouble(chain.address("alice")), fee="3ulamp")
    assert (result.codespace, result.code) == ("undefined", 1)
    assert result.log == "failed to execute message; message index: 0: internal error"
    assert COUNTS.get(chain.ctx(), "n") is None
    assert chain.sequence("alice") == 1
    assert "bug in /cosmos.base.v1beta1.Coin" in caplog.text and "Traceback" in caplog.text


def test_a_bug_in_a_stateless_check_is_a_fixed_code(chain: TestChain, plan: Plan) -> None:
    tx = chain.tx(trouble(chain.address("alice")))
    plan.parse = IndexError("x")
    for answer in (chain.check(tx), chain.deliver(tx, process=False).tx_results[0]):
        assert (answer.codespace, answer.code, answer.log) == ("undefined", 1, "internal error")


def test_a_write_that_no_store_takes_is_a_bug_and_not_a_broken_disk(chain: TestChain) -> None:
    result = chain.run(trouble(chain.address("alice"), "x" * 33))
    assert (result.codespace, result.code) == ("undefined", 1)


@pytest.mark.parametrize("fault", [MemoryError(), RecursionError(), OSError("disk"), StoreBrokenError("full")])
def test_an_unwell_machine_stops_the_node_and_the_block_leaves_nothing(
    chain: TestChain, plan: Plan, fault: Exception
) -> None:
    chain.deliver()
    request = chain.block(chain.tx(trouble(chain.address("alice"))))
    before = chain.app.info(abci.RequestInfo())
    plan.message = fault
    with pytest.raises(type(fault)):
        chain.app.finalize_block(request)
    with pytest.raises(ProtocolError, match="Commit without FinalizeBlock"):
        chain.app.commit(abci.RequestCommit())
    assert chain.app.info(abci.RequestInfo()) == before
    plan.message = None
    assert chain.app.finalize_block(request).tx_results[0].code == 0


@pytest.mark.parametrize("where", ["begin", "end"])
def test_a_bug_in_a_block_hook_stops_the_chain(chain: TestChain, plan: Plan, where: str) -> None:
    setattr(plan, where, ValueError("bug"))
    with pytest.raises(ValueError, match="bug"):
        chain.deliver()
    assert chain.height == 0


def test_hooks_run_around_the_transactions_and_tell_their_events(chain: TestChain) -> None:
    result = chain.deliver(chain.tx(trouble(chain.address("alice"))))
    shown = [
        (event.type, [(item.key, item.value) for item in event.attributes])
        for event in result.events
        if event.type in ("begun", "ended")
    ]
    assert shown == [
        ("begun", [("height", "1"), ("mode", "BeginBlock")]),
        ("ended", [("time", str(GENESIS_TIME)), ("mode", "EndBlock")]),
    ]
    assert COUNTS.get(chain.ctx(), "begun") == 1


def test_hooks_know_the_block(chain: TestChain, plan: Plan) -> None:
    request = chain.block()
    request.proposer_address = b"p" * 20
    for flag in (BlockIDFlag.BLOCK_ID_FLAG_COMMIT, BlockIDFlag.BLOCK_ID_FLAG_ABSENT, BlockIDFlag.BLOCK_ID_FLAG_NIL):
        vote = request.decided_last_commit.votes.add(block_id_flag=flag)
        vote.validator.address, vote.validator.power = b"v" * 20, 7
    chain.app.finalize_block(request)
    block = plan.blocks[-1]
    assert (block.height, block.time, block.proposer, block.hash) == (1, GENESIS_TIME, b"p" * 20, request.hash)
    assert block.last_commit == tuple(Vote(b"v" * 20, 7, signed) for signed in (True, False, True))


def test_the_result_holds_the_responses_of_all_messages(chain: TestChain) -> None:
    alice = chain.address("alice")
    result = chain.run(send(chain), trouble(alice, "first"))
    data = TxMsgData.FromString(result.data)
    assert data.SerializeToString(deterministic=True) == result.data
    assert [packed.type_url for packed in data.msg_responses] == [
        "/cosmos.bank.v1beta1.MsgSendResponse",
        "/cosmos.base.v1beta1.Coin",
    ]
    made = Coin()
    assert data.msg_responses[0].Unpack(MsgSendResponse())
    assert data.msg_responses[1].Unpack(made) and made == Coin(denom="done", amount="first")


def test_the_events_of_a_send_are_those_of_the_cosmos_sdk() -> None:
    with bank_chain() as chain:
        alice, bob = str(chain.address("alice")), str(chain.address("bob"))
        collector = str(chain.wiring.accounts.module_address("fee_collector"))  # type: ignore[attr-defined]
        tx = chain.tx(send(chain), send(chain, amount="4"), fee="3ulamp")
        signature = base64.b64encode(TxRaw.FromString(tx).signatures[0]).decode()
        result = chain.deliver(tx).tx_results[0]
        left_out = {item.key for event in result.events for item in event.attributes if not item.index}
        assert left_out == {"amount", "fee", "msg_index"}
        shown = [(event.type, *((item.key, item.value) for item in event.attributes)) for event in result.events]
        admission = [
            ("coin_spent", ("spender", alice), ("amount", "3ulamp")),
            ("coin_received", ("receiver", collector), ("amount", "3ulamp")),
            ("transfer", ("recipient", collector), ("sender", alice), ("amount", "3ulamp")),
            ("message", ("sender", alice)),
            ("tx", ("fee", "3ulamp"), ("fee_payer", alice)),
            ("tx", ("acc_seq", f"{alice}/0")),
            ("tx", ("signature", signature)),
        ]
        messages = [
            event
            for index, amount in (("0", "10ulamp"), ("1", "4ulamp"))
            for event in (
                (
                    "message",
                    ("action", "/cosmos.bank.v1beta1.MsgSend"),
                    ("sender", alice),
                    ("module", "bank"),
                    ("msg_index", index),
                ),
                ("coin_spent", ("spender", alice), ("amount", amount), ("msg_index", index)),
                ("coin_received", ("receiver", bob), ("amount", amount), ("msg_index", index)),
                ("transfer", ("recipient", bob), ("sender", alice), ("amount", amount), ("msg_index", index)),
                ("message", ("sender", alice), ("msg_index", index)),
            )
        ]
        assert shown == admission + messages


def test_the_same_block_twice_gives_the_same_bytes(chain: TestChain) -> None:
    alice = chain.address("alice")
    for _ in range(2):
        request = chain.block(chain.tx(trouble(alice)), chain.tx(send(chain), fee="1ulamp"), b"junk")
        other = chain.block(chain.tx(send(chain, "bob", "alice"), signer="bob"))
        first = chain.app.finalize_block(request).SerializeToString(deterministic=True)
        chain.app.finalize_block(other)
        assert chain.app.finalize_block(request).SerializeToString(deterministic=True) == first
        chain.app.commit(abci.RequestCommit())
        chain._sequences.clear()


def test_each_transaction_has_its_result_in_order(chain: TestChain) -> None:
    txs = [b"", chain.tx(send(chain)), b"\xff", chain.tx(send(chain)), chain.tx(send(chain), sequence=50)]
    assert [result.code for result in chain.deliver(*txs, process=False).tx_results] == [2, 0, 2, 0, 32]


def test_several_signers_pay_and_sign(chain: TestChain) -> None:
    tx = chain.tx(
        send(chain, "bob", "carol", "5"),
        send(chain, "alice", "carol", "6"),
        signer=("bob", "alice", "carol"),
        payer=str(chain.address("carol")),
        fee="9ulamp",
    )
    result = chain.deliver(tx).tx_results[0]
    assert result.code == 0, result.log
    bank = chain.wiring.fees
    left = {name: bank.balance(chain.ctx(), chain.address(name), "ulamp") for name in ACCOUNTS}  # type: ignore[attr-defined]
    assert left == {"alice": 999_994, "bob": 995, "carol": 1_000_002}
    assert [chain.sequence(name) for name in ("alice", "bob", "carol")] == [1, 1, 1]


def test_a_new_account_made_in_a_block_can_spend_in_the_same_block(chain: TestChain) -> None:
    give = chain.tx(send(chain, "alice", "newcomer", "100"))
    chain._sequences[chain.address("newcomer")] = 0
    number = 4 + len(chain.wiring.accounts.module_names()) * 0  # type: ignore[attr-defined]
    accounts = chain.export()["auth"]["accounts"] if chain.height else chain.app_state["auth"]["accounts"]
    for guess in range(len(accounts), len(accounts) + 12):
        spend = chain.tx(send(chain, "newcomer", "bob", "1"), signer="newcomer", number=guess, sequence=0)
        results = chain.app.finalize_block(chain.block(give, spend)).tx_results
        if results[1].code == 0:
            break
    assert [result.code for result in results] == [0, 0], (number, results[1].log)


def test_a_transaction_may_be_delivered_up_to_its_timeout_height(chain: TestChain) -> None:
    tx = chain.tx(send(chain), timeout_height=1)
    assert chain.deliver(tx).tx_results[0].code == 0
    late = chain.tx(send(chain), timeout_height=1)
    assert chain.deliver(late).tx_results[0].code == 30


def test_out_of_gas_in_the_first_and_in_a_later_message(chain: TestChain) -> None:
    alice = chain.address("alice")
    used = chain.run(trouble(alice)).gas_used
    for messages, gas in ((1, used - 100), (2, used + 1_500)):
        result = chain.run(*[trouble(alice)] * messages, gas=gas)
        assert (result.codespace, result.code) == ("sdk", 11)
        text = rf"out of gas in location: \w+; gasWanted: {gas}, gasUsed: {result.gas_used}: out of gas"
        assert re.fullmatch(text, result.log)
    assert COUNTS.get(chain.ctx(), "n") == 1


def test_a_modules_rejection_keeps_its_own_code(chain: TestChain, plan: Plan) -> None:
    plan.message = SdkError(SdkCode.LOGIC, "no")
    result = chain.run(trouble(chain.address("alice")))
    assert (result.codespace, result.code) == ("sdk", 35)
    assert result.log == "failed to execute message; message index: 0: no: internal logic error"


def test_a_transaction_of_too_many_signers_is_not_verified_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a proposer's transaction of 1 MiB and 1,000 signers would make every node hash a GiB."""
    names = [f"signer{number}" for number in range(9)]
    counts: list[int] = []

    def verify_all(items: Sequence[Item]) -> list[bool]:
        counts.append(len(items))
        return [True] * len(items)

    with TestChain(accounts=dict.fromkeys(names, "1000ulamp")) as chain:
        monkeypatch.setattr(signatures, "verify_batch", verify_all)
        few, many = (
            chain.tx(*(send(chain, name, names[0], "1") for name in group), signer=group, sequence=0)
            for group in (names[1:8], names)
        )
        assert [result.code for result in chain.deliver(few, many).tx_results] == [0, 14]
    assert counts == [7]
