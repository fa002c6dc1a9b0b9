"""Makes tests/vectors/independent/cosmos_fields.json from the descriptors that cosmpy carries.

Run it in an environment of its own, where `pip install cosmpy==0.12.0` was done: `python cosmos_fields.py > FILE`.
Messages are listed with "number type" of their fields, enums with their numbers, services with their methods.
"""

import importlib
import json

import cosmpy.protos  # noqa: F401  # puts its folder of generated modules on the path
from google.protobuf import descriptor_pb2

FILES = [
    "cosmos/auth/v1beta1/auth",
    "cosmos/auth/v1beta1/genesis",
    "cosmos/auth/v1beta1/query",
    "cosmos/auth/v1beta1/tx",
    "cosmos/bank/v1beta1/bank",
    "cosmos/bank/v1beta1/genesis",
    "cosmos/bank/v1beta1/query",
    "cosmos/bank/v1beta1/tx",
    "cosmos/base/abci/v1beta1/abci",
    "cosmos/base/query/v1beta1/pagination",
    "cosmos/base/v1beta1/coin",
    "cosmos/consensus/v1/query",
    "cosmos/consensus/v1/tx",
    "cosmos/crypto/ed25519/keys",
    "cosmos/crypto/multisig/keys",
    "cosmos/crypto/multisig/v1beta1/multisig",
    "cosmos/crypto/secp256k1/keys",
    "cosmos/crypto/secp256r1/keys",
    "cosmos/ics23/v1/proofs",
    "cosmos/tx/signing/v1beta1/signing",
    "cosmos/tx/v1beta1/service",
    "cosmos/tx/v1beta1/tx",
    "tendermint/abci/types",
    "tendermint/crypto/keys",
    "tendermint/crypto/proof",
    "tendermint/types/block",
    "tendermint/types/evidence",
    "tendermint/types/params",
    "tendermint/types/types",
    "tendermint/types/validator",
    "tendermint/version/types",
]
TYPES = {3: "int64", 4: "uint64", 5: "int32", 8: "bool", 9: "string", 12: "bytes", 13: "uint32"}
REPEATED = {3: "repeated "}
found: dict[str, dict[str, int | str]] = {}


def read_enum(name, enum):
    found[f"{name}.{enum.name}"] = {value.name: value.number for value in enum.value}


def read_message(name, message):
    name = f"{name}.{message.name}"
    found[name] = {
        field.name: f"{field.number} {REPEATED.get(field.label, '')}{field.type_name[1:] or TYPES[field.type]}"
        for field in message.field
    }
    for nested in message.nested_type:
        read_message(name, nested)
    for nested in message.enum_type:
        read_enum(name, nested)


for path in FILES:
    file = descriptor_pb2.FileDescriptorProto()
    importlib.import_module(path.replace("/", ".") + "_pb2").DESCRIPTOR.CopyToProto(file)
    for message in file.message_type:
        read_message(file.package, message)
    for enum in file.enum_type:
        read_enum(file.package, enum)
    for service in file.service:
        found[f"{file.package}.{service.name}"] = {
            method.name: f"{method.input_type[1:]} -> {method.output_type[1:]}" for method in service.method
        }
# Amino text of transactions is not something that this chain speaks.
for name in [name for name in found if name.startswith("cosmos.tx.v1beta1.Tx") and "Amino" in name]:
    del found[name]
for name in ("TxEncodeAmino", "TxDecodeAmino"):
    del found["cosmos.tx.v1beta1.Service"][name]
lines = [f" {json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found)]
print("{\n" + ",\n".join(lines) + "\n}")
