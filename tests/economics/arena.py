"""A real chain with honest people and one more who is after more than his share.

Wealth is what an account has, what it has coming, and what is held back or bonded for it: everything that waiting alone
turns into coins. Strategies are compared with honest play of the same person with the same devices and coins.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType, TracebackType
from typing import Any, Self

import h3.api.basic_int as h3_library

from chain.app import default_genesis, wire
from chain.client.agent.telemetry import sample_leaves, sample_salt, samples_root
from chain.crypto.audits import make_answer
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry_tx
from chain.pb.lamppost.reward_emission.v1 import tx_pb2 as emission_tx
from chain.pb.lamppost.work.v1 import tx_pb2 as work_tx
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import NANOS
from chain.sdk.context import Context
from chain.sdk.module import Genesis, Module
from chain.sdk.schema import Schema
from chain.testing import CHAIN_ID, TestChain
from modules.device_registry.devices.verbs import find_device
from modules.device_registry.state import held_bonds
from modules.reward_emission.state import EPOCHS, EpochEmission
from modules.work.receipts import Receipt
from modules.work.state import CLOCK, DEVICES
from tests.modules.device_registry.world import device_key, device_message, network_message

LAMP = 10**6
EPOCH_SECONDS = 86_400
COVERAGE, STORAGE = 1, 2
"""The networks: a PRN with caps of two, seven and twenty devices a cell, and a DRN; half of the emission each."""
UNITS = 24
"""Most units of a device in an epoch, and what an honest one does."""
CAPS = (48, 168, 480)
PEOPLE = ("council", "founder", "honest", "gateway", "mallory")
MONEY = 50_000_000 * LAMP
CITY = h3_library.latlng_to_cell(52.52, 13.40, 8)
"""Where everybody is: the cell of the honest antennas."""
NOWHERE = [h3_library.latlng_to_cell(-40.0 + 3 * number, -120.0, 8) for number in range(20)]
"""Cells in the sea, each alone in its cell of resolution 6."""
ANTENNAS = tuple(f"antenna {number}" for number in range(4))
DISKS = tuple(f"disk {number}" for number in range(4))


@dataclass(slots=True)
class Unit:
    """A device of the arena and the samples behind its last receipts."""

    name: str
    owner: str
    network: int
    secret: bytes = b"salt of the arena"
    samples: dict[int, list[bytes]] = field(default_factory=dict)

    @property
    def id(self) -> DeviceId:
        return DeviceId(device_key(self.name).device_id)


class Arena:
    """Four antennas in one cell and four disks work honestly; mallory does what a test says."""

    def __init__(
        self,
        audits: int = 0,
        emission: Mapping[str, Any] = MappingProxyType({}),
        stakes: Mapping[str, int] | None = None,
        crowd: bool = True,
    ) -> None:
        default = default_genesis()
        self.wiring = wire()
        keepers = {module.name: module.keeper for module in self.wiring.modules}
        self.emission: Any = keepers["reward_emission"]
        self.bank: Any = keepers["bank"]
        self._spending: list[tuple[Address, int]] = []
        self._providers: dict[Address, None] = {}
        self.chain = TestChain(
            dict.fromkeys(PEOPLE, f"{MONEY}ulamp"),
            {
                "work": {"params": {"epoch_seconds": str(EPOCH_SECONDS), "audits_per_epoch": audits}},
                "reward_emission": {"params": {**default["reward_emission"]["params"], **emission}},
            },
            authority="council",
            wiring=self.wiring.with_modules(self._credits()),
            validators=stakes,
        )
        self.units: dict[str, Unit] = {}
        self.submitted: list[Receipt] = []
        self._found()
        if crowd:
            for name in ANTENNAS:
                self.join(name, "honest", COVERAGE)
            for name in DISKS:
                self.join(name, "honest", STORAGE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.chain.close()

    def _found(self) -> None:
        chain = self.chain
        caps = [{"resolution": 8 - number, "cap": cap} for number, cap in enumerate(CAPS)]
        levels = [10_000] * 4
        coverage = network_message(chain, "coverage", "PRN", location_caps=caps, level_weights=levels)
        chain.ok(coverage, network_message(chain, "storage", "DRN", level_weights=levels), signer="founder")
        council = str(chain.address("council"))
        weights = [
            registry_tx.MsgSetNetworkWeight(authority=council, network=network, weight_bp=5_000)
            for network in (COVERAGE, STORAGE)
        ]
        chain.ok(*weights, signer="council")

    def _credits(self) -> Module:
        """Return a stand-in for credits: what customers spend is burned and counts for the provider, who claims."""

        def begin_block(ctx: Context, keeper: Any) -> None:
            while self._spending:
                who, amount = self._spending.pop()
                self.bank.send_to_module(ctx, who, "reward_emission", (Coin(BASE_DENOM, amount),))
                self.emission.burn(ctx, "reward_emission", amount)
                self.emission.record_burn_value(ctx, who, amount)
            for who in self._providers:
                self.emission.claim_usage(ctx, who)

        nothing = Genesis(dict, lambda section: None, lambda *_: None, lambda *_: {})
        return Module("credits", None, Schema("credits"), nothing, begin_block=begin_block)

    def spend(self, person: str, amount: int) -> None:
        """Let a person burn coins as his own customer."""
        address = self.chain.address(person)
        self._providers[address] = None
        self._spending.append((address, amount))
        self.chain.advance(1)

    # --- devices ----------------------------------------------------------------------------------------------

    def join(self, name: str, owner: str, network: int, cell: int = CITY) -> None:
        """Register a device without a manufacturer."""
        cell = cell if network == COVERAGE else 0
        self.chain.ok(device_message(self.chain, name, owner, network=network, model=network, cell=cell), signer=owner)
        self.units[name] = Unit(name, owner, network)

    def retire(self, name: str) -> None:
        """Retire a device."""
        unit = self.units[name]
        message = registry_tx.MsgRetireDevice(owner=str(self.chain.address(unit.owner)), device_id=str(unit.id))
        self.chain.ok(message, signer=unit.owner)

    def receipt(self, name: str, units: int = UNITS, epoch: int | None = None, **changes: Any) -> Receipt:
        """Return a signed receipt over some samples, with the answer to what the device is asked."""
        unit, at = self.units[name], self.epoch if epoch is None else epoch
        samples = [b"sample %d" % number for number in range(3)]
        unit.samples[at] = samples
        fields: dict[str, Any] = {
            "network": unit.network,
            "device": bytes(unit.id),
            "epoch": at,
            "sequence": at + 1,
            "units": units,
            "uptime_bp": 10_000,
            "telemetry_root": samples_root(unit.secret, at, samples),
            "audit_answer": self.answer(name, at),
            **changes,
        }
        signer = device_key(fields.pop("key", name))
        return Receipt(**fields, signature=signer.sign(Receipt(**fields, signature=b"").sign_bytes(CHAIN_ID)))

    def question(self, name: str) -> Any:
        """Return what the chain asks a device, or None."""
        work = DEVICES.get(self.chain.ctx(), self.units[name].id)
        return None if work is None else work.question

    def answer(self, name: str, epoch: int) -> bytes:
        """Return an honest answer to what a device is asked, for a receipt of an epoch."""
        unit, question = self.units[name], self.question(name)
        if question is None or epoch < question.epoch:
            return b""
        then = question.root_epoch
        samples = unit.samples[then]
        leaves = sample_leaves(unit.secret, then, samples)
        return make_answer(
            question.nonce, leaves, lambda index: (sample_salt(unit.secret, then, index), samples[index])
        )

    def submit(self, *receipts: Receipt, by: str = "gateway") -> list[int]:
        """Hand receipts in and return the code of each."""
        self.submitted += receipts
        message = work_tx.MsgSubmitWork(submitter=str(self.chain.address(by)))
        message.receipts.extend(receipt.to_proto() for receipt in receipts)
        response = self.chain.ok(message, signer=by, response=work_tx.MsgSubmitWorkResponse)
        return [result.code for result in response.results]

    def work(self, *names: str, units: int = UNITS) -> None:
        """Let devices report on the running epoch; every receipt must stand."""
        assert self.submit(*(self.receipt(name, units) for name in names)) == [0] * len(names)

    # --- time and money ---------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """The running epoch."""
        return int(self.emission.epochs_closed(self.chain.ctx()))

    def close(self) -> None:
        """Let the running epoch end; the next begins with the block that is made."""
        before = self.epoch
        self.chain.advance(self._left())
        assert self.epoch == before + 1

    def wait(self) -> None:
        """Let time pass until ten seconds before the running epoch ends."""
        self.chain.advance(self._left() - 10)

    def _left(self) -> int:
        return (CLOCK.require(self.chain.ctx()).end - self.chain.time) // NANOS

    def settle(self, *names: str, by: str = "gateway") -> None:
        """Settle devices, whoever owns them."""
        ids = [str(self.units[name].id) for name in names]
        self.chain.ok(emission_tx.MsgSettle(sender=str(self.chain.address(by)), device_ids=ids), signer=by)

    def balance(self, person: str) -> int:
        """Return a person's ulamp."""
        return int(self.bank.balance(self.chain.ctx(), self.chain.address(person), BASE_DENOM))

    def earned(self, name: str) -> int:
        """Return all that a device earned and was settled, locked or not."""
        account = self.emission.account(self.chain.ctx(), self.units[name].id)
        return int(account.accrued + account.paid + account.locked)

    def wealth(self, person: str) -> int:
        """Return a person's ulamp: what is held, what devices earned and was not paid, and what is bonded."""
        ctx = self.chain.ctx()
        total = self.balance(person)
        for unit in self.units.values():
            if unit.owner == person:
                account = self.emission.account(ctx, unit.id)
                held = held_bonds.get(ctx, unit.id)
                bond = held.amount if held else find_device(ctx, unit.id).bond
                total += account.accrued + account.locked + bond
        return total

    def closes(self) -> list[tuple[int, EpochEmission]]:
        """Return what each close did, by epoch."""
        return list(EPOCHS.scan(self.chain.ctx()))


