"""The chain that devices live on: the real app with a stand-in for credits, and the model of it."""

from functools import cache
from hashlib import sha256
from typing import Any

import h3.api.basic_int as h3_library
from google.protobuf.message import Message as ProtoMessage

from chain.app import default_genesis
from chain.client.devices import DeviceKey
from chain.client.manufacturers import register_manufacturer_message, sign_batch
from chain.codec.batches import leaf_bytes
from chain.codec.batchfiles import ProofFile
from chain.crypto import merkle
from chain.crypto.addresses import module_address
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2, tx_pb2
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.primitives.coins import BASE_DENOM
from chain.primitives.ids import Address
from chain.primitives.ints import NANOS, Height
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import GasMeter
from chain.sdk.module import Json
from chain.testing import CHAIN_ID, TestChain
from modules.device_registry.state import devices
from modules.reward_emission.params import MAX_DECAY, Params
from modules.work.state import CLOCK, DEVICES
from tests.modules.device_registry.world import caps, network_message
from tests.modules.reward_emission.standin import wired
from tests.modules.reward_emission.world import CAP, CountingState
from tests.properties.lives_model import Model
from tests.properties.lives_things import Books, Lot, Maker, ModelOf, Net, Rules

EPOCH_SECONDS = 1_000
PEOPLE = ("alice", "bob", "carol", "council", "founder", "gateway", "maker")
OWNERS = PEOPLE[:3]
MONEY = 10**13
SQUARE = h3_library.latlng_to_cell(47.4, 8.5, 6)
CELLS = [
    cell
    for above in (SQUARE, *sorted(h3_library.grid_ring(SQUARE, 1))[:1])
    for middle in sorted(h3_library.cell_to_children(above, 7))[:2]
    for cell in [
        *sorted(h3_library.cell_to_children(middle, 8))[:2],
        sorted(h3_library.cell_to_children(middle, 10))[0],
    ]
]
"""Cells of resolutions 8 and 10 under shared parents."""
ALGORITHMS = ("ed25519", "secp256k1", "p256")
BATCH_SIZE = 11
LEVELS = (5_000, 7_000, 9_000, 10_000)
PARAMS = Params(decay=MAX_DECAY, release_epochs=4, decline_epochs=7)
REGISTRY = {
    **default_genesis()["device_registry"]["params"],
    "network_deposit": "1000",
    "device_bond": "1000000",
    "bond_seconds": "2500",
    "manufacturer_bond": "5000000",
    "move_price": "1000",
    "recovery_seconds": "60",
}
WORK = {"epoch_seconds": str(EPOCH_SECONDS), "audits_per_epoch": 4, "max_strikes": 2, "suspension_epochs": 2}


@cache
def device_key(name: str, algorithm: str = "ed25519") -> DeviceKey:
    """Return the device key that belongs to a name."""
    return DeviceKey.from_private(algorithm, sha256(b"life " + name.encode()).digest())


BATCH_KEYS = [device_key(f"unit {number}", ALGORITHMS[number % 3]) for number in range(BATCH_SIZE)]
LEAVES = [merkle.leaf_hash(leaf_bytes(key.algorithm, key.public_key)) for key in BATCH_KEYS]
ROOT = merkle.root(LEAVES)
ISSUING = device_key("issuing", "p256")


def place_in_batch(index: int) -> ProofFile:
    """Return the proof of a key's place."""
    key = BATCH_KEYS[index]
    path = tuple(merkle.path(LEAVES, index))
    return ProofFile(index, key.algorithm.name.lower(), key.public_key, path, ROOT, BATCH_SIZE)


def batch_message(chain: TestChain, model: int, number: int) -> manufacturers_pb2.MsgIssueBatch:
    """Return the message that issues the batch of BATCH_KEYS."""
    issue = sign_batch(
        ISSUING, chain_id=CHAIN_ID, manufacturer=1, model=model, root=ROOT, count=BATCH_SIZE, number=number
    )
    return manufacturers_pb2.MsgIssueBatch(
        owner=str(chain.address("maker")), model=model, root=ROOT, count=BATCH_SIZE, signature=issue.signature
    )


