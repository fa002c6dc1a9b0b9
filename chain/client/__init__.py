"""Lamppost for Python programs: keys, transactions, queries.

from chain.client import Client

with Client("http://127.0.0.1:26657", keyring="~/.lampd") as client:
    result = client.send("alice", "lamp1...", "1.5lamp")
"""

from chain.client.client import Client
from chain.client.errors import ClientError, NodeUnreachable, QueryFailed, RpcError, TxFailed, TxNotFound
from chain.client.keyring import Keyring, Signer
from chain.client.rpc import RpcClient, TxResult

__all__ = [
    "Client",
    "ClientError",
    "Keyring",
    "NodeUnreachable",
    "QueryFailed",
    "RpcClient",
    "RpcError",
    "Signer",
    "TxFailed",
    "TxNotFound",
    "TxResult",
]
