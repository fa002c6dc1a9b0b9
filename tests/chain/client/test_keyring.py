import json
import stat

import pytest

from chain.client.errors import KeyringError
from chain.client.keyring import Keyring, Signer
from chain.crypto.algorithms import Algorithm
from chain.crypto.keys import verify

WORDS = " ".join(["abandon"] * 11 + ["about"])
ADDRESS = "lamp19rl4cm2hmr8afy4kldpxz3fka4jguq0a9763t6"
PASSPHRASE = "correct horse"


class Person:
    """Answers prompts from a list, and remembers them."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.prompts: list[str] = []

    def __call__(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.answers.pop(0)


def opened(home, backend: str, *answers: str) -> Keyring:
    return Keyring(home, backend, Person(*answers) if backend == "file" else None)


@pytest.fixture(params=["test", "file"])
def keyring(request, tmp_path) -> Keyring:
    return opened(tmp_path, request.param, PASSPHRASE, PASSPHRASE)


def test_a_recovered_key_has_the_address_of_its_words(keyring):
    info = keyring.recover("alice", WORDS)
    assert (info.name, str(info.address)) == ("alice", ADDRESS)
    assert keyring.show("alice") == keyring.find("alice") == keyring.find(ADDRESS) == info
    assert keyring.list() == [info]


def test_a_key_signs_what_its_public_key_verifies(keyring):
    keyring.recover("alice", WORDS)
    signer = keyring.signer("alice")
    assert verify(Algorithm.SECP256K1, signer.public_key, b"message", signer.sign(b"message"))
    assert keyring.signer(ADDRESS).sign(b"message") == signer.sign(b"message")


def test_a_new_key_comes_back_from_its_words(keyring):
    info, words = keyring.create("alice")
    keyring.delete("alice")
    assert keyring.list() == []
    assert keyring.recover("again", words).address == info.address


def test_keys_are_listed_by_name(keyring):
    for name in ("carol", "alice", "Bob"):
        keyring.create(name)
    assert [info.name for info in keyring.list()] == ["Bob", "alice", "carol"]


def test_only_the_owner_can_read_what_is_stored(keyring):
    keyring.recover("alice", WORDS)
    assert stat.S_IMODE(keyring.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in keyring.folder.iterdir()} == {0o600}


def test_the_secret_is_nowhere_in_the_files_of_a_sealed_keyring(tmp_path):
    keyring = opened(tmp_path, "file", PASSPHRASE, PASSPHRASE)
    secret = b"\x17" * 32
    keyring.add_private_key("alice", secret)
    stored = b"".join(file.read_bytes() for file in keyring.folder.iterdir())
    assert secret not in stored
    assert secret.hex().encode() not in stored
    assert PASSPHRASE.encode() not in stored


def test_secrets_do_not_show_when_printed(keyring):
    keyring.add_private_key("alice", b"\x17" * 32)
    shown = f"{keyring.signer('alice')!r} {keyring.signer('alice')} {keyring.show('alice')!r}"
    assert "17171717" not in shown
    assert repr(keyring.signer("alice")).startswith("Signer(alice, lamp1")


def test_a_key_can_be_renamed_and_signs_as_before(keyring):
    info = keyring.recover("alice", WORDS)
    before = keyring.signer("alice").sign(b"message")
    renamed = keyring.rename("alice", "bob")
    assert (renamed.name, renamed.address) == ("bob", info.address)
    assert [info.name for info in keyring.list()] == ["bob"]
    assert keyring.signer("bob").sign(b"message") == before


def test_a_key_travels_sealed_between_keyrings(keyring, tmp_path):
    info = keyring.recover("alice", WORDS)
    armor = keyring.export_armor("alice", "another passphrase")
    assert armor.startswith("-----BEGIN LAMPPOST PRIVATE KEY-----\n")
    assert armor.endswith("\n-----END LAMPPOST PRIVATE KEY-----\n")
    other = Keyring(tmp_path / "other")
    assert other.import_armor("alice", armor, "another passphrase") == info
    with pytest.raises(KeyringError, match="wrong passphrase"):
        other.import_armor("bob", armor, "wrong passphrase")
    with pytest.raises(KeyringError, match="at least 8 characters"):
        keyring.export_armor("alice", "short")


@pytest.mark.parametrize(
    ("armor", "text"),
    [
        ("", "not an exported key"),
        ("-----BEGIN LAMPPOST PRIVATE KEY-----", "not an exported key"),
        ("-----BEGIN LAMPPOST PRIVATE KEY-----\n{\n-----END LAMPPOST PRIVATE KEY-----", "damaged"),
        ("-----BEGIN LAMPPOST PRIVATE KEY-----\n[]\n-----END LAMPPOST PRIVATE KEY-----", "damaged"),
    ],
)
def test_what_is_no_exported_key_is_refused(tmp_path, armor, text):
    with pytest.raises(KeyringError, match=text):
        Keyring(tmp_path).import_armor("alice", armor, "passphrase")


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a b", "-x", "ä", "x" * 65, "a\n", "a\x00"])
def test_a_name_can_never_leave_the_folder(tmp_path, name):
    keyring = Keyring(tmp_path)
    for action in (keyring.create, keyring.show, keyring.delete, keyring.signer):
        with pytest.raises(KeyringError, match="is no name of a key"):
            action(name)


def test_a_name_must_not_look_like_an_address(tmp_path):
    with pytest.raises(KeyringError, match="must not look like an address"):
        Keyring(tmp_path).create("lamp1alice")


def test_a_taken_name_keeps_its_key(keyring):
    info = keyring.recover("alice", WORDS)
    keyring.create("bob")
    for action in (
        lambda: keyring.create("alice"),
        lambda: keyring.recover("alice", WORDS),
        lambda: keyring.add_private_key("alice", b"\x01" * 32),
        lambda: keyring.rename("bob", "alice"),
    ):
        with pytest.raises(KeyringError, match="there is a key named alice already"):
            action()
    assert keyring.show("alice") == info


def test_what_is_not_there_is_named(keyring):
    for action in (keyring.show, keyring.delete, keyring.signer, lambda name: keyring.rename(name, "new")):
        with pytest.raises(KeyringError, match="no key named nobody in"):
            action("nobody")
    with pytest.raises(KeyringError, match=f"no key of {ADDRESS}"):
        keyring.find(ADDRESS)


@pytest.mark.parametrize("secret", [b"", bytes(32), b"\xff" * 32, b"\x01" * 31])
def test_what_is_no_private_key_is_not_stored(keyring, secret):
    with pytest.raises(KeyringError, match="not a secp256k1 private key"):
        keyring.add_private_key("alice", secret)
    assert keyring.list() == []


def test_wrong_words_are_not_stored(keyring):
    with pytest.raises(KeyringError, match="not the words"):
        keyring.recover("alice", "abandon")
    assert keyring.list() == []


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"address": 1, "public_key": 2, "private_key": 3}', "\x80"])
def test_a_damaged_file_is_named(tmp_path, content):
    keyring = Keyring(tmp_path)
    keyring.create("alice")
    (keyring.folder / "alice.key").write_bytes(content.encode("latin-1"))
    for action in (keyring.show, keyring.signer):
        with pytest.raises(KeyringError, match=r"alice\.key is damaged"):
            action("alice")


def test_an_unknown_backend_is_refused(tmp_path):
    with pytest.raises(KeyringError, match="expected one of test, file"):
        Keyring(tmp_path, "os")


def test_backends_do_not_see_each_others_keys(tmp_path):
    Keyring(tmp_path, "test").create("alice")
    assert opened(tmp_path, "file").list() == []


def test_the_passphrase_is_asked_twice_when_new_then_once_per_keyring(tmp_path):
    first = opened(tmp_path, "file", PASSPHRASE, PASSPHRASE)
    first.recover("alice", WORDS)
    first.create("bob")
    assert [prompt.split()[0] for prompt in first._ask.prompts] == ["New", "The"]
    second = opened(tmp_path, "file", PASSPHRASE)
    second.show("alice")
    second.list()
    assert second._ask.prompts == []
    second.signer("alice")
    second.signer("bob")
    assert len(second._ask.prompts) == 1


def test_a_wrong_passphrase_opens_nothing_and_adds_nothing(tmp_path):
    opened(tmp_path, "file", PASSPHRASE, PASSPHRASE).recover("alice", WORDS)
    with pytest.raises(KeyringError, match="wrong passphrase"):
        opened(tmp_path, "file", "wrong").signer("alice")
    with pytest.raises(KeyringError, match="wrong passphrase"):
        opened(tmp_path, "file", "wrong").create("bob")
    assert [info.name for info in opened(tmp_path, "file").list()] == ["alice"]


@pytest.mark.parametrize(
    ("answers", "text"), [(("short",), "at least 8 characters"), ((PASSPHRASE, "another one"), "passphrases differ")]
)
def test_a_bad_new_passphrase_is_refused(tmp_path, answers, text):
    with pytest.raises(KeyringError, match=text):
        opened(tmp_path, "file", *answers).create("alice")
    assert not (tmp_path / "keyring-file" / "passphrase.check").exists()


def test_a_sealed_keyring_needs_somebody_to_ask(tmp_path):
    with pytest.raises(KeyringError, match="nobody to ask"):
        Keyring(tmp_path, "file").create("alice")


def test_a_damaged_check_of_the_passphrase_is_named(tmp_path):
    opened(tmp_path, "file", PASSPHRASE, PASSPHRASE).recover("alice", WORDS)
    (tmp_path / "keyring-file" / "passphrase.check").write_text("{")
    with pytest.raises(KeyringError, match=r"passphrase\.check is damaged"):
        opened(tmp_path, "file", PASSPHRASE).signer("alice")


def test_sealed_keys_cannot_be_swapped(tmp_path):
    keyring = opened(tmp_path, "file", PASSPHRASE, PASSPHRASE)
    keyring.create("alice")
    keyring.create("bob")
    alice, bob = keyring.folder / "alice.key", keyring.folder / "bob.key"
    swapped = {**json.loads(alice.read_text()), "sealed": json.loads(bob.read_text())["sealed"]}
    alice.write_text(json.dumps(swapped))
    with pytest.raises(KeyringError, match="alice: wrong passphrase, or the text was changed"):
        keyring.signer("alice")


def test_a_signer_of_words_needs_no_keyring():
    assert str(Signer.from_mnemonic(WORDS, name="alice").address) == ADDRESS
