import pytest
from bip_utils import Bip32Secp256k1

from chain.client.keyring import Signer
from chain.client.mnemonics import COSMOS_PATH, new_mnemonic, private_key_of
from chain.primitives.ids import to_bech32
from tests.vectors import load

WORDS = " ".join(["abandon"] * 11 + ["about"])


@pytest.mark.parametrize("vector", load("independent/bip39.json"), ids=["abandon about"])
def test_words_give_the_key_of_the_standard(vector):
    expected = Bip32Secp256k1.FromExtendedKey(vector["xprv"]).PrivateKey().Raw().ToBytes()
    assert private_key_of(vector["mnemonic"], "m", vector["passphrase"]) == expected


def test_the_first_account_is_the_one_that_cosmos_wallets_show():
    signer = Signer.from_mnemonic(WORDS)
    assert to_bech32("cosmos", bytes(signer.address)) == "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4"
    assert str(signer.address) == load("independent/sign_mode_direct.json")[0]["address"]


def test_spaces_and_capitals_do_not_matter():
    assert private_key_of(f"  {WORDS.upper()}\n".replace(" ", "  ")) == private_key_of(WORDS)


def test_another_path_is_another_key():
    paths = [COSMOS_PATH, "m/44'/118'/0'/0/1", "m/44'/118'/1'/0/0", "m/44'/60'/0'/0/0"]
    assert len({private_key_of(WORDS, path) for path in paths}) == 4


@pytest.mark.parametrize("words", ["", "abandon", " ".join(["abandon"] * 12), WORDS.replace("about", "abuot"), "ä"])
def test_wrong_words_are_refused_and_not_repeated_in_the_error(words):
    with pytest.raises(ValueError, match="not the words of a mnemonic") as caught:
        private_key_of(words)
    assert "abandon" not in str(caught.value)


@pytest.mark.parametrize("path", ["", "44'/118'", "m/x", "m/44'/118'/0'/0/4294967296", "m//1"])
def test_a_wrong_path_is_refused(path):
    with pytest.raises(ValueError, match="not a derivation path"):
        private_key_of(WORDS, path)


def test_new_words_are_24_and_differ():
    first, second = new_mnemonic(), new_mnemonic()
    assert len(first.split()) == len(second.split()) == 24
    assert first != second
    assert private_key_of(first) != private_key_of(second)
