"""Keys that sign transactions, kept in a folder: one file of mode 0600 a key.

Backend `test` stores the private key as it is, for localnets; backend `file` seals it with a passphrase.
"""

import difflib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.client.errors import KeyringError
from chain.client.mnemonics import COSMOS_PATH, new_mnemonic, private_key_of
from chain.client.sealing import seal, unseal
from chain.crypto.addresses import address_of
from chain.primitives.ids import Address

BACKENDS = ("test", "file")
"""Names of the backends, as in the Cosmos SDK."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ARMOR_BEGIN = "-----BEGIN LAMPPOST PRIVATE KEY-----"
_ARMOR_END = "-----END LAMPPOST PRIVATE KEY-----"

AskPassphrase = Callable[[str], str]
"""Asks a person for a passphrase; the argument is the prompt."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What is public of a key."""

    name: str
    address: Address
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs; its secret never shows in `repr`."""

    name: str
    address: Address
    public_key: bytes
    _sign: Callable[[bytes], bytes]

    def sign(self, message: bytes) -> bytes:
        """Return r and s (64 bytes, low-S) over sha256(message)."""
        return self._sign(message)

    def __repr__(self) -> str:
        return f"Signer({self.name}, {self.address})"

    @classmethod
    def from_private_key(cls, private_key: bytes, name: str = "") -> "Signer":
        """Return the signer of a 32-byte secp256k1 key. Raises: ValueError when it is none."""
        from chain.crypto.keys import secp256k1_public_key, secp256k1_sign

        public_key = secp256k1_public_key(private_key)
        return cls(name, address_of(public_key), public_key, lambda message: secp256k1_sign(private_key, message))

    @classmethod
    def from_mnemonic(cls, mnemonic: str, path: str = COSMOS_PATH, name: str = "") -> "Signer":
        """Return the signer of a mnemonic. Raises: ValueError when words or path are wrong."""
        return cls.from_private_key(private_key_of(mnemonic, path), name)


class Keyring:
    """The keys of one folder. Raises from every method: KeyringError."""

    def __init__(self, home: Path | str, backend: str = "test", ask: AskPassphrase | None = None) -> None:
        if backend not in BACKENDS:
            raise KeyringError(f"unknown keyring backend {backend!r}: expected one of {', '.join(BACKENDS)}")
        self.backend = backend
        self.folder = Path(home).expanduser() / f"keyring-{backend}"
        self._ask = ask
        self._passphrase: str | None = None

    def create(self, name: str, path: str = COSMOS_PATH) -> tuple[KeyInfo, str]:
        """Make a key; return what is public of it and its mnemonic, which is stored nowhere."""
        self._require_free(name)
        mnemonic = new_mnemonic()
        return self.recover(name, mnemonic, path), mnemonic

    def recover(self, name: str, mnemonic: str, path: str = COSMOS_PATH) -> KeyInfo:
        """Store the key of a mnemonic."""
        try:
            return self.add_private_key(name, private_key_of(mnemonic, path))
        except ValueError as error:
            raise KeyringError(str(error)) from error

    def add_private_key(self, name: str, private_key: bytes) -> KeyInfo:
        """Store a 32-byte secp256k1 key."""
        self._require_free(name)
        try:
            signer = Signer.from_private_key(private_key, name)
        except ValueError as error:
            raise KeyringError(f"not a secp256k1 private key: {error}") from error
        secret: dict[str, Any] = {"private_key": private_key.hex()}
        if self.backend == "file":
            secret = {"sealed": seal(private_key, self._unlock(), name)}
        record = {"name": name, "address": str(signer.address), "public_key": signer.public_key.hex(), **secret}
        self._write(name, record)
        return KeyInfo(name, signer.address, signer.public_key)

    def list(self) -> list[KeyInfo]:
        """Return what is public of all keys, by name."""
        if not self.folder.is_dir():
            return []
        return [self.show(file.stem) for file in sorted(self.folder.glob("*.key"))]

    def show(self, name: str) -> KeyInfo:
        """Return what is public of a key."""
        record = self._read(name)
        try:
            return KeyInfo(name, Address.parse(record["address"]), bytes.fromhex(record["public_key"]))
        except (KeyError, TypeError, ValueError) as error:
            raise KeyringError(f"{self._file(name)} is damaged: {error}") from error

    def find(self, name_or_address: str) -> KeyInfo:
        """Return a key by its name or its address."""
        if name_or_address.startswith("lamp1"):
            for info in self.list():
                if str(info.address) == name_or_address:
                    return info
            raise KeyringError(f"no key of {name_or_address} in {self.folder}")
        return self.show(name_or_address)

    def signer(self, name_or_address: str) -> Signer:
        """Return a key ready to sign; asks for the passphrase of a `file` keyring once."""
        info = self.find(name_or_address)
        return Signer.from_private_key(self._private_key(info.name), info.name)

    def delete(self, name: str) -> None:
        """Remove a key for good."""
        self._read(name)
        self._file(name).unlink()

    def rename(self, name: str, new_name: str) -> KeyInfo:
        """Give a key another name."""
        self._require_free(new_name)
        info = self.add_private_key(new_name, self._private_key(name))
        self.delete(name)
        return info

    def export_armor(self, name: str, passphrase: str) -> str:
        """Return a key as text, sealed with a passphrase of its own (at least 8 characters)."""
        if len(passphrase) < 8:
            raise KeyringError("the passphrase of an export has at least 8 characters")
        body = json.dumps(seal(self._private_key(name), passphrase, "lamppost private key"), indent=1)
        return f"{_ARMOR_BEGIN}\n{body}\n{_ARMOR_END}\n"

    def import_armor(self, name: str, armor: str, passphrase: str) -> KeyInfo:
        """Store a key that was exported."""
        text = armor.strip()
        if not text.startswith(_ARMOR_BEGIN) or not text.endswith(_ARMOR_END):
            raise KeyringError(f"not an exported key: it begins with {_ARMOR_BEGIN}")
        try:
            sealed = json.loads(text.removeprefix(_ARMOR_BEGIN).removesuffix(_ARMOR_END))
        except json.JSONDecodeError as error:
            raise KeyringError(f"the exported key is damaged: {error}") from error
        return self.add_private_key(name, unseal(sealed, passphrase, "lamppost private key"))

    def _private_key(self, name: str) -> bytes:
        record = self._read(name)
        try:
            if self.backend == "file":
                return unseal(record["sealed"], self._unlock(), name)
            return bytes.fromhex(record["private_key"])
        except (KeyError, TypeError, ValueError) as error:
            raise KeyringError(f"{self._file(name)} is damaged") from error

    def _unlock(self) -> str:
        """Ask for the passphrase once; the first one ever given to a folder becomes its passphrase."""
        if self._passphrase is not None:
            return self._passphrase
        if self._ask is None:
            raise KeyringError("the file keyring needs a passphrase, and there is nobody to ask for it")
        check = self.folder / "passphrase.check"
        if check.exists():
            passphrase = self._ask(f"Passphrase of {self.folder}")
            try:
                sealed = json.loads(check.read_text())
            except ValueError as error:
                raise KeyringError(f"{check} is damaged") from error
            try:
                unseal(sealed, passphrase, "passphrase")
            except KeyringError as error:
                raise KeyringError(f"wrong passphrase of {self.folder}") from error
        else:
            passphrase = self._ask(f"New passphrase of {self.folder}")
            if len(passphrase) < 8:
                raise KeyringError("a keyring's passphrase has at least 8 characters")
            if self._ask("The same again") != passphrase:
                raise KeyringError("the two passphrases differ")
            write_secret(check, json.dumps(seal(b"lamppost", passphrase, "passphrase")))
        self._passphrase = passphrase
        return passphrase

    def _file(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise KeyringError(f"{name!r} is no name of a key: letters, digits, '.', '_', '-', at most 64")
        return self.folder / f"{name}.key"

    def _require_free(self, name: str) -> None:
        if name.startswith("lamp1"):
            raise KeyringError("a key's name must not look like an address")
        if self._file(name).exists():
            raise KeyringError(f"there is a key named {name} already in {self.folder}")

    def _read(self, name: str) -> dict[str, Any]:
        try:
            record = json.loads(self._file(name).read_text())
        except FileNotFoundError as error:
            raise KeyringError(f"no key named {name} in {self.folder}{self._resembling(name)}") from error
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise KeyringError(f"{self._file(name)} is damaged") from error
        if not isinstance(record, dict):
            raise KeyringError(f"{self._file(name)} is damaged")
        return record

    def _resembling(self, name: str) -> str:
        names = [file.stem for file in self.folder.glob("*.key")]
        close = difflib.get_close_matches(name, names, n=1)
        return f"; did you mean {close[0]}?" if close else ""

    def _write(self, name: str, record: dict[str, Any]) -> None:
        write_secret(self._file(name), json.dumps(record, indent=1))


def write_secret(path: Path, text: str) -> None:
    """Write a new file that only its owner can read (0600, in a folder of 0700). Raises: OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
