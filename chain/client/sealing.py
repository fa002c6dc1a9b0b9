"""Secrets at rest: scrypt for the passphrase, ChaCha20-Poly1305 for the content, a JSON object around them."""

import base64
import os
from typing import Any

from chain.client.errors import KeyringError

_SCRYPT_N = 2**15
"""Cost of guessing one passphrase: 32 MiB and about 0.1 s."""


def _derive(passphrase: str, salt: bytes, cost: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())


def seal(secret: bytes, passphrase: str, about: str) -> dict[str, Any]:
    """Encrypt a secret; `about` (a key's name, say) is bound to it, so that sealed texts cannot be swapped."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = ChaCha20Poly1305(_derive(passphrase, salt, _SCRYPT_N)).encrypt(nonce, secret, about.encode())
    return {
        "kdf": "scrypt",
        "n": _SCRYPT_N,
        "salt": base64.b64encode(salt).decode(),
        "cipher": "chacha20-poly1305",
        "nonce": base64.b64encode(nonce).decode(),
        "data": base64.b64encode(sealed).decode(),
    }


def unseal(sealed: dict[str, Any], passphrase: str, about: str) -> bytes:
    """Return the secret. Raises: KeyringError for a wrong passphrase or a damaged text."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        cost = int(sealed["n"])
        if sealed["kdf"] != "scrypt" or sealed["cipher"] != "chacha20-poly1305" or not 2 <= cost <= 2**20:
            raise KeyringError(f"{about}: sealed in a way that this program does not know")
        salt, nonce, data = (base64.b64decode(sealed[name], validate=True) for name in ("salt", "nonce", "data"))
        key = _derive(passphrase, salt, cost)
        return ChaCha20Poly1305(key).decrypt(nonce, data, about.encode())
    except InvalidTag as error:
        raise KeyringError(f"{about}: wrong passphrase, or the text was changed") from error
    except (KeyError, ValueError, TypeError) as error:
        raise KeyringError(f"{about}: damaged ({error})") from error
