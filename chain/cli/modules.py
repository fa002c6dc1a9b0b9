"""Groups with one sub-group per module, made when a command is looked up."""

from collections.abc import Callable
from typing import Any

import click

from chain.sdk.module import Module

ModuleCommands = Callable[[Module], list[click.Command]]


class ModuleGroup(click.Group):
    """A group whose own commands are declared in code and whose sub-groups come from the modules of the chain."""

    def __init__(self, *args: Any, module_commands: ModuleCommands, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._module_commands = module_commands
        self._verb = verb
        self._loaded = False

    def _load(self) -> None:
        if self._loaded:
            return
        from chain.app import build_modules

        self._loaded = True
        for module in build_modules():
            found = self._module_commands(module)
            if found:
                group = click.Group(module.name.replace("_", "-"), help=f"{self._verb} of module {module.name}.")
                for command in found:
                    group.add_command(command)
                self.add_command(group)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return modules and own commands, by name."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; a module may be named with underscores, too."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        self._load()
        return super().get_command(ctx, cmd_name.replace("_", "-"))
