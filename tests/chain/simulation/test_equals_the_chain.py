"""The simulator and a real chain with the same devices come to the same, to the last ulamp."""

from pathlib import Path
from typing import Any

import h3.api.basic_int as h3_library
import pytest

from chain.app import default_genesis, wire
from chain.codec.networks import parse_network
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry_tx
from chain.pb.lamppost.reward_emission.v1 import tx_pb2 as emission_tx
from chain.pb.lamppost.work.v1 import tx_pb2 as work_tx
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from chain.sdk.module import Genesis, Module
from chain.sdk.schema import Schema
from chain.simulation.emission import simulate
from chain.simulation.scenario import Crowd, Plan, Scenario
from chain.simulation.series import Series
from chain.testing import CHAIN_ID, TestChain
from modules.reward_emission.params import Params
from modules.reward_emission.state import BOOKS, EPOCHS, STORE
from modules.work.receipts import Receipt
from tests.modules.device_registry.world import device_key, device_message

EPOCHS_RUN = 14
"""Past the ring of 8, so that dust has come back to the pools."""
EPOCH_SECONDS = 3_600
BURN = 77_777_777
SUPPLY = 400_000_000_000_000
HOTSPOTS = """
[network]
name = "hotspots"
kind = "PRN"
unit = "hour"
[location_caps]
res_8 = 30
res_7 = 50
res_6 = 55
[level_weights]
level_0 = 7000
level_1 = 7000
level_2 = 8000
level_3 = 9000
[emission]
weight_bp = 3334
[[model]]
name = "antenna"
hardware_bp = 13000
max_units = 24
"""
DISKS = """
[network]
name = "disks"
kind = "DRN"
unit = "day"
[level_weights]
level_0 = 10000
level_1 = 10000
level_2 = 10000
level_3 = 10000
[emission]
weight_bp = 6661
[[model]]
name = "disk"
hardware_bp = 10000
max_units = 997
"""
CITY = h3_library.latlng_to_cell(52.52, 13.40, 6)
ELSEWHERE = h3_library.latlng_to_cell(-1.28, 36.82, 8)
CROWD = Crowd(2, 2, 2)
"""Eight antennas stand in the city, two in each of two cells in each of two; a ninth stands alone."""
ANTENNAS, DRIVES = 9, 3
UNITS = 200
"""What each claims: far above the maximum of an antenna, below that of a disk."""
PLACES = [
    fine
    for middle in sorted(h3_library.cell_to_children(CITY, 7))[:2]
    for fine in sorted(h3_library.cell_to_children(middle, 8))[:2]
    for _ in range(2)
] + [ELSEWHERE]


def furnace(bank: Any, emission: Any, payer: Any, provider: Any) -> Module:
    """Return a stand-in for credits: in each epoch it burns, counts that for a provider, and claims what he earned."""
    schema = Schema("furnace")
    seen: list[int] = []

    def begin_block(ctx: Context, keeper: Any) -> None:
        epoch = emission.epochs_closed(ctx)
        if epoch in seen:
            return
        seen.append(epoch)
        bank.send_to_module(ctx, payer, STORE, (Coin(BASE_DENOM, BURN),))
        emission.burn(ctx, STORE, BURN)
        emission.record_burn_value(ctx, provider, BURN)
        emission.claim_usage(ctx, provider)

    nothing = Genesis(default=dict, validate=lambda section: None, init=lambda *_: None, export=lambda *_: {})
    return Module("furnace", None, schema, nothing, begin_block=begin_block)


class Town:
    """A chain with two networks of which every device reports in every epoch; `first` are the devices measured."""

    def __init__(self, params: Params) -> None:
        names = ("alice", "burner", "council", "founder", "provider")
        accounts = {name: f"{SUPPLY // len(names)}ulamp" for name in names}
        wiring = wire()
        bank, emission = (
            next(module.keeper for module in wiring.modules if module.name == name) for name in ("bank", STORE)
        )
        self.emission: Any = emission
        people = TestChain(accounts, start=False)
        payer, provider = people.address("burner"), people.address("provider")
        people.close()
        fields = {name: str(getattr(params, name)) for name in Params.__dataclass_fields__}
        small = {name for name in fields if name.endswith("_bp") or name == "release_epochs"}
        self.chain = TestChain(
            accounts,
            {
                "work": {"params": {"epoch_seconds": str(EPOCH_SECONDS), "audits_per_epoch": 0}},
                STORE: {"params": {name: int(text) if name in small else text for name, text in fields.items()}},
                "device_registry": {"params": {**default_genesis()["device_registry"]["params"], "bond_seconds": "0"}},
            },
            authority="council",
            wiring=wiring.with_modules(furnace(bank, emission, payer, provider)),
        )
        self.found()

    def found(self) -> None:
        chain = self.chain
        council, founder = str(chain.address("council")), str(chain.address("founder"))
        files = [parse_network(HOTSPOTS), parse_network(DISKS)]
        chain.ok(*(file.message(founder) for file in files), signer="founder")
        chain.ok(
            *(
                registry_tx.MsgSetNetworkWeight(authority=council, network=number, weight_bp=file.weight_bp)
                for number, file in enumerate(files, 1)
            ),
            signer="council",
        )
        self.devices = [(f"antenna {number}", 1, cell) for number, cell in enumerate(PLACES)]
        self.devices += [(f"drive {number}", 2, 0) for number in range(DRIVES)]
        for name, network, cell in self.devices:
            chain.ok(device_message(chain, name, network=network, model=network, cell=cell), signer="alice")

    def receipt(self, name: str, network: int, epoch: int) -> Receipt:
        key = device_key(name)
        body = Receipt(network, bytes(key.device_id), epoch, epoch + 1, UNITS, 9_100, bytes(32), b"", b"")
        return Receipt(
            *(getattr(body, field) for field in list(body.__slots__)[:-1]), key.sign(body.sign_bytes(CHAIN_ID))
        )

    def run_epoch(self, epoch: int) -> None:
        chain = self.chain
        message = work_tx.MsgSubmitWork(submitter=str(chain.address("alice")))
        message.receipts.extend(self.receipt(name, network, epoch).to_proto() for name, network, _ in self.devices)
        response = chain.ok(message, response=work_tx.MsgSubmitWorkResponse)
        assert [result.code for result in response.results] == [0] * len(self.devices)
        chain.advance(EPOCH_SECONDS)
        ids = [str(device_key(name).device_id) for name in ("antenna 0", "drive 0")]
        chain.ok(emission_tx.MsgClaim(owner=str(chain.address("alice")), device_ids=ids))


