"""`lampd keys`, alone with its folder."""

import stat

import pytest

from tests.chain.cli.shell import Shell

VECTOR = "abandon " * 11 + "about"
VECTOR_HEX = "28FF5C6D57D8CFD492B6FB42614536ED648E01FD"


def test_a_new_key_is_shown_listed_and_its_words_bring_it_back(shell: Shell) -> None:
    made = shell.ok("keys", "add", "alice")
    words = made.err.strip().splitlines()[-1]
    assert len(words.split()) == 24
    assert words not in made.out
    shown = shell.json("keys", "show", "alice")
    assert shown == shell.json("keys", "list")[0]
    assert sorted(shown) == ["address", "name", "public_key", "type"]
    assert shell.ok("keys", "show", "alice", "--address").out.strip() == shown["address"]
    assert shell.ok("keys", "show", shown["address"], "-p").out.strip() == shown["public_key"]
    shell.ok("keys", "delete", "alice", "--yes")
    assert shell.json("keys", "list") == []
    shell.ok("keys", "add", "again", "--recover", stdin=words)
    assert shell.json("keys", "show", "again")["address"] == shown["address"]


def test_the_words_of_cosmos_standard_vector_give_its_address(shell: Shell) -> None:
    made = shell.json("keys", "add", "vector", "--recover", stdin=VECTOR)
    assert "mnemonic" not in made
    assert shell.json("keys", "parse", made["address"]) == {"human": "lamp", "bytes": VECTOR_HEX}
    assert made["address"] in shell.ok("keys", "parse", VECTOR_HEX).out


def test_the_words_of_a_new_key_are_not_printed_when_nobody_wants_them(shell: Shell) -> None:
    said = shell.ok("keys", "add", "alice", "--no-backup", "-o", "json")
    assert said.err == ""
    assert "mnemonic" not in said.json


def test_a_key_goes_from_one_folder_to_another(shell: Shell) -> None:
    before = shell.json("keys", "add", "alice", "--no-backup")
    armor = shell.home / "alice.armor"
    armor.write_text(shell.ok("keys", "export", "alice", stdin="secret-pass\n").out)
    assert "secret-pass" not in armor.read_text()
    other = Shell(shell.home.parent / "other")
    other.ok("keys", "import", "alice", str(armor), stdin="secret-pass\n")
    assert other.json("keys", "show", "alice") == before
    assert "wrong passphrase" in other.fails("keys", "import", "bob", str(armor), stdin="another-pass\n")


def test_a_key_is_renamed(shell: Shell) -> None:
    before = shell.json("keys", "add", "alice", "--no-backup")
    shell.ok("keys", "rename", "alice", "cold")
    assert shell.json("keys", "list") == [before | {"name": "cold"}]


def test_a_key_is_kept_when_nobody_confirms_that_it_should_go(shell: Shell) -> None:
    shell.ok("keys", "add", "alice", "--no-backup")
    assert shell.run("keys", "delete", "alice", stdin="n\n").code != 0
    assert len(shell.json("keys", "list")) == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (("keys", "add", "alice"), "", "there is a key named alice already"),
        (("keys", "show", "alise"), "", "no key named alise in"),
        (("keys", "show", "alise"), "", "did you mean alice?"),
        (("keys", "delete", "nobody", "-y"), "", "no key named nobody"),
        (("keys", "add", "b/../c"), "", "is no name of a key"),
        (("keys", "add", "lamp1bob"), "", "must not look like an address"),
        (("keys", "add", "bob", "--recover"), "abandon foo", "not the words of a mnemonic"),
        (("keys", "add", "bob", "--hd-path", "m/x"), "", "not a derivation path"),
        (("keys", "export", "alice"), "short\n", "at least 8 characters"),
        (("keys", "export", "alice"), "", "standard input ended"),
    ],
)
def test_a_mistake_is_told_in_one_line(shell: Shell, arguments: tuple[str, ...], stdin: str, says: str) -> None:
    shell.ok("keys", "add", "alice", "--no-backup")
    assert says in shell.fails(*arguments, stdin=stdin)


def test_text_that_is_no_address_is_wrong_usage(shell: Shell) -> None:
    assert "neither bech32 nor hex" in shell.fails("keys", "parse", "zzz", code=2)


def test_new_words_are_printed_and_nothing_is_stored(shell: Shell) -> None:
    words = shell.ok("keys", "mnemonic").out.split()
    assert len(words) == 24
    assert not shell.home.exists()


def test_a_sealed_keyring_asks_for_its_passphrase_and_takes_no_other(shell: Shell) -> None:
    sealed = Shell(shell.home, {"LAMPD_KEYRING_BACKEND": "file"})
    sealed.ok("keys", "add", "alice", stdin="long-enough\nlong-enough\n")
    assert "differ" in Shell(shell.home / "x", sealed.env).fails("keys", "add", "a", stdin="long-enough\nlong-other\n")
    armor = sealed.ok("keys", "export", "alice", stdin="export-pass\nlong-enough\n").out  # simd's order
    assert armor.startswith("-----BEGIN LAMPPOST PRIVATE KEY-----")
    assert "wrong passphrase of" in sealed.fails("keys", "export", "alice", stdin="export-pass\nwrong-one\n")
    assert sealed.json("keys", "list")[0]["name"] == "alice"  # what is public needs no passphrase
    folder = shell.home / "keyring-file"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert "private_key" not in (folder / "alice.key").read_text()
