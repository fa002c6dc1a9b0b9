"""A whole chain with two networks, an owner's devices in them, and a gateway that hands their receipts in."""

from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self

from google.protobuf.message import Message as ProtoMessage

from chain.app import default_genesis
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry_tx
from chain.pb.lamppost.reward_emission.v1 import query_pb2 as emission_query
from chain.pb.lamppost.reward_emission.v1 import tx_pb2 as emission_tx
from chain.pb.lamppost.work.v1 import query_pb2, tx_pb2
from chain.primitives.coins import BASE_DENOM
from chain.primitives.ids import DeviceId
from chain.testing import CHAIN_ID, TestChain
from modules.work.receipts import Receipt
from tests.modules.device_registry.world import device_key, device_message, network_message

EPOCH_SECONDS = 100
PEOPLE = ("alice", "bob", "council", "founder", "gateway")
MONEY = "100000000000000ulamp"
PATH = "/lamppost.work.v1.Query"
EMISSION = "/lamppost.reward_emission.v1.Query"
REGISTRY = {**default_genesis()["device_registry"]["params"], "bond_seconds": "0"}


class Village:
    """Epochs of 100 s; a PRN (1) and a DRN (2) with weights 3 to 1; alice owns the devices `a`, `b` and bob `c`.

    `work` are more parameters of it; without any there are no audits. `a` and `b` are in network 1, `c` in 2;
    models have at most 24 units at weight 10,000, levels 5,000.
    """

    def __init__(self, work: Mapping[str, Any] = MappingProxyType({}), **genesis: Any) -> None:
        params = {"params": {"epoch_seconds": str(EPOCH_SECONDS), "audits_per_epoch": 0, **work}}
        self.chain = TestChain(
            accounts=dict.fromkeys(PEOPLE, MONEY),
            genesis={"work": params, "device_registry": {"params": REGISTRY}, **genesis},
            authority="council",
        )
        chain = self.chain
        chain.ok(network_message(chain), network_message(chain, "storage", "DRN"), signer="founder")
        council = str(chain.address("council"))
        chain.ok(
            registry_tx.MsgSetNetworkWeight(authority=council, network=1, weight_bp=6_000),
            registry_tx.MsgSetNetworkWeight(authority=council, network=2, weight_bp=2_000),
            signer="council",
        )
        chain.ok(device_message(chain, "a", "alice"), device_message(chain, "b", "alice"), signer="alice")
        chain.ok(device_message(chain, "c", "bob", network=2, model=2, cell=0), signer="bob")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.chain.close()

    def id(self, name: str) -> DeviceId:
        """Return a device's id."""
        return DeviceId(device_key(name).device_id)

    def epoch(self) -> int:
        """Return the running epoch."""
        answer = self.chain.query(f"{PATH}/Epoch", query_pb2.QueryEpochRequest(), query_pb2.QueryEpochResponse)
        return answer.epoch

    def receipt(self, name: str, units: int = 24, **changes: Any) -> Receipt:
        """Return a device's signed receipt for the running epoch; `changes` replace fields."""
        epoch = self.epoch()
        fields: dict[str, Any] = {
            "network": 2 if name == "c" else 1,
            "device": bytes(self.id(name)),
            "epoch": epoch,
            "sequence": epoch + 1,
            "units": units,
            "uptime_bp": 10_000,
            "telemetry_root": bytes(32),
            "audit_answer": b"",
            **changes,
        }
        body = Receipt(**fields, signature=b"")
        return Receipt(**fields, signature=device_key(name).sign(body.sign_bytes(CHAIN_ID)))

    def submission(self, *receipts: Receipt) -> tx_pb2.MsgSubmitWork:
        """Return the gateway's message."""
        return tx_pb2.MsgSubmitWork(
            submitter=str(self.chain.address("gateway")), receipts=[receipt.to_proto() for receipt in receipts]
        )

    def submit(self, *receipts: Receipt) -> list[int]:
        """Hand receipts in and return the code of each."""
        message = self.submission(*receipts)
        response = self.chain.ok(message, signer="gateway", response=tx_pb2.MsgSubmitWorkResponse)
        return [result.code for result in response.results]

    def next_epoch(self) -> None:
        """Let the running epoch end."""
        before = self.epoch()
        clock = self.chain.query(f"{PATH}/Epoch", query_pb2.QueryEpochRequest(), query_pb2.QueryEpochResponse)
        self.chain.advance((clock.end - self.chain.time) // 1_000_000_000 + 1)
        assert self.epoch() == before + 1

    def claim_message(self, owner: str, *names: str) -> emission_tx.MsgClaim:
        """Return an owner's claim."""
        return emission_tx.MsgClaim(
            owner=str(self.chain.address(owner)), device_ids=[str(self.id(name)) for name in names]
        )

    def claim(self, owner: str, *names: str) -> int:
        """Claim and return the amount."""
        message = self.claim_message(owner, *names)
        response = self.chain.ok(message, signer=owner, response=emission_tx.MsgClaimResponse)
        return int(response.amount)

    def earnings(self, name: str) -> emission_query.QueryDeviceEarningsResponse:
        """Return a device's account."""
        request = emission_query.QueryDeviceEarningsRequest(device_id=str(self.id(name)))
        return self.chain.query(f"{EMISSION}/DeviceEarnings", request, emission_query.QueryDeviceEarningsResponse)

    def balance(self, name: str) -> int:
        """Return a person's ulamp."""
        bank: Any = next(module.keeper for module in self.chain.wiring.modules if module.name == "bank")
        return int(bank.balance(self.chain.ctx(), self.chain.address(name), BASE_DENOM))


def refused(village: Village, message: ProtoMessage, signer: str) -> tuple[str, int]:
    """Run a message that must fail, as a hostile proposer could put it into a block; return codespace and code."""
    result = village.chain.deliver(village.chain.tx(message, signer=signer), process=False).tx_results[0]
    return result.codespace, result.code
