"""A chain on which a network is founded from its file, and a plain computation of what its devices should earn.

The computation follows the specification with fractions and sums over all devices; it imports nothing of the modules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h3.api.basic_int as h3_library

from chain.client.agent.telemetry import canonical_sample, sample_leaves, sample_salt, samples_root
from chain.client.devices import DeviceKey, register_message
from chain.client.manufacturers import claim_message, register_manufacturer_message, sign_batch
from chain.codec.batches import leaf_bytes
from chain.codec.batchfiles import ProofFile
from chain.codec.networks import load_network
from chain.crypto import merkle
from chain.crypto.audits import make_answer
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2, tx_pb2
from chain.pb.lamppost.reward_emission.v1 import query_pb2 as emission_query
from chain.pb.lamppost.reward_emission.v1 import tx_pb2 as emission_tx
from chain.pb.lamppost.work.v1 import query_pb2 as work_query
from chain.pb.lamppost.work.v1 import tx_pb2 as work_tx
from chain.primitives.ints import NANOS
from chain.testing import CHAIN_ID, TestChain
from modules.work.receipts import Receipt

FOLDER = Path(__file__).parents[3] / "localnet" / "networks"
PEOPLE = ("council", "founder", "gateway", "maker", "owner", "reader")
MONEY = 60_000_000_000_000
SUPPLY = MONEY * len(PEOPLE)
CAP = 10**15
DECAY = 8_755_667_069_947_427
"""Half in 1,460 epochs, in 2^-64."""
SALT = b"kept by the device"
WORK = "/lamppost.work.v1.Query/"


@dataclass
class Member:
    """A device: its model, its place, and what it has reported by epoch: (units, uptime in bp, samples)."""

    name: str
    model: int
    cell: int = 0
    reports: dict[int, tuple[int, int, list[bytes]]] = field(default_factory=dict)

    @property
    def key(self) -> DeviceKey:
        """The device key that belongs to the name; schemes take turns."""
        scheme = ("ed25519", "p256", "secp256k1")[sum(self.name.encode()) % 3]
        return DeviceKey.from_private(scheme, sha256(self.name.encode()).digest())


class Town:
    """One network of the world and its devices; the whole availability bucket is theirs."""

    def __init__(self, name: str, audits: int = 0) -> None:
        self.file = load_network(FOLDER / f"{name}.toml")
        self.chain = TestChain(
            dict.fromkeys(PEOPLE, f"{MONEY}ulamp"),
            {"work": {"params": {"epoch_seconds": "86400", "audits_per_epoch": audits}}},
            authority="council",
        )
        self.members: dict[str, Member] = {}
        self.makers: dict[str, int] = {}
        self._signed: dict[int, int] = {}
        for maker in self.file.manufacturers:
            self._register(maker)
        # The whole network is one transaction.
        self.chain.ok(self.file.message(self["founder"], self.makers), signer="founder")
        weight = tx_pb2.MsgSetNetworkWeight(authority=self["council"], network=1, weight_bp=self.file.weight_bp)
        self.chain.ok(weight, signer="council")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.chain.close()

    def __getitem__(self, person: str) -> str:
        return str(self.chain.address(person))

    # --- founding ---------------------------------------------------------------------------------------------

    def _issuing_key(self, maker: str) -> DeviceKey:
        return DeviceKey.from_private("p256", sha256(b"issuing " + maker.encode()).digest())

    def _register(self, maker: str) -> None:
        key = self._issuing_key(maker)
        message = register_manufacturer_message(key, chain_id=CHAIN_ID, owner=self["maker"], name=maker)
        kind = manufacturers_pb2.MsgRegisterManufacturerResponse
        self.makers[maker] = self.chain.ok(message, signer="maker", response=kind).manufacturer

    def join(self, model: str, *names: str, cells: tuple[int, ...] = ()) -> None:
        """Bring devices of one model to life: claimed from a batch of its maker, or registered by their owner."""
        number = next(place for place, made in enumerate(self.file.models, 1) if made.name == model)
        made = [Member(name, number, cell) for name, cell in zip(names, cells or (0,) * len(names), strict=True)]
        self.members |= {member.name: member for member in made}
        maker = self.file.models[number - 1].manufacturer
        if maker:
            self._claim(str(maker), number, made)
            return
        common = {"chain_id": CHAIN_ID, "owner": self["owner"], "network": 1, "model": number}
        self.chain.ok(*(register_message(one.key, cell=one.cell, **common) for one in made), signer="owner")

    def _claim(self, maker: str, model: int, made: list[Member]) -> None:
        leaves = [merkle.leaf_hash(leaf_bytes(one.key.algorithm, one.key.public_key)) for one in made]
        root, number = merkle.root(leaves), self.makers[maker]
        self._signed[number] = self._signed.get(number, 0) + 1
        issue = sign_batch(
            self._issuing_key(maker),
            chain_id=CHAIN_ID,
            manufacturer=number,
            model=model,
            root=root,
            count=len(leaves),
            number=self._signed[number],
        )
        message = manufacturers_pb2.MsgIssueBatch(
            owner=self["maker"], model=model, root=root, count=len(leaves), signature=issue.signature
        )
        batch = self.chain.ok(message, signer="maker", response=manufacturers_pb2.MsgIssueBatchResponse).batch
        claims = []
        for index, one in enumerate(made):
            path = tuple(merkle.path(leaves, index))
            place = ProofFile(index, one.key.algorithm.name.lower(), one.key.public_key, path, root, len(leaves))
            claims.append(
                claim_message(
                    one.key, place, chain_id=CHAIN_ID, owner=self["owner"], batch=batch, network=1, cell=one.cell
                )
            )
        self.chain.ok(*claims, signer="owner")

    # --- work -------------------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """The running epoch."""
        return self._clock().epoch

    def _clock(self) -> Any:
        return self.chain.query(WORK + "Epoch", work_query.QueryEpochRequest(), work_query.QueryEpochResponse)

    def report(
        self,
        work: Mapping[str, tuple[int, int]],
        samples: Mapping[str, list[dict[str, Any]]] | None = None,
        lost: frozenset[str] = frozenset(),
    ) -> list[int]:
        """Hand in receipts of (units, uptime in bp) for the running epoch; return the effective units of each.

        Devices answer what they are asked, but those that have lost their samples.
        """
        message = work_tx.MsgSubmitWork(submitter=self["gateway"])
        for name, (units, uptime) in work.items():
            kept = [canonical_sample(sample) for sample in (samples or {}).get(name, [{"units": units}])]
            message.receipts.append(self._receipt(name, units, uptime, kept, b"" if name in lost else None).to_proto())
        response = self.chain.ok(message, signer="gateway", response=work_tx.MsgSubmitWorkResponse)
        assert [(result.code, result.reason) for result in response.results] == [(0, "")] * len(work)
        return [result.effective_units for result in response.results]

    def _receipt(self, name: str, units: int, uptime: int, samples: list[bytes], answer: bytes | None) -> Receipt:
        member, epoch = self.members[name], self.epoch
        fields: dict[str, Any] = {
            "network": 1,
            "device": bytes(member.key.device_id),
            "epoch": epoch,
            "sequence": epoch + 1,
            "units": units,
            "uptime_bp": uptime,
            "telemetry_root": samples_root(SALT, epoch, samples),
            "audit_answer": self._answer(member) if answer is None else answer,
        }
        member.reports[epoch] = (units, uptime, samples)
        return Receipt(**fields, signature=member.key.sign(Receipt(**fields, signature=b"").sign_bytes(CHAIN_ID)))

    def _answer(self, member: Member) -> bytes:
        request = work_query.QueryDeviceAuditRequest(device_id=str(member.key.device_id))
        found = self.chain.query(WORK + "DeviceAudit", request, work_query.QueryDeviceAuditResponse)
        if not found.HasField("question"):
            return b""
        then = found.question.root_epoch
        samples = member.reports[then][2]
        leaves = sample_leaves(SALT, then, samples)
        return make_answer(found.question.nonce, leaves, lambda index: (sample_salt(SALT, then, index), samples[index]))

    def close(self) -> None:
        """Let the running epoch end."""
        self.chain.advance((self._clock().end - self.chain.time) // NANOS)

    def claim(self) -> dict[str, int]:
        """Claim everything of all devices and return what each has been paid since the beginning."""
        ids = {name: str(member.key.device_id) for name, member in self.members.items()}
        self.chain.ok(emission_tx.MsgClaim(owner=self["owner"], device_ids=ids.values()), signer="owner")
        return {name: int(self.account(name).paid) for name in ids}

    def account(self, name: str) -> Any:
        """Return a device's earnings as the chain shows them."""
        request = emission_query.QueryDeviceEarningsRequest(device_id=str(self.members[name].key.device_id))
        kind = emission_query.QueryDeviceEarningsResponse
        return self.chain.query("/lamppost.reward_emission.v1.Query/DeviceEarnings", request, kind)

    # --- what should come of it -------------------------------------------------------------------------------

    def expected(self, epoch: int, missed: frozenset[str] = frozenset()) -> dict[str, int]:
        """Return what each device earns by an epoch, in ulamp: a plain sum over everybody."""
        units = {
            name: 0 if name in missed else self._effective(member, epoch)
            for name, member in self.members.items()
            if epoch in member.reports
        }
        weighed = self._through_cells(units)
        total = sum(weighed.values())
        pool = _pool(epoch)
        return {name: int(weighed[name] * pool / total) if total else 0 for name in units}

    def _effective(self, member: Member, epoch: int) -> int:
        model, (units, uptime, _) = self.file.models[member.model - 1], member.reports[epoch]
        level = self.file.level_weights[model.level]
        return int(Fraction(min(units, model.max_units) * uptime * model.hardware_bp * level, 10**12))

    def _through_cells(self, units: Mapping[str, int]) -> dict[str, Fraction]:
        """Return the units that count, cell by cell from the finest up: each cell passes on its cap at most."""
        counting = {name: Fraction(amount) for name, amount in units.items()}
        for resolution, cap in self.file.location_caps:
            cells: dict[int, Fraction] = {}
            inside = {name: h3_library.cell_to_parent(self.members[name].cell, resolution) for name in counting}
            for name, cell in inside.items():
                cells[cell] = cells.get(cell, Fraction()) + counting[name]
            counting = {
                name: amount * min(cells[inside[name]], cap) / cells[inside[name]] if amount else amount
                for name, amount in counting.items()
            }
        return counting


def _pool(epoch: int) -> int:
    """Return the pool of one network with all of the availability: a quarter of what an epoch emits."""
    reserve = CAP - SUPPLY
    for _ in range(epoch):
        reserve -= reserve * DECAY >> 64
    return (reserve * DECAY >> 64) * 2_500 // 10_000


def free_part(share: int) -> int:
    """Return what of a share can be claimed at once: three tenths are held back."""
    return share - share * 3_000 // 10_000
