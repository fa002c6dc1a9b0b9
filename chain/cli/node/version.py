"""`lampd version`."""

import click

from chain.cli.node.common import example, print_json
from chain.cli.options import output_option


@click.command(epilog=example("lampd version --long"))
@click.option("--long", "long_form", is_flag=True, help="With the versions of what it is built from.")
@output_option
def version(long_form: bool, output: str) -> None:
    """Show the version of lampd, and with --long of what it is built from."""
    from importlib.metadata import version as version_of

    own = version_of("lamppost")
    if not long_form:
        if output == "json":
            print_json({"version": own})
        else:
            click.echo(own)
        return
    facts = _facts(own)
    if output == "json":
        print_json(facts)
    else:
        for name, value in facts.items():
            click.echo(f"{name}: {value}")


def _facts(own: str) -> dict[str, str]:
    import platform
    from importlib.metadata import version as version_of

    from chain.node.comet import find_comet
    from chain.node.errors import NodeError

    try:
        found = find_comet()
        comet = f"{found.version} ({found.path})"
    except NodeError as error:
        comet = f"none: {error}"
    names = ("protobuf", "plyvel", "coincurve", "cryptography")
    return {
        "name": "lamppost",
        "server_name": "lampd",
        "version": own,
        "python": platform.python_version(),
        "cometbft": comet,
        **{name: version_of(name) for name in names},
    }