def scenario(params: Params) -> Scenario:
    """Return what the town does, for the simulator."""
    hotspots, disks = parse_network(HOTSPOTS), parse_network(DISKS)
    plans = (
        Plan(hotspots, hotspots.models[0], ANTENNAS, uptime_bp=9_100, crowd=CROWD, units=UNITS),
        Plan(disks, disks.models[0], DRIVES, uptime_bp=9_100, units=UNITS),
    )
    return Scenario("town", plans, params, EPOCHS_RUN, 1, burn=BURN, supply=SUPPLY, staked=False)


def compare_epoch(town: Town, series: Series, epoch: int) -> None:
    """Compare what stands after the close of an epoch and the claim behind it."""
    ctx = town.chain.ctx()
    held, record = town.emission.reserve(ctx), EPOCHS.get(ctx, epoch)
    assert record is not None
    found = [held.remaining, record.emitted, record.reemitted, record.buckets, record.to_treasury, record.usage_payable]
    expected = [series.reserve, series.emitted, series.reemitted, series.buckets, series.treasury, series.usage_paid]
    assert found == [values[epoch] for values in expected]
    # The stand-in has burned for the epoch that runs now.
    assert held.burned == series.burned_pool[epoch] + BURN
    assert town.emission.bank.supply(ctx, BASE_DENOM) == series.supply[epoch] - BURN
    for network, name in ((1, "antenna 0"), (2, "drive 0")):
        simulated = series.networks[network - 1]
        book, account = BOOKS.get(ctx, (epoch, network)), town.emission.account(ctx, device_key(name).device_id)
        assert book is not None
        assert (book.pool, book.units) == (simulated.pool[epoch], simulated.units[epoch])
        assert (account.paid, account.locked) == (simulated.claimable[epoch], simulated.locked[epoch])


@pytest.mark.parametrize(
    "params",
    [
        Params(),
        Params(
            decay=2**64 // 1_000,
            usage_bp=10,
            availability_bp=6_000,
            decline_bp=500,
            decline_epochs=3,
            reemission_cap=50_000_000,
            holdback_bp=4_321,
            release_epochs=5,
            usage_kappa_bp=1_500,
        ),
    ],
    ids=["the default parameters", "parameters at whose bounds everything happens"],
)
def test_a_chain_and_the_simulator_agree_to_the_ulamp(params: Params) -> None:
    series = simulate(scenario(params))
    town = Town(params)
    try:
        for epoch in range(EPOCHS_RUN):
            town.run_epoch(epoch)
            compare_epoch(town, series, epoch)
        account = town.emission.account(town.chain.ctx(), DeviceId(device_key("antenna 0").device_id))
        assert account.paid > 0
        assert [slot.amount for slot in account.slots()][:-1] == series.networks[0].reward[EPOCHS_RUN - 8 : -1]
    finally:
        town.chain.close()


def test_everything_that_is_minted_is_in_a_bucket_or_a_pool() -> None:
    series = simulate(scenario(Params()))
    for epoch in range(EPOCHS_RUN):
        parts = series.buckets[epoch]
        total = parts.usage + parts.availability + parts.stakers + parts.attesters + parts.delegators + parts.treasury
        assert total == series.emitted[epoch] + series.reemitted[epoch]
        assert series.supply[epoch] + series.reserve[epoch] + series.burned_pool[epoch] == 10**15


def test_an_idle_network_gives_its_pool_to_the_treasury_an_epoch_later() -> None:
    busy, idle = parse_network(HOTSPOTS), parse_network(DISKS)
    plans = (Plan(busy, busy.models[0], 5), Plan(idle, idle.models[0], 0))
    series = simulate(Scenario("half idle", plans, Params(), 3, staked=False))
    assert series.networks[1].pool[0] > 0
    assert series.networks[1].reward == [0, 0, 0]
    both = Scenario("busy", (plans[0], Plan(idle, idle.models[0], 5)), Params(), 3, staked=False)
    assert series.treasury[1] - simulate(both).treasury[1] == series.networks[1].pool[0]


def test_a_thousand_epochs_of_five_networks_take_well_below_a_second() -> None:
    from time import process_time

    file = parse_network((Path(__file__).parents[3] / "localnet" / "networks" / "weather.toml").read_text())
    plans = tuple(Plan(file, file.models[0], 1_000 + number, 1.4, crowd=Crowd(3, 2)) for number in range(5))
    began = process_time()
    simulate(Scenario("five", plans, Params(), 1_000))
    assert process_time() - began < 1
