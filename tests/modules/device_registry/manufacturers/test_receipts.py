"""What receipts of a manufacturer's devices come to, on the whole chain."""

from collections.abc import Iterator
from itertools import count

import pytest

from chain.client.devices import receipt_sign_bytes
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.pb.lamppost.work.v1 import tx_pb2 as work_pb
from chain.pb.lamppost.work.v1 import types_pb2 as work_types
from chain.testing import CHAIN_ID
from tests.modules.device_registry.manufacturers.makers import DRN_BATCH, KEYS, OPEN, PRN_MODEL, build_makers, claim
from tests.modules.device_registry.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = build_makers()
    made.chain.ok(claim(made, 2), claim(made, 3), claim(made, 4, DRN_BATCH), signer="alice")
    yield made
    made.chain.close()


def submit(world: World, *indexes: int) -> list[tuple[int, str, int]]:
    """Hand in receipts of 10 units of the running epoch; return code, reason and effective units of each."""
    receipts = []
    for index in indexes:
        receipt = work_types.Receipt(
            network=2 if index == 4 else 1,
            device=bytes(KEYS[index].device_id),
            epoch=0,
            sequence=next(SEQUENCE),
            units=10,
            uptime_bp=10_000,
            telemetry_root=bytes(32),
        )
        receipt.signature = KEYS[index].sign(receipt_sign_bytes(CHAIN_ID, receipt))
        receipts.append(receipt)
    message = work_pb.MsgSubmitWork(submitter=world["bob"], receipts=receipts)
    answer = world.chain.ok(message, signer="bob", response=work_pb.MsgSubmitWorkResponse)
    return [(item.code, item.reason, item.effective_units) for item in answer.results]


SEQUENCE = count(1)


def test_units_count_by_the_models_level(world: World) -> None:
    """Given levels 2 (9,000 bp) in the PRN and 1 (7,000 bp) in the DRN, then 10 units count 9 and 7."""
    assert submit(world, 0, 4) == [(0, "", 9), (0, "", 7)]


def test_what_is_stopped_in_one_write_stops_the_next_receipt_of_each_device(world: World) -> None:
    """Given devices of two batches, when one is revoked, then its devices are refused and the other's are not."""
    assert [code for code, _, _ in submit(world, 0)] == [0]
    world.chain.ok(pb.MsgRevokeBatch(signer=world["founder"], batch=OPEN), signer="founder")
    refused = submit(world, 2, 3, 4)
    assert [reason for _, reason, _ in refused[:2]] == ["batch is revoked: device not usable"] * 2
    assert refused[0][0] == refused[1][0] != 0
    assert refused[2] == (0, "", 7)


def test_a_suspended_manufacturers_devices_work_again_when_it_goes_on(world: World) -> None:
    message = pb.MsgSetManufacturerStatus(
        authority=world["council"], manufacturer=1, status=pb.MANUFACTURER_STATUS_SUSPENDED
    )
    world.chain.ok(message, signer="council")
    assert [reason for _, reason, _ in submit(world, 0, 4)] == ["manufacturer is suspended: device not usable"] * 2
    message.status = pb.MANUFACTURER_STATUS_ACTIVE
    world.chain.ok(message, signer="council")
    assert [code for code, _, _ in submit(world, 0, 4)] == [0, 0]


def test_a_revoked_models_devices_are_refused(world: World) -> None:
    world.chain.ok(pb.MsgRevokeModel(signer=world["maker"], model=PRN_MODEL), signer="maker")
    assert [reason for _, reason, _ in submit(world, 0, 4)] == ["model is revoked: device not usable", ""]
