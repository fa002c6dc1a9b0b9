"""Secret words and what follows from them: BIP-39 seeds and BIP-32 keys on Cosmos' path."""

import re

COSMOS_PATH = "m/44'/118'/0'/0/0"
"""Derivation path of a Cosmos wallet's first account (SLIP-44 coin type 118)."""
_PATH = re.compile(r"m(/[0-9]{1,10}'?)*")


def new_mnemonic() -> str:
    """Return 24 fresh English words (256 bits from the operating system)."""
    from bip_utils import Bip39MnemonicGenerator, Bip39WordsNum

    return str(Bip39MnemonicGenerator().FromWordsNumber(Bip39WordsNum.WORDS_NUM_24))


def private_key_of(mnemonic: str, path: str = COSMOS_PATH, passphrase: str = "") -> bytes:
    """Return the 32-byte secp256k1 key of a mnemonic. Raises: ValueError when words, checksum or path are wrong."""
    from bip_utils import Bip32Secp256k1, Bip39MnemonicValidator, Bip39SeedGenerator
    from bip_utils.bip.bip32 import Bip32PathError

    words = " ".join(mnemonic.lower().split())
    if not Bip39MnemonicValidator().IsValid(words):
        raise ValueError("these are not the words of a mnemonic, or one of them is wrong")
    # The library takes paths without their root and with empty steps; a slip of the pen must not make another key.
    if _PATH.fullmatch(path) is None:
        raise ValueError(f"{path!r} is not a derivation path such as {COSMOS_PATH}")
    seed = Bip39SeedGenerator(words).Generate(passphrase)
    try:
        return bytes(Bip32Secp256k1.FromSeedAndPath(seed, path).PrivateKey().Raw().ToBytes())
    except Bip32PathError as error:
        raise ValueError(f"{path!r} is not a derivation path such as {COSMOS_PATH}") from error
