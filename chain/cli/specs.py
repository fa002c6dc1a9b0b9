"""Click commands from what modules declare: `chain.sdk.cli.Command` in, `click.Command` out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from click.core import ParameterSource
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from chain.cli.fields import FieldError, ResolveAddress, choices, put
from chain.primitives.coins import Coins
from chain.sdk.cli import Arg, Command, Kind

Run = Callable[[ProtoMessage, Mapping[str, Any]], None]
"""What a finished message is given to, beside the values of the shared options."""

PAGE_OPTIONS = (
    click.Option(["--limit"], type=click.IntRange(1, 1000), default=100, show_default=True, help="Rows a page."),
    click.Option(["--page-key"], default="", help="Go on behind a page: its next_key."),
    click.Option(["--offset"], type=click.IntRange(0), default=0, help="Rows to pass over first."),
    click.Option(["--count-total"], is_flag=True, help="Count all rows, too."),
    click.Option(["--reverse"], is_flag=True, help="Last rows first."),
)


class ModuleCommand(click.Command):
    """A command made of a declaration: its help tells of the arguments, too."""

    told: Sequence[tuple[str, str]] = ()
    """Metavar and help of each argument."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments, then the options."""
        if self.told:
            with formatter.section("Arguments"):
                formatter.write_dl(list(self.told))
        super().format_options(ctx, formatter)


def make_command(
    command: Command,
    proto: type[ProtoMessage],
    shared: tuple[Callable[[Any], Any], ...],
    run: Callable[..., None],
    resolver: Callable[[Mapping[str, Any]], ResolveAddress],
) -> click.Command:
    """Return the click command that fills a `proto` and hands it to `run(message, values)`.

    `shared` are decorators with the options that all commands of the tree have; `resolver` makes the function that
    turns names of keys into addresses.
    """

    def callback(**values: Any) -> None:
        if command.signer_first:
            values = _shift_signer(command, values)
        run(fill(command, proto, values, resolver(values)), values)

    for decorate in reversed(shared):
        callback = decorate(callback)
    made = click.command(
        command.name,
        cls=ModuleCommand,
        help=command.help,
        epilog=f"Example: {command.example}" if command.example else None,
        short_help=command.help.splitlines()[0],
    )(callback)
    made.told = [(_metavar(arg, proto), arg.help) for arg in command.args]
    own: list[click.Parameter] = [_argument(arg, proto) for arg in command.args]
    if command.signer_first:
        own[0].metavar = f"[FROM] {own[0].metavar}"
        own.append(click.Argument(["arg_last"], required=False, metavar=""))
        made.told = [("FROM", "Key that signs, instead of --from."), *made.told]
    own += [_option(arg, proto) for arg in command.options]
    if "pagination" in proto.DESCRIPTOR.fields_by_name:
        own += PAGE_OPTIONS
    made.params = own + [_not_required(option, command) for option in made.params]
    return made


def _not_required(option: click.Parameter, command: Command) -> click.Parameter:
    """Let the signer be given as an argument, too, where a command takes it so."""
    if command.signer_first and option.name == "signer_key":
        option.required = False
    return option


