"""Loading network files from disk."""

from pathlib import Path

import pytest

from chain.client.networks import NetworkFileError, load_network, load_networks

PRESETS = Path(__file__).parents[3] / "localnet" / "networks"


LOCALNET = ("hotspots", "storage", "weather")
WORLD = {
    "arweave": "DRN",
    "dimo": "DRN",
    "filecoin": "DRN",
    "helium": "PRN",
    "hivemapper": "DRN",
    "powerledger": "DRN",
    "powerpod": "PRN",
    "render": "DRN",
}


def test_the_presets_are_the_localnets_and_those_of_the_world_and_each_share_the_whole_emission() -> None:
    networks = load_networks(PRESETS)
    kinds = {name: network.kind for name, network in networks.items()}
    assert kinds == {"hotspots": "PRN", "storage": "DRN", "weather": "PRN", **WORLD}
    for names in (LOCALNET, WORLD):
        assert sum(networks[name].weight_bp for name in names) == 10_000
    assert all(network.models for network in networks.values())
    assert all(bool(network.places) == (network.kind == "PRN") for network in networks.values())


@pytest.mark.parametrize("name", WORLD)
def test_a_network_of_the_world_names_its_sources_and_what_is_simplified(name: str) -> None:
    text = (PRESETS / f"{name}.toml").read_text()
    assert "# Sources: " in text
    assert "# Simplified:" in text
    assert f"localnet/networks/{name}.toml --from founder" in text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(NetworkFileError, match=f"{path}: can't be read"):
        load_network(path)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(NetworkFileError, match=f"{path}: is not UTF-8 at byte 0"):
        load_network(path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    path.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(NetworkFileError, match="is larger than"):
        load_network(path)


def test_two_files_of_one_network_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text((PRESETS / "storage.toml").read_text())
    with pytest.raises(NetworkFileError, match=r"b\.toml: \[network\]: name: another file names this network too"):
        load_networks(tmp_path)


def test_a_folder_without_network_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkFileError, match=r"has no \.toml files"):
        load_networks(tmp_path)
