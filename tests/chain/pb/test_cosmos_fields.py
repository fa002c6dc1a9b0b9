"""The numbers and types of our protos against those that another project's programs were generated with."""

import importlib.util

import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pool import Default

from chain.pb.cosmos.auth.v1beta1 import genesis_pb2, query_pb2, tx_pb2  # noqa: F401  # loading a file registers it
from chain.pb.cosmos.bank.v1beta1 import genesis_pb2 as bank_genesis  # noqa: F401
from chain.pb.cosmos.bank.v1beta1 import query_pb2 as bank_query  # noqa: F401
from chain.pb.cosmos.bank.v1beta1 import tx_pb2 as bank_tx  # noqa: F401
from chain.pb.cosmos.consensus.v1 import query_pb2 as consensus_query  # noqa: F401
from chain.pb.cosmos.consensus.v1 import tx_pb2 as consensus_tx  # noqa: F401
from chain.pb.cosmos.crypto.ed25519 import keys_pb2 as ed25519_keys  # noqa: F401
from chain.pb.cosmos.crypto.multisig import keys_pb2 as multisig_keys  # noqa: F401
from chain.pb.cosmos.crypto.secp256k1 import keys_pb2 as secp256k1_keys  # noqa: F401
from chain.pb.cosmos.crypto.secp256r1 import keys_pb2 as secp256r1_keys  # noqa: F401
from chain.pb.cosmos.ics23.v1 import proofs_pb2  # noqa: F401
from chain.pb.cosmos.tx.v1beta1 import service_pb2  # noqa: F401
from chain.pb.tendermint.abci import types_pb2  # noqa: F401
from tests.vectors import load

COSMOS = load("independent/cosmos_fields.json")
NEWER = {
    "tendermint.abci.ABCI": {"InsertTx", "ReapTxs"},
    "tendermint.abci.Request": {"insert_tx", "reap_txs"},
    "tendermint.abci.Response": {"insert_tx", "reap_txs"},
    "tendermint.crypto.PublicKey": {"bls12381", "mldsa65", "secp256k1eth"},
    "tendermint.types.ConsensusParams": {"authority"},
}
"""What CometBFT 0.39 and 0.40 have beyond the 0.38 that the vectors were made with."""

SCALARS = {
    getattr(FieldDescriptor, f"TYPE_{name.upper()}"): name
    for name in ("int64", "uint64", "int32", "bool", "string", "bytes", "uint32")
}


def describe(name: str) -> dict[str, int | str]:
    pool = Default()
    for find in (pool.FindMessageTypeByName, pool.FindEnumTypeByName, pool.FindServiceByName):
        try:
            found = find(name)
        except KeyError:
            continue
        if isinstance(found, Descriptor):
            return {field.name: describe_field(field) for field in found.fields}
        if isinstance(found, EnumDescriptor):
            return {value.name: value.number for value in found.values}
        return {m.name: f"{m.input_type.full_name} -> {m.output_type.full_name}" for m in found.methods}
    raise AssertionError(f"{name} is not in proto/")


def describe_field(field: FieldDescriptor) -> str:
    kind = field.message_type or field.enum_type
    repeated = "repeated " if field.is_repeated else ""
    return f"{field.number} {repeated}{kind.full_name if kind else SCALARS[field.type]}"


@pytest.mark.parametrize("name", sorted(COSMOS))
def test_a_cosmos_type_has_the_same_fields_as_elsewhere(name):
    ours = describe(name)
    assert {field: ours[field] for field in ours if field not in NEWER.get(name, ())} == COSMOS[name]


@pytest.mark.parametrize("package", ["cosmos", "tendermint", "lamppost", "proto"])
def test_nothing_generated_is_importable_at_top_level(package):
    found = importlib.util.find_spec(package)
    # A folder without __init__.py in the working directory is found as a namespace; it must hold no module.
    assert found is None or found.loader is None or found.origin is None
