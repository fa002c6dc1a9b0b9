"""Network files: what they make, and each kind of mistake."""

import pytest

from chain.codec.networks import NetworkFile, NetworkFileError, NetworkModel, Place, parse_network
from chain.pb.lamppost.device_registry.v1.tx_pb2 import ModelSpec, MsgAddModel, MsgCreateNetwork
from chain.pb.lamppost.device_registry.v1.types_pb2 import (
    NETWORK_KIND_DRN,
    NETWORK_KIND_PRN,
    RECEIPT_POLICY_DIRECT,
    LocationCap,
)

PRN = """
[network]
name = "weather"
kind = "PRN"
unit = "station-hour"
description = "Readings"

[location_caps]
res_8 = 10
res_7 = 20
res_6 = 20

[level_weights]
level_0 = 0
level_1 = 5000
level_2 = 5000
level_3 = 10000

[emission]
weight_bp = 3000

[[model]]
name = "garden"
hardware_bp = 10000
max_units = 24

[[model]]
name = "roof"
hardware_bp = 15000
max_units = 48

[[place]]
name = "Seattle"
latitude = 47.6
longitude = -122
"""
DRN = PRN.replace('"PRN"', '"DRN"').replace("[location_caps]\nres_8 = 10\nres_7 = 20\nres_6 = 20\n", "")


def test_a_network_file_becomes_one_message() -> None:
    assert parse_network(PRN).message("lamp1founder") == MsgCreateNetwork(
        admin="lamp1founder",
        name="weather",
        kind=NETWORK_KIND_PRN,
        unit="station-hour",
        description="Readings",
        receipt_policy=RECEIPT_POLICY_DIRECT,
        location_caps=[
            LocationCap(resolution=8, cap=10),
            LocationCap(resolution=7, cap=20),
            LocationCap(resolution=6, cap=20),
        ],
        level_weights=[0, 5_000, 5_000, 10_000],
        models=[
            ModelSpec(name="garden", hardware_bp=10_000, max_units=24),
            ModelSpec(name="roof", hardware_bp=15_000, max_units=48),
        ],
    )


def test_what_is_for_people_is_read_beside_the_message() -> None:
    assert parse_network(PRN) == NetworkFile(
        name="weather",
        kind="PRN",
        unit="station-hour",
        description="Readings",
        receipts="direct",
        location_caps=((8, 10), (7, 20), (6, 20)),
        level_weights=(0, 5_000, 5_000, 10_000),
        models=(NetworkModel("garden", 10_000, 24), NetworkModel("roof", 15_000, 48)),
        weight_bp=3_000,
        places=(Place("Seattle", 47.6, -122.0),),
    )


def test_a_drn_has_no_caps() -> None:
    message = parse_network(DRN).message("lamp1founder")
    assert message.kind == NETWORK_KIND_DRN
    assert list(message.location_caps) == []


def test_models_that_a_network_lacks_become_messages() -> None:
    messages = parse_network(PRN).model_messages("lamp1founder", 7, present=["garden"])
    spec = ModelSpec(name="roof", hardware_bp=15_000, max_units=48)
    assert messages == [MsgAddModel(admin="lamp1founder", network=7, model=spec)]


VOUCHED = PRN.replace("max_units = 24", 'max_units = 24\nlevel = 2\nmanufacturer = "glowworks"').replace(
    "max_units = 48", "max_units = 48\nlevel = 3\nmanufacturer = 7"
)


def test_models_may_have_a_level_and_a_manufacturer_by_name_or_number() -> None:
    found = parse_network(VOUCHED)
    assert found.manufacturers == ("glowworks",)
    garden = ModelSpec(name="garden", hardware_bp=10_000, max_units=24, level=2, manufacturer=5)
    roof = ModelSpec(name="roof", hardware_bp=15_000, max_units=48, level=3, manufacturer=7)
    assert list(found.message("lamp1founder", {"glowworks": 5}).models) == [garden, roof]
    assert [item.model for item in found.model_messages("lamp1founder", 1, ["roof"], {"glowworks": 5})] == [garden]


def test_a_manufacturer_that_nobody_knows_is_named_with_its_model() -> None:
    with pytest.raises(NetworkFileError) as caught:
        parse_network(VOUCHED, "my.toml").message("lamp1founder")
    error = caught.value
    assert (error.table, error.key) == ("model[0]", "manufacturer")
    assert "no manufacturer is named 'glowworks'" in error.reason


