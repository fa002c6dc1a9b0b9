"""Coins and metadata between the state, protobuf and genesis' JSON."""

from chain.pb.cosmos.bank.v1beta1 import bank_pb2
from chain.pb.cosmos.base.v1beta1 import coin_pb2
from chain.sdk.module import Json
from chain.sdk.sections import Section
from modules.bank.metadata import DenomUnit, Metadata

_TEXTS = ("description", "base", "display", "name", "symbol", "uri", "uri_hash")


def coin(denom: str, amount: int) -> coin_pb2.Coin:
    """Return a coin of the wire."""
    return coin_pb2.Coin(denom=denom, amount=str(amount))


def metadata_proto(metadata: Metadata) -> bank_pb2.Metadata:
    """Return metadata of the wire."""
    made = bank_pb2.Metadata(**{name: getattr(metadata, name) for name in _TEXTS})
    for unit in metadata.denom_units:
        made.denom_units.add(denom=unit.denom, exponent=unit.exponent, aliases=unit.aliases)
    return made


def metadata_json(metadata: Metadata) -> Json:
    """Return metadata of genesis."""
    units = [
        {"denom": unit.denom, "exponent": unit.exponent, "aliases": list(unit.aliases)} for unit in metadata.denom_units
    ]
    made: Json = {"description": metadata.description, "denom_units": units}
    return made | {name: getattr(metadata, name) for name in _TEXTS if name != "description"}


def read_metadata(row: Section) -> Metadata:
    """Return genesis' metadata, not checked for sense. Raises: GenesisError."""
    units = []
    for item in row.objects("denom_units"):
        units.append(DenomUnit(item.text("denom"), item.uint("exponent", 0, bits=32), tuple(item.texts("aliases"))))
        item.done()
    texts = {name: row.text(name, None if name in ("base", "display") else "") for name in _TEXTS}
    row.done()
    return Metadata(denom_units=tuple(units), **texts)