@cache
def beginning() -> tuple[Json, int]:
    """Return the export of the chain as every life begins, and its time: networks, models and batches, no device.

    Networks 1 (PRN, models 1 and 3), 2 (DRN, models 2 and 4), 3 (PRN without weight, model 5); 3 and 4 are the maker's.
    """
    chain = TestChain(
        accounts=dict.fromkeys(PEOPLE, f"{MONEY}ulamp"),
        genesis={
            "work": {"params": WORK},
            "device_registry": {"params": REGISTRY},
            "reward_emission": {
                "params": {**default_genesis()["reward_emission"]["params"], **emission_params(PARAMS)}
            },
        },
        authority="council",
        wiring=wired()[0],
    )
    with chain:
        spec = tx_pb2.ModelSpec
        chain.ok(
            network_message(chain, location_caps=caps(10, 20, 30), models=[_spec("garden", 10_000)]),
            network_message(chain, "storage", "DRN", models=[_spec("disk", 12_000)]),
            signer="founder",
        )
        maker = str(chain.address("maker"))
        chain.ok(register_manufacturer_message(ISSUING, chain_id=CHAIN_ID, owner=maker, name="acme"), signer="maker")
        vouched = [
            spec(name=name, hardware_bp=9_000, max_units=24, level=level, manufacturer=1)
            for name, level in (("station", 2), ("drive", 3))
        ]
        founder, council = str(chain.address("founder")), str(chain.address("council"))
        chain.ok(
            tx_pb2.MsgAddModel(admin=founder, network=1, model=vouched[0]),
            tx_pb2.MsgAddModel(admin=founder, network=2, model=vouched[1]),
            network_message(chain, "idle", "PRN", location_caps=caps(1, 1, 1), models=[_spec("buoy", 10_000)]),
            signer="founder",
        )
        chain.ok(batch_message(chain, 3, 1), batch_message(chain, 4, 2), signer="maker")
        weights = [
            tx_pb2.MsgSetNetworkWeight(authority=council, network=n, weight_bp=w) for n, w in ((1, 6_000), (2, 3_000))
        ]
        chain.ok(*weights, signer="council")
        return chain.export(), chain.time


def _spec(name: str, hardware_bp: int) -> tx_pb2.ModelSpec:
    return tx_pb2.ModelSpec(name=name, hardware_bp=hardware_bp, max_units=24)


