"""Accounts as Cosmos clients read them: BaseAccount and ModuleAccount in an Any."""

from google.protobuf.any_pb2 import Any as ProtoAny
from google.protobuf.message import Message as ProtoMessage

from chain.pb.cosmos.auth.v1beta1 import auth_pb2
from chain.pb.cosmos.crypto.secp256k1 import keys_pb2
from modules.auth.state import Account


def base_account(account: Account) -> auth_pb2.BaseAccount:
    """Return the part that all kinds of accounts share."""
    made = auth_pb2.BaseAccount(address=str(account.address), account_number=account.number, sequence=account.sequence)
    if account.public_key:
        made.pub_key.CopyFrom(pack(keys_pb2.PubKey(key=account.public_key)))
    return made


def account_any(account: Account) -> ProtoAny:
    """Return an account in an Any of its own kind."""
    base = base_account(account)
    if not account.name:
        return pack(base)
    return pack(auth_pb2.ModuleAccount(base_account=base, name=account.name, permissions=account.permissions))


def pack(message: ProtoMessage) -> ProtoAny:
    """Return a message in an Any with a type URL as Cosmos writes it, without a host."""
    return ProtoAny(type_url=f"/{message.DESCRIPTOR.full_name}", value=message.SerializeToString(deterministic=True))
