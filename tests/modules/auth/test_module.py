from pathlib import Path
from typing import Any

import modules.auth
from chain.pb.cosmos.auth.v1beta1 import query_pb2, tx_pb2
from modules.auth.keeper import AuthKeeper
from modules.auth.module import module
from modules.auth.params import BOUNDS
from tests.modules.auth.world import PERMISSIONS

MODULE = module(AuthKeeper(PERMISSIONS))
README = (Path(str(modules.auth.__file__)).parent / "README.md").read_text(encoding="utf-8")


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
            assert command.example.startswith(f"lampd {verb} auth {command.name}")


def test_the_readme_tells_of_every_parameter_message_and_query() -> None:
    words = [query.path.rsplit("/", 1)[1] for query in MODULE.queries]
    words += [message.proto.DESCRIPTOR.name for message in MODULE.messages]
    words += [f"`{name}` | " for name in BOUNDS] + [f"{bound.low:,} to {bound.high:,}" for bound in BOUNDS.values()]
    assert [word for word in words if word not in README] == []
