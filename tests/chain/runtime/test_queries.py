"""ABCI queries: paths, heights, proofs, and the errors that clients parse."""

from collections.abc import Iterator

import pytest

from chain.pb.cosmos.bank.v1beta1.query_pb2 import QueryBalanceRequest, QueryBalanceResponse
from chain.pb.cosmos.consensus.v1 import query_pb2 as consensus_pb
from chain.pb.cosmos.tx.v1beta1 import service_pb2
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import Tx, TxRaw
from chain.pb.lamppost.runtime.v1 import query_pb2 as pb
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.primitives.errors import SdkCode, SdkError
from chain.runtime import decode_cache
from chain.testing import CHAIN_ID, GENESIS_TIME, QueryFailed, TestChain
from tests.chain.runtime.modules import NOT_FOUND, Plan, module, trouble
from tests.chain.runtime.transactions import ACCOUNTS, altered, send

BALANCE = "/cosmos.bank.v1beta1.Query/Balance"
HASHES = "/lamppost.runtime.v1.Query/StoreHashes"


@pytest.fixture
def plan() -> Plan:
    return Plan()


@pytest.fixture
def chain(plan: Plan) -> Iterator[TestChain]:
    with TestChain(accounts=ACCOUNTS, modules=[module(plan)], keep_versions=5) as made:
        made.deliver()
        yield made


def balance(chain: TestChain, name: str, height: int = 0) -> str:
    request = QueryBalanceRequest(address=str(chain.address(name)), denom="ulamp")
    return chain.query(BALANCE, request, QueryBalanceResponse, height).balance.amount


def test_a_query_sees_the_last_block_and_older_ones_by_height(chain: TestChain) -> None:
    for _ in range(3):
        chain.ok(send(chain, amount="100"))
    assert [balance(chain, "bob", height) for height in (0, 4, 3, 2, 1)] == ["1300", "1300", "1200", "1100", "1000"]


def test_the_answer_tells_its_height_and_never_zero(chain: TestChain) -> None:
    chain.deliver()
    request = QueryBalanceRequest(address=str(chain.address("bob")), denom="ulamp").SerializeToString()
    assert chain.raw_query(BALANCE, request).height == 2
    assert chain.raw_query(BALANCE, request, height=1).height == 1
    failed = chain.app.query(abci.RequestQuery(path="/no/such"))
    assert failed.height == 2


def test_a_block_that_executes_is_not_seen(chain: TestChain) -> None:
    chain.app.finalize_block(chain.block(chain.tx(send(chain, amount="100"))))
    assert balance(chain, "bob") == "1000"
    chain.app.commit(abci.RequestCommit())
    assert balance(chain, "bob") == "1100"


@pytest.mark.parametrize(("height", "text"), [(-1, "height -1"), (99, "height 99"), (1, "height 1 is pruned")])
def test_heights_that_are_not_there_are_refused(chain: TestChain, height: int, text: str) -> None:
    for _ in range(6):
        chain.deliver()
    for path in (BALANCE, HASHES, "/store/bank/key", "/lamppost.runtime.v1.Query/Chain"):
        with pytest.raises(QueryFailed, match=text) as caught:
            chain.raw_query(path, b"", height=height)
        assert (caught.value.codespace, caught.value.code) == ("sdk", 26)


def test_before_the_first_block_there_is_nothing_to_ask() -> None:
    with TestChain(accounts=ACCOUNTS) as chain:
        for path in (BALANCE, "/store/bank/key", "/app/simulate", HASHES):
            with pytest.raises(QueryFailed, match="height 0 is not ready; please wait for first block") as caught:
                chain.raw_query(path)
            assert (caught.value.codespace, caught.value.code) == ("sdk", 26)