def _shift_signer(command: Command, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the signer from the first argument, when there is one argument more than declared.

    Raises: click.UsageError when there is no signer, or two.
    """
    shifted = dict(values)
    last = shifted.pop("arg_last", None)
    if last is not None:
        source = click.get_current_context().get_parameter_source("signer_key")
        if source is ParameterSource.COMMANDLINE:
            raise click.UsageError("the signer is given twice: as the first argument and with --from")
        names = ["signer_key", *(_name(arg) for arg in command.args)]
        shifted |= dict(zip(names, [*(values[name] for name in names[1:]), last], strict=True))
    if not shifted.get("signer_key"):
        raise click.UsageError("Missing option '--from'.")
    return shifted


def fill(
    command: Command, proto: type[ProtoMessage], values: Mapping[str, Any], resolve: ResolveAddress
) -> ProtoMessage:
    """Return the message of a command from its raw values. Raises: click.UsageError naming the bad argument."""
    try:
        if command.build is not None:
            return command.build(_for_build(command, values, resolve))
        message = proto()
        if command.signer:
            setattr(message, command.signer, resolve(str(values.get("signer_key") or "")))
        for arg in (*command.args, *command.options):
            raw = values[_name(arg)]
            if raw is not None and raw != ():
                put(message, arg, raw, resolve)
    except FieldError as error:
        raise click.UsageError(str(error)) from error
    _fill_page(message, values)
    return message


def _for_build(command: Command, values: Mapping[str, Any], resolve: ResolveAddress) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for arg in (*command.args, *command.options):
        value = values[_name(arg)]
        if arg.kind is Kind.ADDRESS and value:
            value = resolve(value) if isinstance(value, str) else tuple(map(resolve, value))
        elif arg.kind is Kind.COINS and value:
            value = _coins(arg, value)
        raw[arg.field] = value
    if command.signer:
        raw[command.signer] = resolve(str(values.get("signer_key") or ""))
    raw["ask"] = _asker(values)
    return raw


def _asker(values: Mapping[str, Any]) -> Callable[[str, ProtoMessage, type[ProtoMessage]], ProtoMessage]:
    """Return what asks the command's node; none is spoken to before."""

    def ask(path: str, request: ProtoMessage, response: type[ProtoMessage]) -> ProtoMessage:
        from chain.client import Client

        with Client(values["node"]) as client:
            return client.query(path, request, response)

    return ask


def _coins(arg: Arg, text: str) -> Coins:
    from chain.client.amounts import parse_coins

    try:
        return parse_coins(text)
    except ValueError as error:
        raise FieldError(f"{arg.field}: {error}") from error


def _fill_page(message: Any, values: Mapping[str, Any]) -> None:
    if "pagination" not in message.DESCRIPTOR.fields_by_name or "limit" not in values:
        return
    from chain.cli.fields import parse_bytes

    page = message.pagination
    page.limit, page.offset = values["limit"], values["offset"]
    page.count_total, page.reverse = values["count_total"], values["reverse"]
    if values["page_key"]:
        page.key = parse_bytes(values["page_key"])


def _name(arg: Arg) -> str:
    # Two names are taken by click and by Python; a prefix keeps fields of any name apart from shared options.
    return f"arg_{arg.field}"


def _field(arg: Arg, proto: type[ProtoMessage]) -> Any:
    return proto.DESCRIPTOR.fields_by_name.get(arg.field)


def _argument(arg: Arg, proto: type[ProtoMessage]) -> click.Argument:
    field = _field(arg, proto)
    many = field is not None and field.is_repeated and arg.kind is not Kind.COINS
    return click.Argument(
        [_name(arg)],
        metavar=_metavar(arg, proto),
        nargs=-1 if many else 1,
        required=arg.default is None,
        type=_type(arg, field),
        **_default(arg.default),
    )


def _metavar(arg: Arg, proto: type[ProtoMessage]) -> str:
    field = _field(arg, proto)
    many = field is not None and field.is_repeated and arg.kind is not Kind.COINS
    return arg.metavar or arg.field.upper() + ("..." if many else "")


def _default(default: str | None) -> dict[str, Any]:
    # To click a default of None is a default: a required parameter that has it is never missed.
    return {} if default is None else {"default": default}


def _option(arg: Arg, proto: type[ProtoMessage]) -> click.Option:
    field = _field(arg, proto)
    flag = "--" + arg.field.replace("_", "-")
    if field is not None and field.cpp_type == FieldDescriptor.CPPTYPE_BOOL and not field.is_repeated:
        return click.Option([f"{flag}/--no-{flag[2:]}", _name(arg)], default=arg.default == "true", help=arg.help)
    many = field is not None and field.is_repeated and arg.kind is not Kind.COINS
    return click.Option(
        [flag, _name(arg)],
        help=arg.help,
        metavar=arg.metavar or None,
        multiple=many,
        required=arg.required,
        show_default=arg.default is not None,
        type=_type(arg, field),
        **({} if many else _default(arg.default)),
    )


def _type(arg: Arg, field: Any) -> Any:
    if arg.kind is Kind.FILE:
        return click.Path(exists=True, dir_okay=False)
    if field is not None and field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        return click.Choice([name for name in choices(field.enum_type) if name != "unspecified"])
    return click.STRING
