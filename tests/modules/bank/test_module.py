from pathlib import Path
from typing import Any

import pytest

import modules.bank
from chain.pb.cosmos.bank.v1beta1 import query_pb2, tx_pb2
from chain.primitives.coins import Coin
from modules.auth.keeper import AuthKeeper
from modules.bank.commands import MULTI_SEND
from modules.bank.errors import BankCode
from modules.bank.keeper import BankKeeper
from modules.bank.messages import MultiSend
from modules.bank.module import EVENTS, module
from tests.modules.auth.world import PERMISSIONS
from tests.modules.bank.world import address, lamps

MODULE = module(BankKeeper(AuthKeeper(PERMISSIONS)))
README = (Path(str(modules.bank.__file__)).parent / "README.md").read_text(encoding="utf-8")


def test_every_message_and_query_of_the_protocol_is_there() -> None:
    service = query_pb2.DESCRIPTOR.services_by_name["Query"]
    assert {query.path for query in MODULE.queries} == {
        f"/{service.full_name}/{name}" for name in service.methods_by_name
    }
    for query in MODULE.queries:
        method = service.methods_by_name[query.path.rsplit("/", 1)[1]]
        assert (method.input_type, method.output_type) == (query.request.DESCRIPTOR, query.response.DESCRIPTOR)
    inputs = {method.input_type.full_name for method in tx_pb2.DESCRIPTOR.services_by_name["Msg"].methods}
    assert {message.type_url[1:] for message in MODULE.messages} == inputs


def test_every_command_has_help_and_an_example_of_itself() -> None:
    for verb, rows in (("tx", MODULE.messages), ("query", MODULE.queries)):
        for row in rows:
            command: Any = row.command
            assert command.help.endswith(".")
            assert command.example.startswith(f"lampd {verb} bank {command.name}")


def test_the_readme_tells_of_every_error_event_message_and_query() -> None:
    words = [code.name for code in BankCode] + list(EVENTS) + [query.path.rsplit("/", 1)[1] for query in MODULE.queries]
    words += [message.proto.DESCRIPTOR.name for message in MODULE.messages] + ["default_send_enabled"]
    assert [word for word in words if word not in README] == []


@pytest.mark.parametrize(("split", "share"), [("no", 10), ("yes", 5)])
def test_the_multi_send_command_gives_each_the_amount_or_a_share(split: str, share: int) -> None:
    recipients = (str(address(2)), str(address(3)))
    values = {"sender": str(address(1)), "outputs": recipients, "amount": (Coin("ulamp", 10),), "split": split}
    build: Any = MULTI_SEND.build
    outputs = ((address(2), lamps(share)), (address(3), lamps(share)))
    assert MultiSend.from_proto(build(values)) == MultiSend(address(1), lamps(2 * share), outputs)
