"""Power Ledger, Hivemapper, DIMO and Render: work that is done anywhere."""

from chain.pb.lamppost.device_registry.v1 import statements_pb2
from tests.app.networks.town import Town, free_part


def after_an_epoch(town: Town) -> dict[str, int]:
    """Let the epoch's books close, compare what is paid with the plain sum, and return the shares."""
    town.close()
    town.close()
    shares = town.expected(0)
    assert town.claim() == {name: free_part(share) for name, share in shares.items()}
    assert all(town.account(name).drip.locked == share - free_part(share) for name, share in shares.items())
    return shares


def test_powerledger_pays_kwh_of_meters_less_their_gaps() -> None:
    with Town("powerledger") as town:
        town.join("rooftop-meter", "south roof", "gappy roof")
        town.join("battery-meter", "battery")
        # Eight tenths for a sealed meter; the second has readings of 36 of 48 half hours.
        work = {"south roof": (40, 10_000), "gappy roof": (40, 7_500), "battery": (25, 10_000)}
        assert town.report(work) == [32, 24, 16]
        shares = after_an_epoch(town)
        assert abs(shares["gappy roof"] * 4 - shares["south roof"] * 3) < 4


def test_hivemapper_pays_kilometres_by_freshness() -> None:
    with Town("hivemapper") as town:
        town.join("dashcam", "pioneer", "commuter")
        town.join("dashcam-s", "tourist")
        # The commuter's tiles were mapped two days ago: two sevenths are left of their multiplier.
        work = {"pioneer": (120, 10_000), "commuter": (120, 2_857), "tourist": (120, 10_000)}
        assert town.report(work) == [120, 34, 132]
        shares = after_an_epoch(town)
        assert shares["pioneer"] * 110 // 100 - shares["tourist"] in (-1, 0, 1)


def test_dimo_pays_points_of_integration_and_streak_and_keeps_consents() -> None:
    with Town("dimo") as town:
        town.join("comprehensive-device", "veteran", "newcomer")
        town.join("software-limited", "app only")
        # A seventh of 6,000 + 3,000, of 6,000, and of 1,000 + 1,000 points.
        assert town.report({"veteran": (1_285, 10_000), "newcomer": (857, 10_000), "app only": (285, 10_000)}) == [
            1_285,
            857,
            285,
        ]
        grant = statements_pb2.MsgGrantConsent(
            owner=town["owner"],
            device_id=str(town.members["veteran"].key.device_id),
            grantee=town["reader"],
            scopes=[statements_pb2.ConsentScope.ValueType(1)],
            expires_at=town.chain.time + 10**18,
        )
        assert town.chain.run(grant, signer="owner").log == ""
        shares = after_an_epoch(town)
        assert shares["veteran"] > shares["newcomer"] > 2 * shares["app only"]


def test_render_pays_minutes_of_cards_by_their_benchmark() -> None:
    with Town("render") as town:
        town.join("gpu-24gb-2020", "reference")
        town.join("gpu-24gb-2022", "fast")
        town.join("gpu-12gb-2021", "small")
        # Nobody vouches for the cards: four tenths. A day has 1,440 minutes, whatever is claimed.
        work = {"reference": (1_440, 10_000), "fast": (1_500, 10_000), "small": (700, 10_000)}
        assert town.report(work) == [576, 1_094, 168]
        shares = after_an_epoch(town)
        assert abs(shares["fast"] * 576 - shares["reference"] * 1_094) < 2_000
