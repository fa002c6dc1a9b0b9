from typing import Any

import pytest

from chain.crypto.addresses import module_address
from chain.primitives.coins import Coin
from chain.primitives.errors import ModuleError, SdkCode
from modules.bank import handlers
from modules.bank.errors import BankCode
from modules.bank.messages import MultiSend, Send, SetSendEnabled, UpdateParams
from modules.bank.params import Params
from modules.bank.state import SEND_ENABLED
from tests.modules.bank.world import AUTHORITY, address, lamps, world

GOV = module_address("gov")


def send(amount: int = 1, denom: str = "ulamp", recipient: Any = None) -> Send:
    return Send(address(1), recipient or address(2), (Coin(denom, amount),))


def multi_send(*shares: int, recipient: Any = None) -> MultiSend:
    outputs = tuple((recipient or address(10 + i), lamps(share)) for i, share in enumerate(shares))
    return MultiSend(address(1), lamps(sum(shares)), outputs)


def test_a_send_pays() -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    handlers.send(ctx, bank, send(4))
    assert [bank.balance(ctx, address(number), "ulamp") for number in (1, 2)] == [6, 4]


def test_a_multi_send_pays_each_and_tells_so() -> None:
    ctx, bank, auth = world({1: "10ulamp"})
    ctx.events.clear()
    handlers.multi_send(ctx, bank, multi_send(2, 3))
    assert [bank.balance(ctx, address(number), "ulamp") for number in (1, 10, 11)] == [5, 2, 3]
    assert auth.account(ctx, address(11)) is not None
    source, first, second = (str(address(number)) for number in (1, 10, 11))
    assert ctx.events == [
        ("coin_spent", (("spender", source), ("amount", "5ulamp"))),
        ("message", (("sender", source),)),
        ("coin_received", (("receiver", first), ("amount", "2ulamp"))),
        ("transfer", (("recipient", first), ("sender", source), ("amount", "2ulamp"))),
        ("coin_received", (("receiver", second), ("amount", "3ulamp"))),
        ("transfer", (("recipient", second), ("sender", source), ("amount", "3ulamp"))),
    ]


def test_a_multi_send_may_pay_one_account_twice_and_the_sender() -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    outputs = ((address(2), lamps(1)), (address(1), lamps(7)), (address(2), lamps(2)))
    handlers.multi_send(ctx, bank, MultiSend(address(1), lamps(10), outputs))
    assert [bank.balance(ctx, address(number), "ulamp") for number in (1, 2)] == [7, 3]


def test_the_authority_turns_sending_off_and_on() -> None:
    ctx, bank, _ = world({1: "10uatom,10ulamp"})
    handlers.set_send_enabled(ctx, bank, SetSendEnabled(AUTHORITY, (("uatom", False), ("ulamp", True)), ()))
    assert [bank.send_enabled(ctx, denom) for denom in ("uatom", "ulamp", "uother")] == [False, True, True]
    handlers.update_params(ctx, bank, UpdateParams(AUTHORITY, Params(default_send_enabled=False)))
    handlers.set_send_enabled(ctx, bank, SetSendEnabled(AUTHORITY, (), ("uatom",)))
    assert [bank.send_enabled(ctx, denom) for denom in ("uatom", "ulamp", "uother")] == [False, True, False]
    assert not SEND_ENABLED.has(ctx, "uatom")


FUNDS, BLOCKED, DISABLED = ("sdk", SdkCode.INSUFFICIENT_FUNDS), ("sdk", SdkCode.UNAUTHORIZED), ("bank", 5)
REFUSED: list[tuple[str, Any, Any, tuple[str, int], str]] = [
    ("overdraft", handlers.send, send(11), FUNDS, "spendable balance 10ulamp is smaller than 11ulamp"),
    ("unknown denomination", handlers.send, send(1, "unknown"), FUNDS, "spendable balance 0unknown is smaller"),
    ("to a module", handlers.send, send(recipient=GOV), BLOCKED, f"{GOV} is not allowed to receive funds"),
    ("disabled", handlers.send, send(1, "uatom"), DISABLED, "uatom transfers are currently disabled: send transac"),
    ("overdraft of many", handlers.multi_send, multi_send(6, 5), FUNDS, "10ulamp is smaller than 11ulamp"),
    ("many to a module", handlers.multi_send, multi_send(1, recipient=GOV), BLOCKED, "is not allowed to receive funds"),
    (
        "many of a disabled one",
        handlers.multi_send,
        MultiSend(address(1), (Coin("uatom", 1),), ((address(2), (Coin("uatom", 1),)),)),
        DISABLED,
        "uatom transfers are currently disabled",
    ),
    (
        "entries by anybody",
        handlers.set_send_enabled,
        SetSendEnabled(address(1), (("ulamp", False),), ()),
        BLOCKED,
        f"invalid authority; expected {AUTHORITY}, got {address(1)}: unauthorized",
    ),
    (
        "parameters by anybody",
        handlers.update_params,
        UpdateParams(address(1), Params()),
        BLOCKED,
        "invalid authority; expected",
    ),
]


@pytest.mark.parametrize(
    ("handle", "msg", "code", "log"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_refusal_has_its_code_and_writes_nothing(handle: Any, msg: Any, code: tuple[str, int], log: str) -> None:
    ctx, bank, _ = world({1: "10uatom,10ulamp"}, send_enabled=[{"denom": "uatom", "enabled": False}])
    mark = ctx.state.mark()  # type: ignore[attr-defined]  # the tests' BlockState
    with pytest.raises(ModuleError) as caught:
        handle(ctx, bank, msg)
    assert (caught.value.codespace, caught.value.code) == code
    assert log in caught.value.log
    assert ctx.state.mark() == mark  # type: ignore[attr-defined]  # as above


def test_a_disabled_denomination_still_pays_fees_and_moves_between_modules() -> None:
    ctx, bank, _ = world({1: "10ulamp"}, params={"default_send_enabled": False})
    bank.deduct_fee(ctx, address(1), lamps(3))
    with pytest.raises(ModuleError) as caught:
        handlers.send(ctx, bank, send())
    assert caught.value.code is BankCode.SEND_DISABLED
