import pytest

from chain.client.errors import KeyringError
from chain.client.sealing import seal, unseal

SEALED = seal(b"secret", "correct horse", "alice")


def test_what_is_sealed_comes_back():
    assert unseal(SEALED, "correct horse", "alice") == b"secret"


def test_no_two_seals_are_alike():
    assert seal(b"secret", "correct horse", "alice")["data"] != SEALED["data"]


@pytest.mark.parametrize(
    ("sealed", "passphrase", "about", "text"),
    [
        (SEALED, "wrong", "alice", "wrong passphrase"),
        (SEALED, "", "alice", "wrong passphrase"),
        (SEALED, "correct horse", "bob", "wrong passphrase, or the text was changed"),
        ({**SEALED, "data": SEALED["data"][:-4] + "AAA="}, "correct horse", "alice", "or the text was changed"),
        ({**SEALED, "nonce": ""}, "correct horse", "alice", "damaged"),
        ({**SEALED, "salt": "?"}, "correct horse", "alice", "damaged"),
        ({**SEALED, "n": 3}, "correct horse", "alice", "damaged"),
        ({**SEALED, "n": 2**40}, "correct horse", "alice", "does not know"),
        ({**SEALED, "kdf": "md5"}, "correct horse", "alice", "does not know"),
        ({**SEALED, "cipher": "rot13"}, "correct horse", "alice", "does not know"),
        ({}, "correct horse", "alice", "damaged"),
        ([1, 2], "correct horse", "alice", "damaged"),
        (None, "correct horse", "alice", "damaged"),
    ],
)
def test_anything_else_is_refused(sealed, passphrase, about, text):
    with pytest.raises(KeyringError, match=text) as caught:
        unseal(sealed, passphrase, about)
    assert "correct horse" not in str(caught.value)
