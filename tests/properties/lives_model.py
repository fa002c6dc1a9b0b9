"""Devices' lives, their work and their pay as plain as they can be said.

Nothing of the modules is used but the names of their codes. The model is told which messages came and says what becomes
of them; money is computed from the whole history in exact fractions. Which devices an audit draws is the only thing
that it is told of the chain.
"""

from enum import IntEnum

from chain.client.devices import DeviceKey
from chain.primitives.ints import NANOS
from modules.device_registry.errors import RegistryCode as Code
from modules.reward_emission.errors import EmissionCode
from modules.work.errors import WorkCode
from tests.properties.lives_things import Books, Lot, Made, Maker, ModelOf, Net, Rules, Unit

FREE_ASSERTS = 2
"""Assertions of a place that cost nothing, registration included."""
RECOVERY_SECONDS = 60
"""Time from a manufacturer's approval of a key to its effect."""
OVERCLAIM = 10
"""How many times a model's maximum a receipt may claim."""
Refusal = IntEnum | None
"""The code of a rejection, or None for success."""


class Model:
    """Everything. Amounts are ulamp, times unix nanoseconds."""

    def __init__(self, books: Books, rules: Rules) -> None:
        self.books = books
        self.rules = rules
        self.cash: dict[str, int] = {}
        self.registry = 0
        self.nets: dict[int, Net] = {}
        self.models: dict[int, ModelOf] = {}
        self.makers: dict[int, Maker] = {}
        self.lots: dict[int, Lot] = {}
        self.units: dict[str, Unit] = {}
        self.keys: set[bytes] = set()
        """Ids of all keys that ever were a device's."""
        self.epoch_start = 0
        self.struck_out = 0

    @property
    def epoch(self) -> int:
        """The running epoch."""
        return self.books.epoch

    def close(self, start: int) -> None:
        """Close the running epoch; the next one begins at a time."""
        self.books.close({number: net.weight for number, net in sorted(self.nets.items()) if net.weight})
        self.epoch_start = start

    # --- lives ------------------------------------------------------------------------------------------------

    def join(self, unit: Unit) -> Refusal:
        """Let a device begin."""
        model, net = self.models[unit.model], self.nets[unit.network]
        maker = self.makers.get(model.maker)
        if unit.batch:
            if self.lots[unit.batch].status != "active":
                return Code.BATCH_NOT_ACTIVE
            if maker is not None and maker.status != "active":
                return Code.MANUFACTURER_NOT_ACTIVE
            refusal: Refusal = Code.MODEL_SUSPENDED if model.status != "active" else None
            refusal = refusal or (None if net.is_open else Code.NETWORK_CLOSED)
        else:
            refusal = None if net.is_open else Code.NETWORK_CLOSED
            refusal = refusal or (Code.MODEL_SUSPENDED if model.status != "active" else None)
            refusal = refusal or (Code.MODEL_NEEDS_BATCH if model.maker else None)
        if refusal is None and unit.id in self.keys:
            refusal = Code.DEVICE_EXISTS
        if refusal is None:
            self.cash[unit.owner] -= unit.bond
            self.registry += unit.bond
            self.keys.add(bytes(unit.id))
            self.units[unit.name] = unit
        return refusal

    def switch(self, unit: Unit, signer: str, before: str, after: str) -> Refusal:
        """Pause or resume."""
        if signer not in (unit.owner, unit.operator):
            return Code.NOT_OPERATOR
        if unit.status != before:
            return Code.WRONG_STATUS
        unit.status = after
        return None

    def name_operator(self, unit: Unit, signer: str, operator: str) -> Refusal:
        """Name who runs a device."""
        refusal = self._own(unit, signer)
        if refusal is None:
            unit.operator = operator
        return refusal

    def name_payout(self, unit: Unit, signer: str, payout: str) -> Refusal:
        """Name whom a device pays."""
        if signer != unit.owner:
            return Code.NOT_OWNER
        unit.payout = payout
        return None

    def _own(self, unit: Unit, signer: str) -> Refusal:
        if signer != unit.owner:
            return Code.NOT_OWNER
        return Code.WRONG_STATUS if unit.status == "retired" else None

    def price_of_move(self, unit: Unit) -> int:
        """Return what the next assertion costs."""
        if unit.asserts < FREE_ASSERTS:
            return 0
        return self.rules.move_price << self._steps(unit)

    def _steps(self, unit: Unit) -> int:
        return 0 if unit.asserts <= FREE_ASSERTS else unit.steps + 1

    def move(self, unit: Unit, signer: str, cell: int, commitment: bytes, limit: int) -> Refusal:
        """Assert a place."""
        refusal = self._own(unit, signer)
        if refusal is None and (cell == 0) is self.nets[unit.network].is_prn:
            refusal = Code.CELL_NOT_ALLOWED if cell else Code.CELL_REQUIRED
        if refusal is None and (cell or commitment) and not self.nets[unit.network].is_prn:
            refusal = Code.CELL_NOT_ALLOWED
        if refusal is None and (cell, commitment) == (unit.cell, unit.commitment):
            refusal = Code.SAME_PLACE
        price = self.price_of_move(unit)
        if refusal is None and price > limit:
            refusal = Code.PRICE_ABOVE_LIMIT
        if refusal is not None:
            return refusal
        self.cash[signer] -= price
        if price:
            self.books.burn(price)
        unit.steps = self._steps(unit)
        unit.asserts += 1
        unit.commitment = commitment
        if cell != unit.cell:
            unit.places.append((self.epoch, cell))
        return None

    def offer(self, unit: Unit, signer: str, buyer: str, price: int, expires: int, now: int) -> Refusal:
        """Offer a device."""
        refusal = self._own(unit, signer)
        if refusal is None and expires <= now:
            refusal = Code.INVALID_EXPIRY
        if refusal is None:
            unit.offer = (buyer, price, expires)
        return refusal

    def accept(self, unit: Unit, buyer: str, price: int, now: int) -> Refusal:
        """Take an offered device over: what is free goes to the old payout first."""
        if unit.offer is None:
            return Code.NO_OFFER
        if buyer != unit.offer[0]:
            return Code.NOT_BUYER
        if unit.offer[2] <= now:
            return Code.OFFER_EXPIRED
        if price != unit.offer[1]:
            return Code.PRICE_DIFFERS
        self.pay(unit)
        self.cash[buyer] -= price
        self.cash[unit.owner] += price
        unit.owner = unit.operator = unit.payout = buyer
        unit.bindings += 1
        unit.offer = unit.recovery = None
        return None

    def cancel(self, unit: Unit, signer: str) -> Refusal:
        """Take an offer back or turn it down."""
        if unit.offer is None:
            return Code.NO_OFFER
        if signer not in (unit.offer[0], unit.owner):
            return Code.NOT_OWNER
        unit.offer = None
        return None

    def rotate(self, unit: Unit, signer: str, key: DeviceKey) -> Refusal:
        """Replace a key."""
        refusal = self._own(unit, signer)
        if refusal is None and key.device_id in self.keys:
            refusal = Code.KEY_IN_USE
        if refusal is None:
            self._replace_key(unit, key)
        return refusal

    def _replace_key(self, unit: Unit, key: DeviceKey) -> None:
        unit.key, unit.recovery = key, None
        unit.bindings += 1
        self.keys.add(bytes(key.device_id))

    def _vouched(self, unit: Unit) -> Refusal:
        maker = self.makers.get(self.models[unit.model].maker)
        if maker is None:
            return Code.NO_MANUFACTURER
        return None if maker.status == "active" else Code.MANUFACTURER_NOT_ACTIVE

    def ask_for_key(self, unit: Unit, signer: str, key: DeviceKey) -> Refusal:
        """Ask for another key in the place of a lost one."""
        refusal = self._own(unit, signer) or self._vouched(unit)
        if refusal is None and key.device_id in self.keys:
            refusal = Code.KEY_IN_USE
        if refusal is None:
            unit.recovery = (key, 0)
        return refusal

    def approve_key(self, unit: Unit, signer: str, now: int) -> Refusal:
        """Agree as the manufacturer."""
        if unit.recovery is None:
            return Code.NO_RECOVERY
        refusal = self._vouched(unit)
        if refusal is None and signer != "maker":
            refusal = Code.NOT_MANUFACTURER
        if refusal is None and unit.recovery[1]:
            refusal = Code.APPROVED_ALREADY
        if refusal is None:
            unit.recovery = (unit.recovery[0], now + RECOVERY_SECONDS * NANOS)
        return refusal

    def complete_recovery(self, unit: Unit, signer: str, now: int) -> Refusal:
        """Take the new key."""
        if signer != unit.owner:
            return Code.NOT_OWNER
        if unit.recovery is None:
            return Code.NO_RECOVERY
        key, ready = unit.recovery
        if not ready or now < ready:
            return Code.RECOVERY_NOT_READY
        if key.device_id in self.keys:
            return Code.KEY_IN_USE
        self._replace_key(unit, key)
        return None

    def retire(self, unit: Unit, signer: str, now: int) -> Refusal:
        """End a device."""
        refusal = self._own(unit, signer)
        if refusal is None and self.epoch < unit.suspended_until:
            refusal = Code.DEVICE_SUSPENDED
        if refusal is not None:
            return refusal
        self.pay(unit)
        unit.status, unit.offer, unit.recovery = "retired", None, None
        if unit.bond and self.rules.bond_seconds:
            unit.held = (unit.bond, now + self.rules.bond_seconds * NANOS)
        else:
            self._give_back(unit.owner, unit.bond)
        unit.bond = 0
        return None

    def return_bond(self, unit: Unit, now: int) -> Refusal:
        """Give a retired device's bond back."""
        if unit.held is None:
            return Code.NO_BOND
        amount, due = unit.held
        if now < due:
            return Code.BOND_LOCKED
        unit.held = None
        self._give_back(unit.owner, amount)
        return None

    def _give_back(self, name: str, amount: int) -> None:
        self.registry -= amount
        self.cash[name] += amount

    # --- money ------------------------------------------------------------------------------------------------

    def pay(self, unit: Unit) -> int:
        """Settle a device and pay all that is free to its payout."""
        books, device = self.books, unit.name
        books.settle(device)
        books.drip(device)
        amount = books.free.get(device, 0) - books.paid.get(device, 0)
        books.paid[device] = books.free.get(device, 0)
        self.cash[unit.payout] += amount
        return amount

    def claim(self, units: list[Unit], signer: str) -> tuple[Refusal, int]:
        """Pay an owner's devices, all or none."""
        if any(unit.owner != signer for unit in units):
            return EmissionCode.NOT_OWNER, 0
        return None, sum(self.pay(unit) for unit in units)

    # --- work -------------------------------------------------------------------------------------------------

    def is_usable(self, unit: Unit, epoch: int) -> bool:
        """Tell whether a device may work in an epoch."""
        model = self.models[unit.model]
        stopped = unit.batch and (
            self.lots[unit.batch].status == "revoked" or self.makers[model.maker].status != "active"
        )
        return (
            unit.status == "active"
            and epoch >= unit.suspended_until
            and not stopped
            and model.status == "active"
            and self.nets[unit.network].is_open
        )

    def _fault(self, made: Made, records: dict[str, tuple[int, int, int | None]]) -> Refusal:
        receipt, unit = made.receipt, made.unit
        if len(receipt.telemetry_root) != 32:
            return WorkCode.MALFORMED_RECEIPT
        if receipt.uptime_bp > 10_000:
            return WorkCode.UPTIME_OUT_OF_RANGE
        if not max(self.epoch - 1, 0) <= receipt.epoch <= self.epoch:
            return WorkCode.EPOCH_OUTSIDE_WINDOW
        if unit is None:
            return WorkCode.UNKNOWN_DEVICE
        if receipt.network != unit.network:
            return WorkCode.WRONG_NETWORK
        if not self.is_usable(unit, receipt.epoch):
            return WorkCode.DEVICE_NOT_USABLE
        if receipt.epoch < self.epoch and unit.registered_at >= self.epoch_start:
            return WorkCode.EPOCH_OUTSIDE_WINDOW
        if receipt.units > self.models[unit.model].max_units * OVERCLAIM:
            return WorkCode.UNITS_OVER_MAXIMUM
        return _out_of_order(made, records[unit.name])

    def submit(self, receipts: list[Made]) -> list[tuple[int, int, int]]:
        """Judge receipts and count those that stand; return (code, units, why) of each."""
        records = {unit.name: (unit.sequence, unit.next_epoch, unit.asked) for unit in self.units.values()}
        faults = [self._fault(made, records) for made in receipts]
        struck: list[Unit] = []
        results = []
        for made, fault in zip(receipts, faults, strict=True):
            unit = made.unit
            if fault is None and unit is not None:
                fault = None if made.genuine else WorkCode.INVALID_SIGNATURE
                fault = fault or _out_of_order(made, (unit.sequence, unit.next_epoch, unit.asked))
                if fault is None and unit in struck:
                    fault = WorkCode.DEVICE_NOT_USABLE
            if fault is not None or unit is None:
                results.append((int(fault or 0), 0, 0))
                continue
            results.append((0, *self._count(made, unit, struck)))
        for unit in struck:
            self.struck_out += 1
            self.books.forfeit(unit.name, self.rules.forfeit_bp)
            unit.suspended_until = max(unit.suspended_until, self.epoch + self.rules.suspension_epochs)
        return results

    def _count(self, made: Made, unit: Unit, struck: list[Unit]) -> tuple[int, int]:
        """Count a receipt that stands; return its units and why there are none."""
        receipt = made.receipt
        missed = False
        if unit.asked is not None and (made.answer or receipt.epoch >= unit.asked):
            unit.asked = None
            missed = made.answer != "right"
            unit.strikes += missed
            if unit.strikes >= self.rules.max_strikes and missed:
                unit.strikes = 0
                struck.append(unit)
        unit.sequence, unit.next_epoch = receipt.sequence, receipt.epoch + 1
        model, net = self.models[unit.model], self.nets[unit.network]
        _, caps, levels = net.terms_at(receipt.epoch)
        cell, weightless = unit.place_at(receipt.epoch)
        units = min(receipt.units, model.max_units) * receipt.uptime_bp * model.hardware_bp * levels[model.level]
        units = 0 if missed or weightless else units // 10**12
        self.books.work(unit.name, unit.network, units, receipt.epoch, cell, caps)
        return units, 1 if missed else 2 if weightless else 0


def _out_of_order(made: Made, record: tuple[int, int, int | None]) -> Refusal:
    sequence, next_epoch, asked = record
    if made.receipt.sequence <= sequence:
        return WorkCode.SEQUENCE_NOT_ABOVE_LAST
    if made.receipt.epoch < next_epoch:
        return WorkCode.EPOCH_ALREADY_REPORTED
    return WorkCode.MALFORMED_RECEIPT if made.receipt.audit_answer and asked is None else None
