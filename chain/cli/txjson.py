"""Transactions as JSON, in the form of the Cosmos SDK: body, auth_info, signatures, messages with `@type`."""

import json
from typing import Any

import click
from google.protobuf import json_format
from google.protobuf.message import DecodeError

from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, Tx, TxBody, TxRaw


def load_messages() -> None:
    """Make all messages of the chain known, so that those inside a transaction can be read."""
    from chain.app import build_modules

    build_modules()


def tx_to_json(tx: bytes) -> dict[str, Any]:
    """Return a transaction as its JSON object. Raises: ValueError when it does not decode."""
    load_messages()
    try:
        raw = TxRaw.FromString(tx)
        whole = Tx(
            body=TxBody.FromString(raw.body_bytes),
            auth_info=AuthInfo.FromString(raw.auth_info_bytes),
            signatures=raw.signatures,
        )
        plain: dict[str, Any] = json_format.MessageToDict(
            whole, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
    except (DecodeError, json_format.SerializeToJsonError, TypeError) as error:
        raise ValueError(f"not a transaction of this chain: {error}") from error
    return plain


def tx_from_json(text: str) -> bytes:
    """Return a transaction's bytes from its JSON text. Raises: ValueError saying what is wrong."""
    load_messages()
    try:
        whole = json_format.ParseDict(json.loads(text), Tx())
    except (json.JSONDecodeError, json_format.ParseError) as error:
        raise ValueError(f"not a transaction in JSON: {error}") from error
    raw = TxRaw(
        body_bytes=whole.body.SerializeToString(deterministic=True),
        auth_info_bytes=whole.auth_info.SerializeToString(deterministic=True),
        signatures=list(whole.signatures),
    )
    return raw.SerializeToString(deterministic=True)


def show_tx(tx: bytes, unsigned: bool = False) -> None:
    """Print a transaction as JSON; an unsigned one without the placeholder of its signer."""
    plain = tx_to_json(tx)
    if unsigned:
        plain["auth_info"]["signer_infos"] = []
    click.echo(json.dumps(plain, indent=2))
