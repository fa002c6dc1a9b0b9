"""ABCI queries: served from a committed version, so a block that is executing neither blocks nor shows itself.

Paths are gRPC methods of modules, `/store/<name>/key` with a proof, `/app/version`, `/app/simulate` and the peer
filters. Errors have the codes and texts that the Cosmos SDK gives to ABCI clients.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtoMessage

from chain.pb.cosmos.tx.v1beta1 import service_pb2 as tx_service
from chain.pb.lamppost.runtime.v1 import query_pb2 as pb
from chain.pb.tendermint.abci.types_pb2 import RequestQuery, ResponseQuery
from chain.primitives.errors import ModuleError, SdkCode, SdkError
from chain.primitives.ints import Height, UnixNano
from chain.runtime import core
from chain.runtime.execution import Executor
from chain.runtime.faults import InternalError, guarded
from chain.runtime.ports import Accounts
from chain.runtime.router import Router
from chain.runtime.session import Session
from chain.runtime.simulate import SimulationError, raw_bytes, simulate
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import GasMeter
from chain.store import StateStore
from chain.store.errors import HeightPrunedError, HeightUnknownError, ProofError, UnknownStoreError
from chain.store.overlay import BlockState

QUERY_GAS = 100_000_000
"""Gas of one query, so that none can keep the node busy for long."""

_SIMULATE = "/cosmos.tx.v1beta1.Service/Simulate"
_STORE_HASHES = "/lamppost.runtime.v1.Query/StoreHashes"

_NOT_FOUND = (SdkCode.KEY_NOT_FOUND, SdkCode.NOT_FOUND, SdkCode.UNKNOWN_ADDRESS)


class StatusError(Exception):
    """A gRPC status that is answered as the Cosmos SDK answers it to ABCI clients.

    `info` goes beside the code into a field that Cosmos clients ignore.
    """

    def __init__(self, status: str, detail: str, code: SdkCode = SdkCode.INVALID_REQUEST, info: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.info = info
        self.log = SdkError(code, f"rpc error: code = {status} desc = {detail}").log


class Queries:
    """Answers queries about committed versions; safe on any thread."""

    def __init__(self, store: StateStore, router: Router, executor: Executor, accounts: Accounts, version: str) -> None:
        self._store = store
        self._router = router
        self._executor = executor
        self._accounts = accounts
        self._version = version

    def answer(self, request: RequestQuery) -> ResponseQuery:
        """Answer any request; what is wrong with it is a code, never an exception."""
        path = request.path
        if path.startswith("/p2p/filter/"):
            # A code other than 0 would refuse the peer.
            return ResponseQuery(height=self._store.height)
        if path == "/app/version":
            return ResponseQuery(value=self._version.encode(), height=self._store.height, codespace="sdk")
        height = request.height or self._store.height
        try:
            if height <= 0:
                raise SdkError(SdkCode.INVALID_HEIGHT, f"height {height} is not ready; please wait for first block")
            with self._store.at(height) as view:
                return self._at(view, request)
        except StatusError as error:
            return _failure(height, "sdk", int(error.code), error.log, error.info)
        except (HeightPrunedError, HeightUnknownError) as error:
            return _failure(height, "sdk", int(SdkCode.INVALID_HEIGHT), f"{error}: invalid height")
        except ModuleError as error:
            return _failure(height, error.codespace, int(error.code), error.log)

    def _at(self, view: Any, request: RequestQuery) -> ResponseQuery:
        path = request.path
        if path == "/store" or path.startswith("/store/"):
            return self._raw_key(view, request)
        if path == "/app/simulate":
            return _success(view, self._simulate(view, request.data))
        if path == _SIMULATE:
            asked = _parse(tx_service.SimulateRequest, request.data)
            done = self._simulate(view, asked.tx_bytes or raw_bytes(asked.tx))
            return _success(view, tx_service.SimulateResponse(gas_info=done.gas_info, result=done.result))
        if path == _STORE_HASHES:
            return self._store_hashes(view, request.data)
        keeper, query = self._router.queries.get(path, (None, None))
        if query is None:
            raise SdkError(SdkCode.UNKNOWN_REQUEST, f"unknown query path {path[:200]!r}")
        ctx = self._context(view)
        return _success(view, _call(path, query.handle, ctx, keeper, _parse(query.request, request.data)))

    def _context(self, view: Any) -> Context:
        info = core.read_chain(view)
        block = BlockInfo(info.chain_id, Height(view.height), UnixNano(view.block_time))
        return Context(BlockState(view), block, GasMeter(QUERY_GAS), info.authority)

    def _raw_key(self, view: Any, request: RequestQuery) -> ResponseQuery:
        parts = request.path.split("/")
        if len(parts) != 4 or parts[3] != "key":
            raise SdkError(
                SdkCode.UNKNOWN_REQUEST, f"unknown query path {request.path[:200]!r}; /store/<name>/key is one"
            )
        if not request.data:
            raise SdkError(SdkCode.INVALID_REQUEST, "the key in data is empty")
        response = ResponseQuery(key=request.data, height=view.height, codespace="")
        try:
            if request.prove:
                value, steps = view.prove(parts[2], request.data)
                for step in steps:
                    response.proof_ops.ops.add(type=step.type, key=step.key, data=step.data)
            else:
                value = view.get(parts[2], request.data)
        except UnknownStoreError as error:
            raise SdkError(SdkCode.UNKNOWN_REQUEST, str(error)) from error
        except (ProofError, ValueError) as error:
            raise SdkError(SdkCode.INVALID_REQUEST, str(error)) from error
        response.value = value or b""
        return response

    def _simulate(self, view: Any, raw: bytes) -> Any:
        ctx = self._context(view)
        params = core.read_params(ctx)
        next_block = BlockInfo(ctx.chain_id, Height(ctx.height + 1), ctx.time)
        session = Session(
            BlockState(view), next_block, ctx.authority, self._accounts.tx_params(ctx), params.block.max_gas
        )
        try:
            return simulate(self._executor, session, raw)
        except SimulationError as error:
            # The Cosmos SDK's answer has one code for all reasons; ours is told beside it.
            info = f"{error.result.codespace}/{error.result.code}"
            raise StatusError("Unknown", str(error), info=info) from error

    def _store_hashes(self, view: Any, data: bytes) -> ResponseQuery:
        asked = _parse(pb.QueryStoreHashesRequest, data)
        if asked.height not in (0, view.height):
            with self._store.at(asked.height) as other:
                return _success(view, _hashes(other))
        return _success(view, _hashes(view))


def _hashes(view: Any) -> pb.QueryStoreHashesResponse:
    response = pb.QueryStoreHashesResponse(height=view.height, app_hash=view.app_hash)
    for name, root in sorted(view.roots().items()):
        response.stores.add(name=name, root=root)
    return response


def _parse(kind: type[ProtoMessage], data: bytes) -> Any:
    try:
        return kind.FromString(data)
    except (DecodeError, ValueError) as error:
        raise StatusError("Internal", f"request is no {kind.DESCRIPTOR.full_name}") from error


def _call(path: str, handle: Callable[..., ProtoMessage], *args: Any) -> ProtoMessage:
    try:
        return guarded(path, handle, *args)
    except SdkError as error:
        if error.code is SdkCode.OUT_OF_GAS:
            raise StatusError("ResourceExhausted", f"{error.detail}; ask for less") from error
        if error.code in _NOT_FOUND:
            raise StatusError("NotFound", error.detail or error.log, SdkCode.KEY_NOT_FOUND) from error
        raise StatusError("InvalidArgument", error.log) from error
    except InternalError:
        raise
    except ModuleError as error:
        raise StatusError("Unknown", error.log) from error


def _success(view: Any, message: ProtoMessage) -> ResponseQuery:
    return ResponseQuery(value=message.SerializeToString(), height=view.height)


def _failure(height: int, codespace: str, code: int, log: str, info: str = "") -> ResponseQuery:
    return ResponseQuery(code=code, codespace=codespace, log=log, info=info, height=height)