Strategy = Callable[[Arena], None]
"""What mallory does in the running epoch."""


def play(
    strategy: Strategy,
    epochs: int = 6,
    *,
    before: Strategy = lambda arena: None,
    after: Strategy = lambda arena: None,
    honest: Sequence[str] = (*ANTENNAS, *DISKS),
    **options: Any,
) -> int:
    """Return what mallory gained, in ulamp: `before` is done at the start, `strategy` in each epoch, `after` in the
    one behind them.

    The honest ones report in every epoch. At the end everything is waited for and settled.
    """
    with Arena(**options) as arena:
        had = arena.wealth("mallory")
        before(arena)
        for _ in range(epochs):
            strategy(arena)
            if honest:
                arena.work(*honest)
            arena.close()
        after(arena)
        arena.close()
        arena.settle(*(name for name, unit in arena.units.items()))
        return arena.wealth("mallory") - had


def lamp(ulamp: int) -> str:
    """Return an amount as people read it."""
    return f"{ulamp / LAMP:,.3f} LAMP"


def show(name: str, attack: int, honest: int) -> None:
    """Print what a strategy brings beside honest play; pytest shows it with -s or -rP."""
    print(f"{name}: {lamp(attack)}, honest {lamp(honest)}, gain {lamp(attack - honest)}")
