"""Helium and PowerPod: where a device stands decides what it is worth."""

import h3.api.basic_int as h3_library

from chain.client.devices import DeviceKey, register_message
from chain.testing import CHAIN_ID
from modules.device_registry.errors import RegistryCode
from tests.app.networks.town import Town, free_part


def near(latitude: float, longitude: float) -> int:
    return int(h3_library.latlng_to_cell(latitude, longitude, 8))


SQUARE, SUBURB, FARM = near(37.7955, -122.3937), near(37.76, -122.45), near(37.6391, -120.9969)


def test_helium_pays_coverage_and_not_crowds() -> None:
    with Town("helium") as town:
        town.join("indoor-hotspot", "window", "desk", "roof", cells=(SQUARE, SQUARE, SQUARE))
        town.join("outdoor-hotspot", "mast", "barn", cells=(SUBURB, FARM))
        assert town.report(dict.fromkeys(town.members, (24, 10_000))) == [24] * 5
        town.close()
        town.close()
        shares = town.expected(0)
        assert town.claim() == {name: free_part(share) for name, share in shares.items()}
        # Three in one cell share what one of them would have there.
        assert abs(3 * shares["desk"] - shares["barn"]) < 3
        assert shares["mast"] == shares["barn"]


def test_helium_pays_nothing_for_hotspots_that_no_maker_signed() -> None:
    with Town("helium") as town:
        key = DeviceKey.generate("ed25519")
        message = register_message(key, chain_id=CHAIN_ID, owner=town["owner"], network=1, model=1, cell=SQUARE)
        refused = town.chain.run(message, signer="owner")
        assert (refused.codespace, refused.code) == ("device_registry", RegistryCode.MODEL_NEEDS_BATCH)


def test_powerpod_pays_sessions_that_charger_and_driver_sign() -> None:
    with Town("powerpod", audits=100) as town:
        town.join("wallbox", "garage 1", "garage 2", "garage 3", "garage 4", cells=(SQUARE,) * 4)
        town.join("pulse-adapter", "farm", cells=(FARM,))
        session = {"kwh": 22, "charger_signature": "ab" * 64, "driver_signature": "cd" * 64}
        work = {"garage 1": (160, 10_000), "garage 2": (160, 10_000), "garage 3": (160, 10_000)}
        work |= {"garage 4": (20, 10_000), "farm": (22, 10_000)}
        sessions = {name: [session] * 3 for name in work}
        for _ in range(3):
            # 0.9 of a kWh counts for a charger that its maker signed.
            assert town.report(work, sessions) == [144, 144, 144, 18, 19]
            town.close()
        town.close()
        shares = [town.expected(epoch) for epoch in range(3)]
        paid = town.claim()
        for name in work:
            mine = [share[name] for share in shares]
            held = mine[0] - free_part(mine[0])
            assert paid[name] == sum(map(free_part, mine)) + held * 2 // 90
        # 450 kWh in the garage's cell count as 400.
        assert abs(shares[0]["garage 1"] * 19 * 450 - shares[0]["farm"] * 144 * 400) < 10**6