def emission_params(params: Params) -> dict[str, Any]:
    """Return parameters as genesis has them."""
    from google.protobuf.json_format import MessageToDict

    return dict(
        MessageToDict(params.to_proto(), preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    )


def model_of_the_beginning() -> Model:
    """Return the model of that chain."""
    supply = MONEY * len(PEOPLE)
    books = Books(PARAMS, reserve=CAP - supply)
    books.kappas, books.paid = {}, {}
    model = Model(books, Rules(EPOCH_SECONDS, audits=4, max_strikes=2, bond_seconds=2_500, move_price=1_000))
    model.cash = dict.fromkeys(PEOPLE, MONEY)
    model.cash["founder"] -= 3_000
    model.cash["maker"] -= 5_000_000
    model.registry = 5_003_000
    model.nets = {
        1: Net(True, [(0, (10, 20, 30), LEVELS)], 6_000),
        2: Net(False, [(0, (), LEVELS)], 3_000),
        3: Net(True, [(0, (1, 1, 1), LEVELS)]),
    }
    model.models = {
        1: ModelOf(1, 24, 10_000),
        2: ModelOf(2, 24, 12_000),
        3: ModelOf(1, 24, 9_000, 2, 1),
        4: ModelOf(2, 24, 9_000, 3, 1),
        5: ModelOf(3, 24, 10_000),
    }
    model.makers = {1: Maker(5_000_000, signatures=3)}
    model.lots = {1: Lot(3), 2: Lot(4)}
    return model


class Life:
    """A chain from the common beginning, and its model; both are told the same."""

    def __init__(self) -> None:
        exported, time = beginning()
        self.model = model_of_the_beginning()
        self.chain: TestChain
        self.blocks = 0
        self._open(exported, time)

    def _open(self, exported: Json, time: int) -> None:
        wiring, self.demand = wired()
        self.chain = TestChain(genesis=exported, wiring=wiring, keep_versions=2)
        self.keepers: dict[str, Any] = {module.name: module.keeper for module in wiring.modules}
        self.names = {self.chain.address(name): name for name in PEOPLE}
        self.chain.time = time
        self.chain.deliver()
        self.blocks += 1
        clock = CLOCK.require(self.chain.ctx())
        self.model.epoch_start = clock.start

    def close(self) -> None:
        """Remove the chain."""
        self.chain.close()

    def start_anew(self, exported: Json) -> None:
        """Go on with a chain that is made of an export."""
        self.chain.close()
        self._open(exported, self.chain.time)

    def address(self, name: str) -> str:
        """Return a person's address as text."""
        return str(self.chain.address(name))

    # --- blocks -----------------------------------------------------------------------------------------------

    def block(self, *txs: bytes, seconds: int = 1) -> list[abci.ExecTxResult]:
        """Run a block; the model closes the epoch in the first one at or after its end."""
        chain, model = self.chain, self.model
        clock = CLOCK.require(chain.ctx())
        due = chain.time + seconds * NANOS >= clock.end
        for customer, provider, amount in self.demand.orders:
            model.cash[self.names[customer]] -= amount
            assert provider in self.names
        orders = list(self.demand.orders)
        if due:
            model.close(0)
        for _, provider, amount in orders:
            model.books.spend(self.names[provider], amount)
        result = chain.deliver(*txs, seconds=seconds)
        after = CLOCK.require(chain.ctx())
        assert after.epoch == clock.epoch + due == model.epoch
        if due:
            assert after.start >= clock.end and after.start <= chain.time
            model.epoch_start = after.start
            model.rules.epoch_seconds = after.seconds
            self._read_questions()
        self.blocks += 1
        return list(result.tx_results)

    def quiet(self) -> None:
        """Let all epochs end that the next block would close, so that nobody is asked in the block of a message."""
        while self.chain.time + NANOS >= CLOCK.require(self.chain.ctx()).end:
            self.block()

    def run(self, *messages: ProtoMessage, signer: str) -> abci.ExecTxResult:
        """Run messages in a block of their own."""
        (result,) = self.block(self.chain.tx(*messages, signer=signer))
        return result

    @property
    def now(self) -> int:
        """Time of the next block."""
        return self.chain.time + NANOS

    def cost_of_a_close(self) -> int:
        """Return the store operations of all hooks of a block that closes the epoch; nothing is written."""
        chain, ctx = self.chain, self.chain.ctx()
        end = CLOCK.require(ctx).end
        state = CountingState(chain.store)
        trial = Context(state, BlockInfo(CHAIN_ID, Height(chain.height + 1), end), GasMeter(), ctx.authority)
        for module in chain.wiring.begin:
            if module.begin_block is not None and module.name != "demand":
                module.begin_block(trial, module.keeper)
        for module in chain.wiring.end:
            if module.end_block is not None:
                module.end_block(trial, module.keeper)
        return state.operations

    def _read_questions(self) -> None:
        """Learn who is asked: the only thing that the model does not know by itself."""
        ctx, fresh = self.chain.ctx(), 0
        for unit in self.model.units.values():
            work = DEVICES.get(ctx, unit.id)
            question = work.question if work else None
            if question is None:
                assert unit.asked is None
                continue
            assert unit.asked in (None, question.epoch)
            fresh += unit.asked is None
            unit.asked = question.epoch
            assert question.root_epoch in unit.samples
        assert fresh <= self.model.rules.audits

    # --- what must hold ---------------------------------------------------------------------------------------

    def check(self) -> None:
        """Compare all money and all devices' accounts with the model, ulamp by ulamp."""
        ctx, books = self.chain.ctx(), self.model.books
        bank, emission = self.keepers["bank"], self.keepers["reward_emission"]
        held = {name: bank.balance(ctx, self.chain.address(name), BASE_DENOM) for name in PEOPLE}
        assert held == self.model.cash
        modules = {
            name: bank.balance(ctx, Address(module_address(name)), BASE_DENOM)
            for name in ("device_registry", "treasury", "reward_emission")
        }
        reserve = emission.reserve(ctx)
        assert (reserve.remaining, reserve.burned) == (books.reserve, books.burned)
        supply = bank.supply(ctx, BASE_DENOM)
        assert supply + reserve.remaining + reserve.burned == CAP
        assert sum(held.values()) + sum(modules.values()) == supply
        assert (modules["device_registry"], modules["treasury"]) == (self.model.registry, books.treasury)

    def check_unit(self, name: str) -> None:
        """Compare one device's account with the batch computation."""
        unit, books = self.model.units[name], self.model.books
        account = self.keepers["reward_emission"].account(self.chain.ctx(), unit.id)
        assert account.paid == books.paid.get(name, 0)
        locked = books.locked.get(name)
        owed = books.free.get(name, 0) + (locked.base - locked.out if locked else 0)
        assert account.accrued + account.paid + account.locked == owed
        assert min(account.accrued, account.paid, account.locked) >= 0
        device = devices.get(self.chain.ctx(), unit.id)
        assert device is not None
        people = tuple(self.names[address] for address in (device.owner, device.operator, device.payout))
        assert people == (unit.owner, unit.operator, unit.payout)
        assert (device.public_key, device.bindings) == (unit.key.public_key, unit.bindings)
        assert (device.cell, device.commitment, device.bond) == (unit.cell, unit.commitment, unit.bond)
        assert (device.status.name.lower(), device.suspended_until) == (unit.status, unit.suspended_until)
        work = DEVICES.get(self.chain.ctx(), unit.id)
        if unit.sequence:
            assert work is not None
            assert (work.sequence, work.next_epoch, work.strikes) == (unit.sequence, unit.next_epoch, unit.strikes)
            assert (work.question.epoch if work.question else None) == unit.asked
