"""The messages and queries of work on a whole chain."""

from collections.abc import Iterator

import pytest

from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry_tx
from chain.pb.lamppost.work.v1 import query_pb2, tx_pb2, types_pb2
from chain.primitives.errors import SdkCode
from chain.primitives.ids import DeviceId
from chain.sdk.gas import RECEIPT
from chain.testing import QueryFailed
from modules.work.errors import WorkCode, WorkError
from modules.work.messages import UpdateParams
from modules.work.params import Params
from tests.modules.device_registry.world import device_message
from tests.modules.work.fleet import SUBMITTER
from tests.modules.work.village import EPOCH_SECONDS, PATH, Village, refused

SECOND = 1_000_000_000


@pytest.fixture
def village() -> Iterator[Village]:
    with Village() as made:
        yield made


def test_a_message_without_receipts_is_refused(village: Village) -> None:
    assert refused(village, village.submission(), "gateway") == ("work", WorkCode.NO_RECEIPTS)


def test_more_receipts_than_the_parameter_allows_are_refused(village: Village) -> None:
    receipt = village.receipt("a")
    assert refused(village, village.submission(*[receipt] * 257), "gateway") == ("work", WorkCode.TOO_MANY_RECEIPTS)
    assert refused(village, village.submission(*[receipt] * 1_025), "gateway") == ("work", WorkCode.TOO_MANY_RECEIPTS)
    assert village.submit(*[receipt] * 256) == [0] + [WorkCode.SEQUENCE_NOT_ABOVE_LAST] * 255


def test_a_submitter_that_is_no_address_is_refused(village: Village) -> None:
    message = village.submission(village.receipt("a"))
    message.submitter = "lamp1nonsense"
    assert refused(village, message, "gateway") == ("sdk", SdkCode.INVALID_ADDRESS)


def test_receipts_of_the_real_registry_are_judged(village: Village) -> None:
    """Given devices of two networks, when their receipts come with bad ones between, then each has its own fate."""
    codes = village.submit(
        village.receipt("a"),
        village.receipt("nobody"),
        village.receipt("c"),
        village.receipt("b", network=2),
        village.receipt("b", units=241),
        village.receipt("b", units=25),
    )
    assert codes == [0, WorkCode.UNKNOWN_DEVICE, 0, WorkCode.WRONG_NETWORK, WorkCode.UNITS_OVER_MAXIMUM, 0]


def test_a_paused_device_works_again_after_it_was_resumed(village: Village) -> None:
    alice, device = str(village.chain.address("alice")), str(village.id("a"))
    village.chain.ok(registry_tx.MsgPauseDevice(signer=alice, device_id=device), signer="alice")
    assert village.submit(village.receipt("a")) == [WorkCode.DEVICE_NOT_USABLE]
    answer = village.chain.query(
        f"{PATH}/DeviceWork", query_pb2.QueryDeviceWorkRequest(device_id=device), query_pb2.QueryDeviceWorkResponse
    )
    assert (answer.usable, answer.has_worked) == (False, False)
    assert "paused" in answer.reason

    village.chain.ok(registry_tx.MsgResumeDevice(signer=alice, device_id=device), signer="alice")
    assert village.submit(village.receipt("a")) == [0]


def test_a_retired_device_works_no_more(village: Village) -> None:
    message = registry_tx.MsgRetireDevice(owner=str(village.chain.address("alice")), device_id=str(village.id("a")))
    village.chain.ok(message, signer="alice")
    assert village.submit(village.receipt("a")) == [WorkCode.DEVICE_NOT_USABLE]


def test_only_the_authority_changes_parameters(village: Village) -> None:
    usual = types_pb2.Params(epoch_seconds=7, max_receipts=9, max_strikes=1, suspension_epochs=1)

    def message(who: str, **params: int) -> tx_pb2.MsgUpdateParams:
        changed = types_pb2.Params()
        changed.CopyFrom(usual)
        changed.MergeFrom(types_pb2.Params(**params))
        return tx_pb2.MsgUpdateParams(authority=str(village.chain.address(who)), params=changed)

    assert refused(village, message("alice"), "alice") == (
        "work",
        WorkCode.NOT_AUTHORITY,
    )
    assert refused(village, message("council", forfeit_bp=10_001), "council") == (
        "work",
        WorkCode.INVALID_PARAMS,
    )
    village.chain.ok(message("council", forfeit_bp=10_000), signer="council")
    answer = village.chain.query(f"{PATH}/Params", query_pb2.QueryParamsRequest(), query_pb2.QueryParamsResponse)
    assert answer.params == message("council", forfeit_bp=10_000).params


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epoch_seconds", 0),
        ("epoch_seconds", 31_536_001),
        ("max_receipts", 0),
        ("max_receipts", 1_025),
        ("audits_per_epoch", 1_025),
        ("max_strikes", 0),
        ("max_strikes", 101),
        ("suspension_epochs", 0),
        ("suspension_epochs", 10_001),
        ("forfeit_bp", 10_001),
        ("max_network_quota", 1_000_000_001),
    ],
)
def test_a_parameter_out_of_its_bounds_is_refused_by_name(field: str, value: int) -> None:
    message = tx_pb2.MsgUpdateParams(authority=str(SUBMITTER), params=Params().to_proto())
    assert UpdateParams.from_proto(message).params == Params()
    setattr(message.params, field, value)
    with pytest.raises(WorkError, match=field) as caught:
        UpdateParams.from_proto(message)
    assert caught.value.code == WorkCode.INVALID_PARAMS