@pytest.mark.parametrize(
    ("error", "codespace", "code", "log"),
    [
        (NOT_FOUND, "sdk", 22, "rpc error: code = NotFound desc = no such thing: key not found"),
        (
            SdkError(SdkCode.INVALID_ADDRESS, "x"),
            "sdk",
            18,
            "rpc error: code = InvalidArgument desc = x: invalid address: invalid request",
        ),
        (ValueError("bug"), "undefined", 1, "internal error"),
    ],
)
def test_errors_have_the_sdks_form(
    chain: TestChain, plan: Plan, error: Exception, codespace: str, code: int, log: str
) -> None:
    plan.query = error
    answer = chain.app.query(abci.RequestQuery(path="/trouble.Query/Ask"))
    assert (answer.codespace, answer.code, answer.log) == (codespace, code, log)
    assert not answer.value


def test_a_query_is_cut_off_by_gas(chain: TestChain) -> None:
    chain.ok(trouble(chain.address("alice"), "one"), trouble(chain.address("alice"), "two"))
    answer = chain.app.query(abci.RequestQuery(path="/trouble.Query/Ask"))
    assert (answer.codespace, answer.code) == ("sdk", 18)
    assert answer.log.startswith("rpc error: code = ResourceExhausted desc = out of gas in location: query")


def test_a_query_knows_the_block_it_is_about(chain: TestChain) -> None:
    chain.deliver(seconds=5)
    with TestChain(accounts=ACCOUNTS, modules=[module(Plan())]) as other:
        other.deliver()
        answer = other.query("/trouble.Query/Ask", pb.QueryChainRequest(), pb.QueryChainResponse)
        assert answer == pb.QueryChainResponse(chain_id=CHAIN_ID, initial_height=1, genesis_time=GENESIS_TIME)


@pytest.mark.parametrize("path", ["", "/", "x", "/cosmos.bank.v1beta1.Query/Nothing", "/app/nothing", "/custom/bank"])
def test_unknown_paths_are_refused(chain: TestChain, path: str) -> None:
    answer = chain.app.query(abci.RequestQuery(path=path, data=b"x"))
    assert (answer.codespace, answer.code) == ("sdk", 6)
    assert "unknown query path" in answer.log


def test_a_request_that_is_none_is_refused(chain: TestChain) -> None:
    for path in (BALANCE, HASHES, "/cosmos.tx.v1beta1.Service/Simulate"):
        answer = chain.app.query(abci.RequestQuery(path=path, data=b"\xff\xff"))
        assert (answer.codespace, answer.code) == ("sdk", 18)
        assert "rpc error: code = Internal desc = request is no " in answer.log


def test_peers_are_never_filtered(chain: TestChain) -> None:
    for path in ("/p2p/filter/addr/1.2.3.4:5", "/p2p/filter/id/abcdef"):
        assert chain.app.query(abci.RequestQuery(path=path)).code == 0


def test_the_version_is_told(chain: TestChain) -> None:
    assert chain.raw_query("/app/version").value


# --- raw keys and proofs


def test_a_raw_key_comes_with_two_proof_operations(chain: TestChain) -> None:
    key, value = next(iter(chain.store.iterate("bank", b"", None)))
    plain = chain.raw_query("/store/bank/key", key)
    assert (plain.key, plain.value, plain.height, list(plain.proof_ops.ops)) == (key, value, 1, [])
    proven = chain.raw_query("/store/bank/key", key, prove=True)
    assert proven.value == value
    assert [(op.type, op.key) for op in proven.proof_ops.ops] == [("ics23:iavl", key), ("ics23:simple", b"bank")]


def test_an_absent_raw_key_is_proven_absent(chain: TestChain) -> None:
    answer = chain.raw_query("/store/bank/key", b"\xffnothing", prove=True)
    assert answer.code == 0 and answer.value == b"" and len(answer.proof_ops.ops) == 2


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("/store/nosuch/key", b"k", 6),
        ("/store/bank/key", b"", 18),
        ("/store/bank/subspace", b"k", 6),
        ("/store", b"k", 6),
        ("/store/bank/key/more", b"k", 6),
    ],
)
@pytest.mark.parametrize("prove", [False, True])
def test_bad_raw_queries_are_refused(chain: TestChain, path: str, data: bytes, code: int, prove: bool) -> None:
    answer = chain.app.query(abci.RequestQuery(path=path, data=data, prove=prove))
    assert (answer.codespace, answer.code) == ("sdk", code)


