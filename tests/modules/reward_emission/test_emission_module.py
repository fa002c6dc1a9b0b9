"""What the module declares is described."""

from pathlib import Path

from modules.reward_emission.errors import EmissionCode
from modules.reward_emission.module import module
from modules.reward_emission.params import Params
from tests.modules.reward_emission.world import World

README = Path("modules/reward_emission/README.md")


def test_the_readme_describes_all_messages_queries_errors_events_and_parameters() -> None:
    text = README.read_text(encoding="utf-8")
    declared = module(World().keeper)
    names = [message.proto.DESCRIPTOR.name for message in declared.messages]
    names += [query.path.rsplit("/", 1)[1] for query in declared.queries]
    names += [code.name for code in EmissionCode] + list(declared.events) + list(Params.__dataclass_fields__)
    assert [name for name in names if name not in text] == []


def test_every_command_has_help_and_an_example() -> None:
    declared = module(World().keeper)
    for item in (*declared.messages, *declared.queries):
        assert item.command is not None
        assert item.command.help.endswith(".")
        assert item.command.example.startswith("lampd ")