LEVEL = "max_units = 24\nlevel = "
MISTAKES = [
    ("level above 3", "max_units = 24", LEVEL + "4\nmanufacturer = 1", "model[0]", "level", "must be 0 to 3"),
    ("level that is text", "max_units = 24", LEVEL + '"2"', "model[0]", "level", "whole number"),
    ("level without a manufacturer", "max_units = 24", LEVEL + "1", "model[0]", "level", "needs a manufacturer"),
    ("manufacturer 0", "max_units = 24", LEVEL + "1\nmanufacturer = 0", "model[0]", "manufacturer", "must be 1 to"),
    ("no name", "max_units = 24", LEVEL + '1\nmanufacturer = ""', "model[0]", "manufacturer", "must be a text"),
    ("capital", "max_units = 24", LEVEL + '1\nmanufacturer = "Acme"', "model[0]", "manufacturer", "a letter first"),
    ("not toml", "name", "name =", "", "", "is no TOML"),
    ("unknown table", "[emission]", "[emision]", "", "emision", "did you mean emission?"),
    ("unknown key", "unit =", "unitt =", "network", "unitt", "did you mean unit?"),
    ("unknown key of nothing near", 'unit = "s', 'colour = "s', "network", "colour", "known are name, kind"),
    ("unknown key of a model", "max_units = 48", "max_unit = 48", "model[1]", "max_unit", "did you mean max_units?"),
    ("unknown key of a place", "latitude", "lattitude", "place[0]", "lattitude", "did you mean latitude?"),
    ("missing table", "[level_weights]\n", "[emission]\n", "", "", "is no TOML"),
    ("missing key", 'name = "weather"\n', "", "network", "name", "missing"),
    ("missing key of a model", "hardware_bp = 15000\n", "", "model[1]", "hardware_bp", "missing"),
    ("number as a name", 'name = "weather"', "name = 7", "network", "name", "must be a text"),
    ("empty unit", '"station-hour"', '""', "network", "unit", "must be a text"),
    ("unknown kind", '"PRN"', '"PRM"', "network", "kind", "'PRM' is none of PRN, DRN"),
    ("unknown receipts", 'unit = "s', 'receipts = "later"\nunit = "s', "network", "receipts", "none of direct"),
    ("caps in a DRN", '"PRN"', '"DRN"', "location_caps", "", "a DRN has no caps"),
    ("missing cap", "res_7 = 20\n", "", "location_caps", "res_7", "missing"),
    ("cap of another resolution", "res_7 = 20\n", "res_5 = 20\n", "location_caps", "res_5", "unknown key"),
    ("zero cap", "res_8 = 10", "res_8 = 0", "location_caps", "res_8", "must be 1 to"),
    ("shrinking caps", "res_7 = 20", "res_7 = 9", "location_caps", "res_7", "below the cap of the finer"),
    ("fraction as a cap", "res_8 = 10", "res_8 = 1.5", "location_caps", "res_8", "whole number"),
    ("truth value as a cap", "res_8 = 10", "res_8 = true", "location_caps", "res_8", "whole number"),
    ("missing level", "level_2 = 5000\n", "", "level_weights", "level_2", "missing"),
    ("falling levels", "level_2 = 5000", "level_2 = 4999", "level_weights", "level_2", "below the weight of the level"),
    ("negative level", "level_0 = 0", "level_0 = -1", "level_weights", "level_0", "must be 0 to"),
    ("weight above the whole", "weight_bp = 3000", "weight_bp = 10001", "emission", "weight_bp", "must be 0 to 10000"),
    ("model of one name twice", '"roof"', '"garden"', "model[1]", "name", "two models are named"),
    ("zero hardware", "hardware_bp = 15000", "hardware_bp = 0", "model[1]", "hardware_bp", "must be 1 to"),
    ("zero units", "max_units = 24", "max_units = 0", "model[0]", "max_units", "must be 1 to"),
    ("single model table", "[[place]]", "[place]", "place", "", "write [[place]]"),
    ("latitude of no place", "47.6", "97.6", "place[0]", "latitude", "degrees from -90 to 90"),
]


@pytest.mark.parametrize(("case", "old", "new", "table", "key", "text"), MISTAKES, ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_named_with_file_table_and_key(
    case: str, old: str, new: str, table: str, key: str, text: str
) -> None:
    assert old in PRN
    with pytest.raises(NetworkFileError) as caught:
        parse_network(PRN.replace(old, new, 1), "my.toml")
    error = caught.value
    assert (error.table, error.key) == (table, key)
    assert text in error.reason
    assert str(error).startswith("my.toml: ")
    assert table in str(error)
    assert key in str(error)


def test_levels_that_all_weigh_nothing_are_a_mistake() -> None:
    text = PRN.replace("5000", "0").replace("level_3 = 10000", "level_3 = 0")
    with pytest.raises(NetworkFileError, match="at least one level"):
        parse_network(text)


def test_a_file_without_models_is_a_mistake() -> None:
    with pytest.raises(NetworkFileError, match=r"at least one \[\[model\]\]"):
        parse_network(PRN[: PRN.index("[[model]]")])


def test_a_file_without_the_network_table_is_a_mistake() -> None:
    with pytest.raises(NetworkFileError, match=r"\[network\]: this table is missing"):
        parse_network("[emission]\nweight_bp = 1\n")


def test_a_value_where_a_table_belongs_is_a_mistake() -> None:
    with pytest.raises(NetworkFileError, match=r"write \[network\]"):
        parse_network('network = "weather"')