# --- the runtime's own queries


def test_store_hashes_are_those_that_were_committed(chain: TestChain) -> None:
    for _ in range(2):
        chain.ok(send(chain))
    for height, app_hash in ((3, chain.store.app_hash), (2, None)):
        asked = pb.QueryStoreHashesRequest(height=height)
        answer = chain.query(HASHES, asked, pb.QueryStoreHashesResponse)
        assert answer.height == height
        assert {item.name: item.root for item in answer.stores} == chain.store.roots(height)
        assert app_hash is None or answer.app_hash == app_hash
    assert chain.query(HASHES, pb.QueryStoreHashesRequest(), pb.QueryStoreHashesResponse).height == 3
    with pytest.raises(QueryFailed) as caught:
        chain.query(HASHES, pb.QueryStoreHashesRequest(height=77), pb.QueryStoreHashesResponse)
    assert caught.value.code == 26


def test_consensus_parameters_are_those_of_genesis(chain: TestChain) -> None:
    path = "/cosmos.consensus.v1.Query/Params"
    params = chain.query(path, consensus_pb.QueryParamsRequest(), consensus_pb.QueryParamsResponse).params
    assert (params.block.max_bytes, params.block.max_gas) == (4 << 20, -1)
    assert list(params.validator.pub_key_types) == ["ed25519"]
    assert params.version.app == chain.app.info(abci.RequestInfo()).app_version


def test_the_chain_and_its_validators_are_told(chain: TestChain) -> None:
    told = chain.query("/lamppost.runtime.v1.Query/Chain", pb.QueryChainRequest(), pb.QueryChainResponse)
    assert (told.chain_id, told.initial_height, told.genesis_time) == (CHAIN_ID, 1, GENESIS_TIME)
    asked = pb.QueryValidatorsRequest()
    (validator,) = chain.query("/lamppost.runtime.v1.Query/Validators", asked, pb.QueryValidatorsResponse).validators
    assert (validator.key_type, validator.power, len(validator.address)) == ("ed25519", 10, 20)


# --- simulation


def simulated(chain: TestChain, raw: bytes) -> int:
    asked = service_pb2.SimulateRequest(tx_bytes=raw)
    path = "/cosmos.tx.v1beta1.Service/Simulate"
    return chain.query(path, asked, service_pb2.SimulateResponse).gas_info.gas_used


def _bare(raw: bytes, key: bool = True, signatures: int = 1) -> bytes:
    """What CosmJS and Keplr send to be simulated."""

    def auth(info: object) -> None:
        signer = info.signer_infos[0]  # type: ignore[attr-defined]
        signer.mode_info.single.mode = 0
        if not key:
            signer.ClearField("public_key")
        info.fee.ClearField("amount")  # type: ignore[attr-defined]
        info.fee.gas_limit = 0  # type: ignore[attr-defined]

    def envelope(tx: TxRaw) -> None:
        del tx.signatures[:]
        tx.signatures.extend([b""] * signatures)

    return altered(raw, auth=auth, envelope=envelope)


@pytest.mark.parametrize("fee", ["", "3000ulamp"])
@pytest.mark.parametrize("first", [True, False])
def test_an_estimate_needs_no_signature_no_sequence_and_no_key_and_is_close(
    chain: TestChain, fee: str, first: bool
) -> None:
    if not first:
        chain.ok(send(chain))
    messages = [send(chain), trouble(chain.address("alice"))]
    raw = chain.tx(*messages, fee=fee, gas=200_000)
    wrong = [
        _bare(raw),
        _bare(raw, key=False),
        _bare(raw, signatures=0),
        altered(raw, auth=lambda info: setattr(info.signer_infos[0], "sequence", 99)),
        altered(raw, envelope=lambda tx: tx.signatures.__setitem__(0, b"x" * 64)),
        raw,
    ]
    estimates = [simulated(chain, tx) for tx in wrong]
    assert estimates[-1] == SimulationOf(chain).app(raw)
    result = chain.deliver(raw).tx_results[0]
    assert result.code == 0, result.log
    for estimate in estimates:
        assert result.gas_used * 95 // 100 <= estimate <= result.gas_used * 110 // 100


