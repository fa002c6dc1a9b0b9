"""`lampd debug`: look into addresses, keys and transactions."""

import base64
import binascii
import hashlib

import click

from chain.cli.node.common import example, print_json


@click.group(epilog=example("lampd debug addr lamp1..."))
def debug() -> None:
    """Decode addresses, keys and transactions."""


@debug.command(epilog=example("lampd debug addr lamp1..."))
@click.argument("address")
def addr(address: str) -> None:
    """Show an ADDRESS, given as hex or bech32, in all forms."""
    from bech32 import bech32_decode, convertbits

    prefix, words = bech32_decode(address)
    _show_address(_bytes(address) if prefix is None or words is None else bytes(convertbits(words, 5, 8, False) or []))


@debug.command(epilog=example("""lampd debug pubkey '{"@type":"/cosmos.crypto.secp256k1.PubKey","key":"A..."}'"""))
@click.argument("key")
def pubkey(key: str) -> None:
    """Show a public KEY, as JSON with @type and key, or as hex or base64, and the address that it gives."""
    import json

    text = key.strip()
    if text.startswith("{"):
        content = json.loads(text)
        text = str(content.get("key", ""))
    data = _bytes(text)
    if len(data) == 33:
        from chain.crypto.addresses import address_of

        click.echo(f"secp256k1 key: {data.hex().upper()}")
        _show_address(bytes(address_of(data)))
    elif len(data) == 32:
        click.echo(f"ed25519 key: {data.hex().upper()}")
        _show_address(hashlib.sha256(data).digest()[:20])
    else:
        raise click.UsageError(f"a key is 33 bytes (secp256k1) or 32 (ed25519), this is {len(data)}")


@debug.command("raw-bytes", epilog=example('lampd debug raw-bytes "[72 101 108 108 111]"'))
@click.argument("numbers")
def raw_bytes(numbers: str) -> None:
    """Show a list of decimal bytes such as "[10 21 13 255]" as hex."""
    try:
        data = bytes(int(number) for number in numbers.strip("[] ").replace(",", " ").split())
    except ValueError as error:
        raise click.UsageError(f"not a list of bytes: {error}") from error
    click.echo(data.hex().upper())


@debug.command(epilog=example("lampd debug raw-tx CpABCo0B..."))
@click.argument("tx")
def raw_tx(tx: str) -> None:
    """Show a raw transaction, given as hex or base64, field by field; unknown messages stay bytes."""
    from chain.cli.output import to_plain
    from chain.pb.cosmos.tx.v1beta1 import tx_pb2

    data = _bytes(tx)
    raw = tx_pb2.TxRaw.FromString(data)
    body = tx_pb2.TxBody.FromString(raw.body_bytes)
    print_json(
        {
            "hash": hashlib.sha256(data).hexdigest().upper(),
            "size": len(data),
            "messages": [{"@type": message.type_url, "value": message.value.hex()} for message in body.messages],
            "memo": body.memo,
            "timeout_height": str(body.timeout_height),
            "auth_info": to_plain(tx_pb2.AuthInfo.FromString(raw.auth_info_bytes)),
            "signatures": [base64.b64encode(signature).decode() for signature in raw.signatures],
        }
    )


@debug.command(epilog=example("lampd debug prefixes"))
def prefixes() -> None:
    """Show the human-readable prefixes of addresses and ids."""
    from chain.node.home import CONSENSUS_PREFIX
    from chain.primitives.ids import ADDRESS_PREFIX, DEVICE_PREFIX, VALIDATOR_PREFIX

    click.echo(f"account:   {ADDRESS_PREFIX}")
    click.echo(f"validator: {VALIDATOR_PREFIX}")
    click.echo(f"consensus: {CONSENSUS_PREFIX}")
    click.echo(f"device:    {DEVICE_PREFIX}")


def _show_address(data: bytes) -> None:
    from chain.node.home import CONSENSUS_PREFIX
    from chain.primitives.ids import ADDRESS_PREFIX, DEVICE_PREFIX, VALIDATOR_PREFIX, to_bech32

    click.echo(f"bytes: {list(data)}")
    click.echo(f"hex: {data.hex().upper()}")
    for name, prefix in (
        ("account", ADDRESS_PREFIX),
        ("validator", VALIDATOR_PREFIX),
        ("consensus", CONSENSUS_PREFIX),
        ("device", DEVICE_PREFIX),
    ):
        click.echo(f"{name}: {to_bech32(prefix, data)}")


def _bytes(text: str) -> bytes:
    """Return the bytes of hex or base64 text."""
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        pass
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise click.UsageError(f"{text[:80]!r} is neither hex nor base64") from None
