"""A chain with audits, strikes and gateways goes on from its export as it would have gone on by itself."""

from typing import Any

from chain.crypto.audits import make_answer
from chain.crypto.merkle import counted_root, leaf_hash, root
from chain.pb.lamppost.work.v1 import query_pb2, tx_pb2
from chain.testing import TestChain
from modules.work.receipts import Receipt
from tests.modules.work.village import PATH, Village

SAMPLES = [b"one", b"two", b"three"]
LEAVES = [leaf_hash(bytes(16) + sample) for sample in SAMPLES]
ROOT = counted_root(root(LEAVES), 3)
AUDITED = {"audits_per_epoch": 100, "max_strikes": 2, "max_network_quota": "1000"}


def answered(village: Village, name: str) -> Receipt:
    """Return a receipt of the running epoch that answers what is asked."""
    request = query_pb2.QueryDeviceAuditRequest(device_id=str(village.id(name)))
    found = village.chain.query(f"{PATH}/DeviceAudit", request, query_pb2.QueryDeviceAuditResponse)
    answer = b""
    if found.HasField("question"):
        answer = make_answer(found.question.nonce, LEAVES, lambda index: (bytes(16), SAMPLES[index]))
    return village.receipt(name, telemetry_root=ROOT, audit_answer=answer)


def live(village: Village, epochs: int) -> None:
    """Let a answer and b miss for some epochs, and the gateway use its quota."""
    for _ in range(epochs):
        village.submit(answered(village, "a"), village.receipt("b", telemetry_root=ROOT))
        village.chain.ok(village.submission(answered(village, "c")), signer="gateway", gas=200_000)
        village.next_epoch()


def timeless(section: dict[str, Any]) -> dict[str, Any]:
    """Return the section without what depends on the hashes of blocks."""
    devices = [{**item, "question": item["question"] and item["question"]["epoch"]} for item in section["devices"]]
    audits = [{**item, "nonce": ""} for item in section["audits"]]
    return {**section, "devices": devices, "audits": audits, "beacon": section["beacon"]["devices"]}


def test_a_chain_with_open_audits_goes_on_from_its_export() -> None:
    """Given strikes, open audits and used quotas, when the export starts a chain, then both go the same way."""
    with Village(AUDITED) as village:
        gateway, founder = (str(village.chain.address(name)) for name in ("gateway", "founder"))
        message = tx_pb2.MsgRegisterGateway(admin=founder, network=2, gateway=gateway, quota=7)
        village.chain.ok(message, signer="founder")
        live(village, 3)
        exported = village.chain.export()
        strikes = {item["device_id"]: item["strikes"] for item in exported["work"]["devices"]}
        assert strikes[str(village.id("b"))] == 1
        assert [item["used"] for item in exported["work"]["gateways"]] == ["1"]
        assert sum(item["outcome"] == "open" for item in exported["work"]["audits"]) > 0

        other = Village.__new__(Village)
        other.chain = TestChain(genesis=exported)
        with other:
            other.chain.advance(0)
            assert timeless(other.chain.export()["work"]) == timeless(exported["work"])
            other.chain.time = village.chain.time
            for each in (village, other):
                live(each, 4)
            ours, theirs = village.chain.export(), other.chain.export()
            assert timeless(theirs["work"]) == timeless(ours["work"])
            assert theirs["reward_emission"] == ours["reward_emission"]
            devices = {item["id"]: item for item in ours["device_registry"]["devices"]}
            assert int(devices[str(village.id("b"))]["suspended_until"]) > 7