class SimulationOf:
    """The other ways to ask for a simulation."""

    def __init__(self, chain: TestChain) -> None:
        self.chain = chain

    def app(self, raw: bytes) -> int:
        """Through `/app/simulate`."""
        return self.chain.simulate(raw).gas_info.gas_used

    def parts(self, raw: bytes) -> int:
        """Through the deprecated `tx` field, as cosmpy does."""
        tx = TxRaw.FromString(raw)
        whole = Tx(signatures=tx.signatures)
        whole.body.ParseFromString(tx.body_bytes)
        whole.auth_info.ParseFromString(tx.auth_info_bytes)
        asked = service_pb2.SimulateRequest(tx=whole)
        path = "/cosmos.tx.v1beta1.Service/Simulate"
        return self.chain.query(path, asked, service_pb2.SimulateResponse).gas_info.gas_used


def test_a_simulation_may_come_in_parts(chain: TestChain) -> None:
    raw = chain.tx(send(chain))
    assert SimulationOf(chain).parts(raw) == simulated(chain, raw)


def test_a_simulation_changes_nothing_and_tells_response_and_events(chain: TestChain) -> None:
    before = chain.store.app_hash
    answer = chain.simulate(chain.tx(send(chain)))
    assert [packed.type_url for packed in answer.result.msg_responses] == ["/cosmos.bank.v1beta1.MsgSendResponse"]
    assert "transfer" in [event.type for event in answer.result.events]
    assert chain.store.app_hash == before and balance(chain, "bob") == "1000"


@pytest.mark.parametrize(
    ("amount", "text"),
    [("99999999", "failed to execute message; message index: 0: "), ("0", "invalid coins")],
)
def test_a_simulation_that_fails_says_why(chain: TestChain, amount: str, text: str) -> None:
    with pytest.raises(QueryFailed, match="rpc error: code = Unknown desc = ") as caught:
        simulated(chain, chain.tx(send(chain, amount=amount)))
    assert (caught.value.codespace, caught.value.code) == ("sdk", 18)
    assert text in caught.value.log and "with gas used: '" in caught.value.log


def test_a_simulation_has_a_limit_of_gas_which_is_the_nodes_own(chain: TestChain) -> None:
    raw = chain.tx(send(chain))
    used = simulated(chain, raw)
    executor = chain.app._executor
    executor.simulation_gas = used
    assert simulated(chain, raw) == used
    executor.simulation_gas = used - 1
    with pytest.raises(QueryFailed, match="out of gas"):
        simulated(chain, raw)


def test_a_simulation_whose_bytes_cost_more_than_that_is_not_decoded(
    chain: TestChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = chain.tx(send(chain), memo="m" * 200)
    chain.app._executor.simulation_gas = 10 * len(raw) - 1
    monkeypatch.setattr(decode_cache, "decode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(QueryFailed, match="out of gas in location: txSize"):
        simulated(chain, raw)


def test_a_simulation_of_junk_is_refused(chain: TestChain) -> None:
    for raw in (b"", b"junk", b"\xff" * 100):
        with pytest.raises(QueryFailed, match="tx parse error") as caught:
            chain.simulate(raw)
        assert (caught.value.codespace, caught.value.code) == ("sdk", 18)


@pytest.mark.parametrize("height", [0, 1])
@pytest.mark.parametrize("prove", [False, True])
@pytest.mark.parametrize("size", [1_024, 1_025, 65_536, 200_000])
def test_a_key_longer_than_any_that_can_be_written_is_absent(
    chain: TestChain, height: int, prove: bool, size: int
) -> None:
    chain.deliver()
    answer = chain.app.query(abci.RequestQuery(path="/store/bank/key", data=b"k" * size, height=height, prove=prove))
    assert (answer.code, answer.value) == (0, b"")


def test_a_simulated_transaction_is_not_remembered(chain: TestChain) -> None:
    tx = chain.tx(send(chain), gas=0)
    chain.simulate(tx)
    assert tx not in chain.app._cache._young and chain.app._cache._bytes == 0
