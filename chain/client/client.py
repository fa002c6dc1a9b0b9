"""`Client`: one node, a keyring, and the chain behind them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.message import Message as ProtoMessage

from chain.client.amounts import parse_coins, parse_price
from chain.client.errors import QueryFailed, TxFailed
from chain.client.keyring import Keyring, Signer
from chain.client.rpc import DEFAULT_NODE, RpcClient, TxResult
from chain.client.tx import Fee, SignerData, sign_tx, unsigned_tx
from chain.pb.cosmos.auth.v1beta1 import auth_pb2
from chain.pb.cosmos.auth.v1beta1 import query_pb2 as auth_query
from chain.pb.cosmos.bank.v1beta1 import query_pb2 as bank_query
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.cosmos.tx.v1beta1 import service_pb2
from chain.primitives.coins import BASE_DENOM, Coin, Coins
from chain.primitives.errors import SdkCode
from chain.primitives.ids import Address
from chain.primitives.ints import mul_div_ceil

R = TypeVar("R", bound=ProtoMessage)

DEFAULT_GAS_ADJUSTMENT = 1.2
"""Gas asked for over gas simulated; the state may have grown a little until the block."""


class Client:
    """A chain as one of its nodes sees it; closes its connection as a context manager.

    `keyring` may be a folder (its `test` keyring) or a Keyring; without one, signers are passed to each call.
    `gas_price`, such as `0.025ulamp`, makes the fees of transactions that name none.
    Raises from every call: NodeUnreachable, RpcError; QueryFailed and TxFailed carry (codespace, code).
    """

    def __init__(
        self,
        node: str = DEFAULT_NODE,
        keyring: Keyring | Path | str | None = None,
        chain_id: str | None = None,
        timeout: float = 10.0,
        gas_price: str = "",
    ) -> None:
        self.rpc = RpcClient(node, timeout)
        self.gas_price = gas_price
        self.keyring = Keyring(keyring) if isinstance(keyring, Path | str) else keyring
        self._chain_id = chain_id

    def close(self) -> None:
        """Close the connection."""
        self.rpc.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def chain_id(self) -> str:
        """Name of the chain: as given, or asked of the node once."""
        if self._chain_id is None:
            self._chain_id = self.rpc.chain_id()
        return self._chain_id

    def query(self, path: str, request: ProtoMessage, response: type[R], height: int = 0) -> R:
        """Ask by gRPC path, such as `/cosmos.bank.v1beta1.Query/Balance`. Raises: QueryFailed."""
        return response.FromString(self.rpc.abci_query(path, request.SerializeToString(), height).value)

    def account(self, address: Address | str) -> auth_pb2.BaseAccount | None:
        """Return an account's number and sequence, or None when it does not exist yet."""
        request = auth_query.QueryAccountInfoRequest(address=str(address))
        try:
            answer = self.query("/cosmos.auth.v1beta1.Query/AccountInfo", request, auth_query.QueryAccountInfoResponse)
        except QueryFailed as error:
            if (error.codespace, error.code) == ("sdk", SdkCode.KEY_NOT_FOUND):
                return None
            raise
        return answer.info

    def balance(self, address: Address | str, denom: str = BASE_DENOM, height: int = 0) -> int:
        """Return what an account holds of a denomination, in its smallest unit."""
        request = bank_query.QueryBalanceRequest(address=str(address), denom=denom)
        answer = self.query("/cosmos.bank.v1beta1.Query/Balance", request, bank_query.QueryBalanceResponse, height)
        return int(answer.balance.amount or 0)

    def simulate(self, messages: Sequence[ProtoMessage], signer: Signer | str, memo: str = "") -> int:
        """Return the gas that messages would use now. Raises: QueryFailed with the reason why they would fail."""
        key = self.signer(signer)
        account = self.account(key.address)
        return self.simulate_raw(unsigned_tx(messages, key.public_key, account.sequence if account else 0, memo))

    def simulate_raw(self, tx: bytes) -> int:
        """Return the gas that a transaction would use now; its signature may be empty. Raises: QueryFailed."""
        answer = self.query(
            "/cosmos.tx.v1beta1.Service/Simulate",
            service_pb2.SimulateRequest(tx_bytes=tx),
            service_pb2.SimulateResponse,
        )
        return int(answer.gas_info.gas_used)

    def sign(
        self,
        messages: Sequence[ProtoMessage],
        signer: Signer | str,
        *,
        gas: int | None = None,
        fees: str | Coins = (),
        gas_price: str = "",
        memo: str = "",
        timeout_height: int = 0,
        sequence: int | None = None,
        gas_adjustment: float = DEFAULT_GAS_ADJUSTMENT,
    ) -> bytes:
        """Return a signed transaction. Without `gas` it is simulated; `gas_price` (`0.025ulamp`) makes the fee of it.

        Raises: TxFailed when the account does not exist.
        """
        key = self.signer(signer)
        account = self.account(key.address)
        if account is None:
            raise TxFailed(
                "sdk", SdkCode.UNKNOWN_ADDRESS, f"account {key.address} does not exist: it never received a coin"
            )
        if gas is None:
            gas = int(self.simulate(messages, key, memo) * gas_adjustment)
        amount = parse_coins(fees) if isinstance(fees, str) else fees
        price = gas_price or self.gas_price
        if price and not amount:
            amount = fee_for(gas, price)
        data = SignerData(self.chain_id, account.account_number, account.sequence if sequence is None else sequence)
        return sign_tx(messages, key, data, Fee(gas, amount), memo, timeout_height)

    def deliver(self, tx: bytes, timeout: float = 60.0) -> TxResult:
        """Hand in a transaction and return its result once committed.

        Raises: TxFailed when it is refused or fails in its block, TxNotFound after `timeout` seconds.
        """
        result = self.rpc.wait_for_tx(self.rpc.broadcast(tx), timeout)
        if result.code:
            raise TxFailed(result.codespace, result.code, result.log, result.tx_hash, result.height)
        return result

    def send_messages(self, messages: Sequence[ProtoMessage], signer: Signer | str, **options: Any) -> TxResult:
        """Sign messages (options as `sign`), hand them in and return the committed result."""
        return self.deliver(self.sign(messages, signer, **options))

    def send(self, signer: Signer | str, to: Address | str, amount: str | Coins, **options: Any) -> TxResult:
        """Send coins, `client.send("alice", "lamp1...", "1.5lamp")`, and return the committed result."""
        key = self.signer(signer)
        coins = parse_coins(amount) if isinstance(amount, str) else amount
        message = MsgSend(from_address=str(key.address), to_address=str(to))
        for coin in coins:
            message.amount.add(denom=coin.denom, amount=str(coin.amount))
        return self.send_messages([message], key, **options)

    def signer(self, signer: Signer | str) -> Signer:
        """Return a key ready to sign, by its name in the keyring. Raises: ValueError without one, KeyringError."""
        if isinstance(signer, Signer):
            return signer
        if self.keyring is None:
            raise ValueError("a key's name needs a keyring: Client(..., keyring=FOLDER)")
        return self.keyring.signer(signer)


def fee_for(gas: int, gas_price: str) -> Coins:
    """Return the fee of gas at a price such as `0.025ulamp`, rounded up. Raises: ValueError."""
    numerator, denominator, denom = parse_price(gas_price)
    amount = mul_div_ceil(gas, numerator, denominator)
    return (Coin(denom, amount),) if amount else ()