def test_the_epoch_query_gives_the_bounds(village: Village) -> None:
    village.next_epoch()
    village.next_epoch()
    answer = village.chain.query(f"{PATH}/Epoch", query_pb2.QueryEpochRequest(), query_pb2.QueryEpochResponse)
    assert (answer.epoch, answer.earliest, answer.seconds) == (2, 1, EPOCH_SECONDS)
    assert answer.end - answer.start == EPOCH_SECONDS * SECOND
    assert answer.start <= village.chain.time < answer.end


def test_a_device_can_ask_where_it_stands(village: Village) -> None:
    village.next_epoch()
    village.submit(village.receipt("a", sequence=17))
    request = query_pb2.QueryDeviceWorkRequest(device_id=str(village.id("a")))
    answer = village.chain.query(f"{PATH}/DeviceWork", request, query_pb2.QueryDeviceWorkResponse)
    assert answer == query_pb2.QueryDeviceWorkResponse(
        sequence=17, has_worked=True, last_epoch=1, usable=True, telemetry_root=bytes(32)
    )


@pytest.mark.parametrize(
    ("device", "code"),
    [("lampdev1nonsense", SdkCode.INVALID_REQUEST), (str(DeviceId(bytes(20))), SdkCode.KEY_NOT_FOUND)],
)
def test_asking_for_no_device_is_refused(village: Village, device: str, code: SdkCode) -> None:
    with pytest.raises(QueryFailed) as caught:
        village.chain.query(
            f"{PATH}/DeviceWork", query_pb2.QueryDeviceWorkRequest(device_id=device), query_pb2.QueryDeviceWorkResponse
        )
    assert (caught.value.codespace, caught.value.code) == ("sdk", code)


def test_the_clock_survives_a_restart_and_an_export(village: Village) -> None:
    village.next_epoch()
    village.submit(village.receipt("a"))
    exported = village.chain.export()
    village.chain.restart()
    assert village.chain.export() == exported
    assert exported["work"]["clock"]["epoch"] == "1"
    assert exported["work"]["devices"] == [
        {
            "device_id": str(village.id("a")),
            "sequence": "2",
            "next_epoch": "2",
            "telemetry_root": "00" * 32,
            "strikes": 0,
            "question": None,
        }
    ]


def test_what_is_no_receipt_costs_gas_all_the_same(village: Village) -> None:
    """Given receipts of noise, when a message is full of them, then each pays for its verdict and its event."""
    message = tx_pb2.MsgSubmitWork(submitter=str(village.chain.address("gateway")))
    for _ in range(256):
        message.receipts.add(signature=bytes(64))
    result = village.chain.run(message, signer="gateway")
    assert result.code == 0
    assert result.gas_used > 256 * RECEIPT
    result = village.chain.run(message, signer="gateway", gas=256 * RECEIPT)
    assert (result.codespace, result.code) == ("sdk", SdkCode.OUT_OF_GAS)


def test_a_message_of_next_to_nothing_is_refused_whole(village: Village) -> None:
    message = tx_pb2.MsgSubmitWork(submitter=str(village.chain.address("gateway")))
    for _ in range(256):
        message.receipts.add(units=1)
    assert refused(village, message, "gateway") == ("work", WorkCode.MALFORMED_RECEIPT)


def test_a_device_has_no_work_of_an_epoch_that_ended_before_it_was_registered(village: Village) -> None:
    """Given a device registered in epoch 1, when it reports on 0 and 1, then only 1 counts; in epoch 2 it may on 1."""
    chain = village.chain
    chain.advance(EPOCH_SECONDS)
    late = device_message(chain, "late", "alice"), device_message(chain, "later", "alice")
    chain.ok(*late, signer="alice", seconds=0)
    assert village.epoch() == 1
    codes = village.submit(village.receipt("late", epoch=0, sequence=1), village.receipt("late"))
    assert codes == [WorkCode.EPOCH_OUTSIDE_WINDOW, 0]
    chain.advance(EPOCH_SECONDS)
    assert village.submit(village.receipt("later", epoch=1, sequence=1), village.receipt("later")) == [0, 0]


def test_nobody_dodges_a_draw_by_pausing_for_a_block() -> None:
    """Given audits of everybody, when a device is paused while the epoch ends, then it is asked all the same."""
    with Village({"audits_per_epoch": 100}) as village:
        chain, device = village.chain, str(village.id("a"))
        owner = str(chain.address("alice"))
        assert village.submit(village.receipt("a")) == [0]
        village.next_epoch()
        chain.ok(registry_tx.MsgPauseDevice(signer=owner, device_id=device), signer="alice")
        village.next_epoch()
        chain.ok(registry_tx.MsgResumeDevice(signer=owner, device_id=device), signer="alice")
        request = query_pb2.QueryDeviceAuditRequest(device_id=device)
        answer = chain.query(f"{PATH}/DeviceAudit", request, query_pb2.QueryDeviceAuditResponse)
        assert (answer.epoch, answer.question.epoch, answer.question.root_epoch) == (2, 2, 0)
        assert (answer.strikes, answer.max_strikes) == (0, 3)


@pytest.mark.parametrize("path", ["DeviceAudit", "DeviceWork"])
def test_asking_about_no_device_is_refused_alike(village: Village, path: str) -> None:
    request = {
        "DeviceAudit": query_pb2.QueryDeviceAuditRequest(device_id="x"),
        "DeviceWork": query_pb2.QueryDeviceWorkRequest(device_id="x"),
    }[path]
    with pytest.raises(QueryFailed) as caught:
        village.chain.query(f"{PATH}/{path}", request, query_pb2.QueryDeviceAuditResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.INVALID_REQUEST)
