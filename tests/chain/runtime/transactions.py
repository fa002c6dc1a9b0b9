"""Transactions for the tests of the runtime: good ones, and ones that are wrong in one way each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, TxBody, TxRaw
from chain.testing import TestChain

ACCOUNTS = {"alice": "1000000ulamp,500uother", "bob": "1000ulamp", "carol": "1000000ulamp"}


@contextmanager
def bank_chain(**options: object) -> Iterator[TestChain]:
    """A chain with three accounts."""
    with TestChain(accounts=ACCOUNTS, **options) as chain:  # type: ignore[arg-type]
        yield chain


def send(chain: TestChain, sender: str = "alice", to: str = "bob", amount: str = "10", denom: str = "ulamp") -> MsgSend:
    """A bank send between named accounts."""
    return MsgSend(
        from_address=str(chain.address(sender)),
        to_address=str(chain.address(to)),
        amount=[Coin(denom=denom, amount=amount)],
    )


def altered(
    raw: bytes,
    body: Callable[[TxBody], object] | None = None,
    auth: Callable[[AuthInfo], object] | None = None,
    envelope: Callable[[TxRaw], object] | None = None,
) -> bytes:
    """Return a transaction with parts changed and the signatures left as they were."""
    tx = TxRaw.FromString(raw)
    if body is not None:
        parsed = TxBody.FromString(tx.body_bytes)
        body(parsed)
        tx.body_bytes = parsed.SerializeToString(deterministic=True)
    if auth is not None:
        info = AuthInfo.FromString(tx.auth_info_bytes)
        auth(info)
        tx.auth_info_bytes = info.SerializeToString(deterministic=True)
    if envelope is not None:
        envelope(tx)
    return tx.SerializeToString(deterministic=True)
