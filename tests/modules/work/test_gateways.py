"""Gateways: who registers them, and which receipts go without a fee."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest
from chain.pb.lamppost.work.v1 import query_pb2, tx_pb2, types_pb2
from chain.primitives.errors import SdkCode
from chain.primitives.ids import Address
from chain.primitives.ints import Epoch
from chain.testing import QueryFailed
from modules.device_registry.errors import RegistryCode
from modules.work import invariants
from modules.work.errors import WorkCode, WorkError
from modules.work.gateways import handlers
from modules.work.gateways.messages import RegisterGateway, RevokeGateway, UpdateGateway
from modules.work.lane import WorkLane
from modules.work.messages import SubmitWork
from modules.work.state import DEVICES, GATEWAYS, QUOTAS, SPENT, Gateway, Spent
from tests.modules.work.fleet import ADMIN, SUBMITTER, Fleet
from tests.modules.work.village import PATH, Village, refused

OTHER = Address(bytes([8]) * 20)
QUOTA = "100"


@pytest.fixture(scope="module")
def shared() -> Iterator[Village]:
    """A village in which `gateway` is registered for network 1 with 60 receipts; rejections change nothing in it."""
    with Village({"max_network_quota": QUOTA}) as village:
        village.chain.ok(register(village, quota=60), signer="founder")
        yield village


def register(village: Village, kind: Any = tx_pb2.MsgRegisterGateway, **fields: Any) -> Any:
    named = {"admin": "founder", "gateway": "gateway", "network": 1, **fields}
    people = {name: str(village.chain.address(named[name])) for name in ("admin", "gateway")}
    return kind(**{**named, **people})


REGISTER, UPDATE, REVOKE = tx_pb2.MsgRegisterGateway, tx_pb2.MsgUpdateGateway, tx_pb2.MsgRevokeGateway
REJECTIONS: list[tuple[Any, dict[str, Any], str, int]] = [
    (REGISTER, {"admin": "alice", "gateway": "bob", "quota": 1}, "work", WorkCode.NOT_NETWORK_ADMIN),
    (REGISTER, {"quota": 1}, "work", WorkCode.GATEWAY_EXISTS),
    (REGISTER, {"gateway": "bob", "quota": 0}, "work", WorkCode.INVALID_QUOTA),
    (REGISTER, {"gateway": "bob", "quota": 2**64 - 1}, "work", WorkCode.INVALID_QUOTA),
    (REGISTER, {"gateway": "bob", "quota": 41}, "work", WorkCode.INVALID_QUOTA),
    (REGISTER, {"gateway": "bob", "quota": 1, "network": 9}, "device_registry", RegistryCode.UNKNOWN_NETWORK),
    (UPDATE, {"admin": "alice", "quota": 1}, "work", WorkCode.NOT_NETWORK_ADMIN),
    (UPDATE, {"gateway": "bob", "quota": 1}, "work", WorkCode.UNKNOWN_GATEWAY),
    (UPDATE, {"network": 2, "quota": 1}, "work", WorkCode.UNKNOWN_GATEWAY),
    (UPDATE, {"quota": 0}, "work", WorkCode.INVALID_QUOTA),
    (UPDATE, {"quota": 101}, "work", WorkCode.INVALID_QUOTA),
    (UPDATE, {"quota": 1, "network": 9}, "device_registry", RegistryCode.UNKNOWN_NETWORK),
    (REVOKE, {"admin": "alice"}, "work", WorkCode.NOT_NETWORK_ADMIN),
    (REVOKE, {"gateway": "bob"}, "work", WorkCode.UNKNOWN_GATEWAY),
    (REVOKE, {"network": 9}, "device_registry", RegistryCode.UNKNOWN_NETWORK),
]


@pytest.mark.parametrize(("kind", "fields", "codespace", "code"), REJECTIONS)
def test_what_must_not_be_is_refused(
    shared: Village, kind: Any, fields: dict[str, Any], codespace: str, code: int
) -> None:
    before = shared.chain.export()["work"]["gateways"]
    message = register(shared, kind, **fields)
    assert refused(shared, message, fields.get("admin", "founder")) == (codespace, code)
    assert shared.chain.export()["work"]["gateways"] == before


@pytest.mark.parametrize("kind", [REGISTER, UPDATE, REVOKE])
@pytest.mark.parametrize("field", ["admin", "gateway"])
def test_an_address_that_is_none_is_refused(shared: Village, kind: Any, field: str) -> None:
    message = register(shared, kind, **({} if kind is REVOKE else {"quota": 1}))
    setattr(message, field, "lamp1nonsense")
    assert refused(shared, message, "founder") == ("sdk", SdkCode.INVALID_ADDRESS)


def test_a_gateway_without_coins_gets_an_account_that_can_sign(shared: Village) -> None:
    address = str(OTHER)
    message = tx_pb2.MsgRegisterGateway(admin=str(shared.chain.address("founder")), network=2, gateway=address, quota=5)
    assert address not in str(shared.chain.export()["auth"])
    shared.chain.ok(message, signer="founder")
    assert address in str(shared.chain.export()["auth"])


def test_gateways_of_a_network_are_listed_with_what_is_left(shared: Village) -> None:
    chain, address = shared.chain, str(shared.chain.address("gateway"))
    wanted = types_pb2.Gateway(network=1, address=address, quota=60)
    answer = chain.query(
        f"{PATH}/Gateways",
        query_pb2.QueryGatewaysRequest(network=1, pagination=PageRequest(limit=10)),
        query_pb2.QueryGatewaysResponse,
    )
    assert (list(answer.gateways), answer.total_quota, answer.pagination.next_key) == ([wanted], 60, b"")
    one = chain.query(
        f"{PATH}/Gateway",
        query_pb2.QueryGatewayRequest(network=1, gateway=address),
        query_pb2.QueryGatewayResponse,
    )
    assert one == query_pb2.QueryGatewayResponse(gateway=wanted, left=60)


@pytest.mark.parametrize(
    ("network", "gateway", "code"),
    [(9, "gateway", SdkCode.KEY_NOT_FOUND), (1, "", SdkCode.INVALID_REQUEST), (1, "alice", SdkCode.KEY_NOT_FOUND)],
)
def test_asking_for_no_gateway_is_refused(shared: Village, network: int, gateway: str, code: SdkCode) -> None:
    request = query_pb2.QueryGatewayRequest(network=network)
    request.gateway = str(shared.chain.address(gateway)) if gateway else "nobody"
    with pytest.raises(QueryFailed) as caught:
        shared.chain.query(f"{PATH}/Gateway", request, query_pb2.QueryGatewayResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", code)


def test_the_receipts_of_a_gateway_that_offers_no_fee_use_its_quota() -> None:
    """Given 2 free receipts an epoch, when 2 come and 1 more in the next, then 2 and 1 were used, and no fee was."""
    with Village({"max_network_quota": QUOTA}) as village:
        chain = village.chain
        chain.ok(register(village, quota=2), signer="founder")
        before = village.balance("gateway")
        two = village.submission(village.receipt("a"), village.receipt("b"))
        chain.ok(two, signer="gateway", gas=300_000)
        assert village.balance("gateway") == before
        answer = chain.query(
            f"{PATH}/Gateway",
            query_pb2.QueryGatewayRequest(network=1, gateway=str(chain.address("gateway"))),
            query_pb2.QueryGatewayResponse,
        )
        assert (answer.gateway.used, answer.left) == (2, 0)
        village.next_epoch()
        chain.ok(village.submission(village.receipt("a")), signer="gateway", gas=200_000)
        exported = chain.export()["work"]["gateways"]
        assert [(item["used"], item["epoch"]) for item in exported] == [("1", "1")]


class Town:
    """A fleet with a gateway of networks 1 and 2, 3 and 2 receipts, and the lane under test."""

    def __init__(self) -> None:
        self.fleet = Fleet()
        self.lane = WorkLane(self.fleet.keeper)
        for network, quota in ((1, 3), (2, 2)):
            message = RegisterGateway(ADMIN, network, SUBMITTER, quota)
            handlers.register_gateway(self.fleet.ctx, self.fleet.keeper, message)
        self.first, self.second = self.fleet.add(1), self.fleet.add(2, network=2)

    def work(self, first: int, second: int = 0, submitter: Address = SUBMITTER) -> SubmitWork:
        """Return so many receipts of the two networks."""
        fleet = self.fleet
        return SubmitWork(
            submitter, (fleet.receipt(self.first),) * first + (fleet.receipt(self.second, network=2),) * second
        )

    def waive(self, *messages: object, payer: Address = SUBMITTER) -> bool:
        return self.lane.waive(self.fleet.ctx, payer, messages)

    def used(self, network: int) -> int:
        gateway = GATEWAYS.get(self.fleet.ctx, (network, SUBMITTER))
        assert gateway is not None
        return gateway.used


def test_every_presented_receipt_uses_the_quota_of_its_network() -> None:
    town = Town()
    assert town.waive(town.work(2, 1))
    assert (town.used(1), town.used(2)) == (2, 1)
    assert town.waive(town.work(1), town.work(0, 1))
    assert (town.used(1), town.used(2)) == (3, 2)
    assert not town.waive(town.work(1))
    assert (town.used(1), town.used(2)) == (3, 2)


@pytest.mark.parametrize(("first", "second"), [(4, 0), (0, 3), (3, 3), (4, 1)])
def test_what_is_above_a_quota_is_not_free_and_uses_nothing(first: int, second: int) -> None:
    town = Town()
    assert not town.waive(town.work(first, second))
    assert (town.used(1), town.used(2)) == (0, 0)


def test_receipts_of_a_network_that_it_does_not_serve_are_not_free() -> None:
    town = Town()
    handlers.revoke_gateway(town.fleet.ctx, town.fleet.keeper, RevokeGateway(ADMIN, 2, SUBMITTER))
    assert not town.waive(town.work(1, 1))
    assert town.waive(town.work(1))


def test_only_work_in_the_payers_own_name_is_free() -> None:
    town = Town()
    assert not town.waive(town.work(1), payer=OTHER)
    assert not town.waive(town.work(1, submitter=OTHER))
    assert not town.waive(town.work(1), RevokeGateway(ADMIN, 1, SUBMITTER))
    assert not town.waive()
    assert town.lane.covers([town.work(1)])
    assert not town.lane.covers([town.work(1), RevokeGateway(ADMIN, 1, SUBMITTER)])


def test_a_count_of_an_old_epoch_is_no_count() -> None:
    town = Town()
    assert town.waive(town.work(3))
    town.fleet.block(100)
    assert town.waive(town.work(2))
    assert town.used(1) == 2


def test_a_lowered_quota_counts_at_once_and_what_was_used_stays_used() -> None:
    town = Town()
    assert town.waive(town.work(2))
    handlers.update_gateway(town.fleet.ctx, town.fleet.keeper, UpdateGateway(ADMIN, 1, SUBMITTER, 1))
    assert not town.waive(town.work(1))
    handlers.update_gateway(town.fleet.ctx, town.fleet.keeper, UpdateGateway(ADMIN, 1, SUBMITTER, 3))
    assert town.waive(town.work(1))


def test_what_a_network_has_used_stays_used_when_it_changes_its_gateways() -> None:
    """An admin whose gateways have used all that the network may gets nothing by revoking and registering."""
    town = Town()
    ctx, keeper = town.fleet.ctx, town.fleet.keeper
    keeper.set_params(ctx, replace(keeper.params(ctx), max_network_quota=3))
    assert town.waive(town.work(2))
    handlers.revoke_gateway(ctx, keeper, RevokeGateway(ADMIN, 1, SUBMITTER))
    handlers.register_gateway(ctx, keeper, RegisterGateway(ADMIN, 1, SUBMITTER, 3))
    assert not town.waive(town.work(2))
    assert town.waive(town.work(1))
    town.fleet.block(100)
    assert town.waive(town.work(3))
    assert invariants.quotas_are_those_of_gateways(ctx, keeper) is None
    SPENT.set(ctx, 1, Spent(1, Epoch(9)))
    assert invariants.quotas_are_those_of_gateways(ctx, keeper) is not None


def test_the_sum_of_quotas_follows_every_change() -> None:
    town = Town()
    ctx, keeper = town.fleet.ctx, town.fleet.keeper
    handlers.register_gateway(ctx, keeper, RegisterGateway(ADMIN, 1, OTHER, 10))
    handlers.update_gateway(ctx, keeper, UpdateGateway(ADMIN, 1, SUBMITTER, 7))
    assert QUOTAS.get(ctx, 1) == 17
    assert invariants.quotas_are_those_of_gateways(ctx, keeper) is None
    for gateway in (SUBMITTER, OTHER):
        handlers.revoke_gateway(ctx, keeper, RevokeGateway(ADMIN, 1, gateway))
    assert QUOTAS.get(ctx, 1) is None
    assert [event.type for event in ctx.events[-2:]] == ["gateway_revoked"] * 2
    GATEWAYS.set(ctx, (5, OTHER), Gateway(1, 0, ctx_epoch(town)))
    assert invariants.quotas_are_those_of_gateways(ctx, keeper) is not None


def ctx_epoch(town: Town) -> Any:
    return town.fleet.keeper.clock(town.fleet.ctx).epoch


def test_screening_takes_good_receipts_as_a_block_would_and_refuses_the_first_bad_one() -> None:
    town = Town()
    ctx = town.fleet.ctx
    with pytest.raises(WorkError) as caught:
        town.lane.screen(ctx, [SubmitWork(SUBMITTER, (town.fleet.receipt(town.first, units=10_001),))])
    assert caught.value.code == WorkCode.UNITS_OVER_MAXIMUM
    assert DEVICES.get(ctx, town.first.id) is None
    town.lane.screen(ctx, [town.work(1, 1)])
    assert DEVICES.get(ctx, town.first.id) is not None
    with pytest.raises(WorkError) as again:
        town.lane.screen(ctx, [town.work(1)])
    assert again.value.code == WorkCode.SEQUENCE_NOT_ABOVE_LAST
