"""An app in a box for authors of modules: real store, real transactions, no consensus.

    with TestChain(accounts={"alice": "1000000ulamp"}) as chain:
        chain.ok(MsgSend(...), signer="alice")

All invariants of all modules are checked after every block.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from coincurve import PrivateKey
from google.protobuf.message import Message as ProtoMessage

from chain.app import Wiring, build_app, store_names, wire
from chain.codec.tx import sign_bytes
from chain.crypto.addresses import address_of, module_address
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import SimulationResponse, TxMsgData
from chain.pb.cosmos.crypto.secp256k1.keys_pb2 import PubKey
from chain.pb.cosmos.tx.signing.v1beta1.signing_pb2 import SignMode
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, TxBody, TxRaw
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.primitives.coins import BASE_DENOM, Coin, Coins, coins
from chain.primitives.ids import Address
from chain.primitives.ints import NANOS
from chain.runtime.application import Application
from chain.runtime.fees import GasPrice
from chain.runtime.genesis import default_genesis
from chain.sdk.context import Context
from chain.sdk.module import Json, Module
from chain.store import StateStore
from chain.testing_votes import CometSet, consensus_key, validators_of_genesis

CHAIN_ID = "lamppost-test-1"
"""Name of the chain."""
GENESIS_TIME = 1_700_000_000 * NANOS
"""Time of genesis and of the first block, unix nanoseconds."""

R = TypeVar("R", bound=ProtoMessage)


class QueryFailed(Exception):
    """A query was answered with a code."""

    def __init__(self, codespace: str, code: int, log: str) -> None:
        super().__init__(f"{log} ({codespace}/{code})")
        self.codespace = codespace
        self.code = code
        self.log = log


@dataclass(frozen=True, slots=True)
class BlockResult:
    """A committed block."""

    height: int
    tx_results: Sequence[abci.ExecTxResult]
    events: Sequence[abci.Event]
    app_hash: bytes
    response: abci.ResponseFinalizeBlock = field(repr=False)


def parse_coins(text: str) -> Coins:
    """Read coins such as `5ulamp,7uother`. Raises: ValueError."""
    found = [re.fullmatch(r"([0-9]+)([a-zA-Z].*)", part) for part in text.split(",") if part]
    return coins(sorted(Coin(match[2], int(match[1])) for match in found if match))


def test_key(name: str) -> PrivateKey:
    """Return the key that belongs to a name."""
    return PrivateKey(sha256(b"lamppost test key " + name.encode()).digest())


class TestChain:
    """A chain in a temporary folder, from genesis onward; a context manager.

    `accounts` gives names and their coins, `genesis` fields of modules' sections that replace the defaults,
    `modules` more modules than the app has, `authority` the account that may change parameters, `validators` names
    that stake this many ulamp. Votes come with every block; `absent` holds the names of validators that do not vote.
    """

    __test__ = False

    def __init__(
        self,
        accounts: Mapping[str, str] | None = None,
        genesis: Mapping[str, Mapping[str, Any]] | None = None,
        modules: Sequence[Module] = (),
        *,
        authority: str = "",
        validators: Mapping[str, int] | None = None,
        max_gas: int = -1,
        max_bytes: int = 4 << 20,
        gas_prices: Sequence[GasPrice] = (),
        initial_height: int = 1,
        keep_versions: int = 100,
        wiring: Wiring | None = None,
        invariants: bool = True,
        start: bool = True,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lamppost-test-"))
        self.wiring = wiring or wire().with_modules(*modules)
        self.time = GENESIS_TIME
        self.initial_height = initial_height
        self._gas_prices = gas_prices
        self._keep_versions = keep_versions
        self._invariants = invariants
        self._sequences: dict[Address, int] = {}
        self.store: StateStore
        self.app: Application
        self._open()
        self.absent: set[str] = set()
        self.comet = CometSet(initial_height, ())
        self._stakes = validators or {}
        names = dict.fromkeys(self._stakes, "") | dict(accounts or {})
        self.app_state = self._app_state(names, genesis or {}, authority)
        self.params = (max_bytes, max_gas)
        if start:
            self.init_chain()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store and remove the folder."""
        self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- accounts and transactions ----------------------------------------------------------------------------

    def key(self, name: str) -> PrivateKey:
        """Return a named account's private key."""
        return test_key(name)

    def address(self, name: str) -> Address:
        """Return a named account's address."""
        return Address(address_of(test_key(name).public_key.format()))

    def sequence(self, name: str) -> int:
        """Return the sequence of a named account's next transaction, those made since the last block counted."""
        address = self.address(name)
        if address not in self._sequences:
            account = self.wiring.accounts.account(self.ctx(), address)
            self._sequences[address] = account.sequence if account else 0
        return self._sequences[address]

    def tx(
        self,
        *msgs: ProtoMessage,
        signer: str | Sequence[str] = "alice",
        fee: str = "",
        gas: int = 10_000_000,
        memo: str = "",
        timeout_height: int = 0,
        payer: str = "",
        granter: str = "",
        sequence: int | None = None,
        number: int | None = None,
        chain_id: str = CHAIN_ID,
        sign_with: str = "",
    ) -> bytes:
        """Return a signed transaction; sequences advance with each until the next block.

        The last four override what is signed, for transactions that must fail.
        """
        names = (signer,) if isinstance(signer, str) else tuple(signer)
        body = TxBody(memo=memo, timeout_height=timeout_height)
        for msg in msgs:
            body.messages.add().Pack(msg, type_url_prefix="/", deterministic=True)
        auth = AuthInfo()
        auth.fee.gas_limit = gas
        auth.fee.payer, auth.fee.granter = payer, granter
        for coin in parse_coins(fee):
            auth.fee.amount.add(denom=coin.denom, amount=str(coin.amount))
        for name in names:
            info = auth.signer_infos.add()
            key = PubKey(key=test_key(name).public_key.format())
            info.public_key.Pack(key, type_url_prefix="/", deterministic=True)
            info.mode_info.single.mode = SignMode.SIGN_MODE_DIRECT
            info.sequence = self.sequence(name) if sequence is None else sequence
        raw = TxRaw(
            body_bytes=body.SerializeToString(deterministic=True),
            auth_info_bytes=auth.SerializeToString(deterministic=True),
        )
        for name in names:
            signed_number = self._number(name) if number is None else number
            message = sign_bytes(raw.body_bytes, raw.auth_info_bytes, chain_id, signed_number)
            raw.signatures.append(test_key(sign_with or name).sign_recoverable(message)[:64])
            if sequence is None:
                self._sequences[self.address(name)] += 1
        return raw.SerializeToString(deterministic=True)

    def _number(self, name: str) -> int:
        account = self.wiring.accounts.account(self.ctx(), self.address(name))
        return account.number if account else 0

    # --- blocks -----------------------------------------------------------------------------------------------

    @property
    def height(self) -> int:
        """Height of the last block."""
        return self.store.height

    def deliver(
        self,
        *txs: bytes,
        seconds: int = 1,
        process: bool = True,
        misbehavior: Sequence[abci.Misbehavior] = (),
    ) -> BlockResult:
        """Run transactions in one block, `seconds` after the last, and commit it.

        Raises: AssertionError when the proposal is rejected or an invariant is broken.
        """
        request = self.block(*txs, seconds=seconds)
        request.misbehavior.extend(misbehavior)
        if process:
            proposal = abci.RequestProcessProposal(txs=txs, height=request.height)
            if self.app.process_proposal(proposal).status != abci.ResponseProcessProposal.ACCEPT:
                raise AssertionError("the proposal was rejected")
        response = self.app.finalize_block(request)
        self.app.commit(abci.RequestCommit())
        self.time = request.time.ToNanoseconds()
        self.comet.apply(request.height, response.validator_updates)
        self._sequences.clear()
        if self._invariants:
            self.check_invariants()
        return BlockResult(request.height, response.tx_results, response.events, response.app_hash, response)

    def block(self, *txs: bytes, seconds: int = 1) -> abci.RequestFinalizeBlock:
        """Return the request that executes transactions in the next block."""
        request = abci.RequestFinalizeBlock(txs=txs, height=self.height + 1 if self.height else self.initial_height)
        request.time.FromNanoseconds(self.time + seconds * NANOS if self.height else self.time)
        request.hash = sha256(b"block" + request.height.to_bytes(8, "big")).digest()
        away = {consensus_key(name) for name in self.absent}
        request.decided_last_commit.CopyFrom(self.comet.commit_of(request.height, away))
        return request

    def advance(self, seconds: int) -> BlockResult:
        """Commit an empty block some seconds later."""
        return self.deliver(seconds=seconds)

    def run(
        self, *msgs: ProtoMessage, signer: str | Sequence[str] = "alice", seconds: int = 1, **options: Any
    ) -> abci.ExecTxResult:
        """Run messages in one transaction in one block; `options` as for `tx`."""
        return self.deliver(self.tx(*msgs, signer=signer, **options), seconds=seconds).tx_results[0]

    def ok(
        self,
        *msgs: ProtoMessage,
        signer: str | Sequence[str] = "alice",
        response: type[R] | None = None,
        **options: Any,
    ) -> Any:
        """Run messages that must succeed and return the first one's response.

        Raises: AssertionError with the reason when they fail.
        """
        result = self.run(*msgs, signer=signer, **options)
        if result.code:
            raise AssertionError(f"{result.log} ({result.codespace}/{result.code})")
        if response is None:
            return result
        made = response()
        if not TxMsgData.FromString(result.data).msg_responses[0].Unpack(made):
            raise AssertionError(f"the response is no {response.DESCRIPTOR.full_name}")
        return made

    def check_invariants(self) -> None:
        """Check every invariant of every module. Raises: AssertionError naming the broken one."""
        ctx = self.ctx()
        for module in self.app.modules:
            for invariant in module.invariants:
                wrong = invariant.check(ctx, module.keeper)
                if wrong is not None:
                    raise AssertionError(f"invariant {module.name}/{invariant.name}: {wrong}")

    # --- mempool and queries ----------------------------------------------------------------------------------

    def check(self, tx: bytes, recheck: bool = False) -> abci.ResponseCheckTx:
        """Offer a transaction to the mempool."""
        kind = abci.CheckTxType.RECHECK if recheck else abci.CheckTxType.NEW
        return self.app.check_tx(abci.RequestCheckTx(tx=tx, type=kind))

    def simulate(self, tx: bytes) -> SimulationResponse:
        """Estimate a transaction's gas. Raises: QueryFailed."""
        return SimulationResponse.FromString(self.raw_query("/app/simulate", tx).value)

    def query(self, path: str, request: ProtoMessage, response: type[R], height: int = 0) -> R:
        """Ask a module. Raises: QueryFailed."""
        return response.FromString(self.raw_query(path, request.SerializeToString(), height).value)

    def raw_query(self, path: str, data: bytes = b"", height: int = 0, prove: bool = False) -> abci.ResponseQuery:
        """Send an ABCI query. Raises: QueryFailed."""
        answer = self.app.query(abci.RequestQuery(path=path, data=data, height=height, prove=prove))
        if answer.code:
            raise QueryFailed(answer.codespace, answer.code, answer.log)
        return answer

    # --- state ------------------------------------------------------------------------------------------------

    def ctx(self) -> Context:
        """Return a context on the last committed state; what is written through it is lost."""
        return self.app.context()

    def export(self) -> Json:
        """Return the `app_state` of the last committed state."""
        return self.app.export()

    def restart(self) -> None:
        """Close and open again what is on disk; before the first block genesis is sent again, as a node does."""
        self.reopen()
        if not self.height:
            self.init_chain()

    def reopen(self) -> None:
        """Close and open again what is on disk."""
        self.store.close()
        self._sequences.clear()
        self._open()

    def init_chain(self) -> abci.ResponseInitChain:
        """Send InitChain with the genesis of this chain."""
        request = self.init_request()
        response = self.app.init_chain(request)
        self.comet = CometSet(self.initial_height, response.validators or request.validators)
        return response

    def init_request(self) -> abci.RequestInitChain:
        """Return the InitChain request of this chain."""
        request = abci.RequestInitChain(
            chain_id=CHAIN_ID,
            initial_height=self.initial_height,
            app_state_bytes=json.dumps(self.app_state).encode(),
        )
        request.time.FromNanoseconds(GENESIS_TIME)
        request.consensus_params.block.max_bytes, request.consensus_params.block.max_gas = self.params
        request.consensus_params.validator.pub_key_types.append("ed25519")
        if not self.app_state["staking"]["validators"] and not self.app_state["genutil"]["gen_txs"]:
            request.validators.add(power=10).pub_key.ed25519 = sha256(b"validator").digest()
        return request

    def _open(self) -> None:
        names = store_names(self.wiring.modules)
        self.store = StateStore.open(self.folder / "state", stores=names, keep_versions=self._keep_versions)
        self.app = build_app(self.store, gas_prices=self._gas_prices, wiring=self.wiring)

    def _app_state(self, accounts: Mapping[str, str], genesis: Mapping[str, Mapping[str, Any]], authority: str) -> Json:
        state = default_genesis(self.app.modules)
        if authority:
            state["runtime"]["authority"] = str(self.address(authority))
        names = sorted(accounts)
        state["auth"]["accounts"] = [
            {
                "@type": "/cosmos.auth.v1beta1.BaseAccount",
                "address": str(self.address(name)),
                "pub_key": None,
                "account_number": str(number),
                "sequence": "0",
            }
            for number, name in enumerate(names)
        ]
        state["bank"]["balances"] = [
            {
                "address": str(self.address(name)),
                "coins": [{"denom": coin.denom, "amount": str(coin.amount)} for coin in parse_coins(accounts[name])],
            }
            for name in names
            if parse_coins(accounts[name])
        ]
        if self._stakes:
            stakes = [(name, self.address(name), tokens) for name, tokens in self._stakes.items()]
            state["staking"] = validators_of_genesis(state["staking"], stakes)
            coins = [{"denom": BASE_DENOM, "amount": str(sum(self._stakes.values()))}]
            state["bank"]["balances"].append({"address": str(module_address("not_bonded_tokens_pool")), "coins": coins})
        for module, section in genesis.items():
            state[module] = {**state[module], **section}
        return state
