"""The registry's parameters and their bounds."""

from dataclasses import dataclass, fields

from chain.pb.lamppost.device_registry.v1 import types_pb2
from modules.device_registry.errors import RegistryCode, RegistryError


@dataclass(frozen=True, slots=True)
class Params:
    """Amounts in ulamp, weights in basis points, units per epoch."""

    network_deposit: int = 100_000_000
    """Deposit for a network, in ulamp: 100 LAMP keep names from being squatted."""
    device_bond: int = 1_000_000
    """Bond for a device without a manufacturer, in ulamp: 1 LAMP makes a million phantom devices cost a million."""
    max_models: int = 64
    """Models in one network, at most."""
    max_weight_bp: int = 20_000
    """Highest hardware or level weight, in basis points."""
    max_units: int = 1_000_000_000
    """Highest maximum of units per epoch that a model may have."""
    max_weighted_networks: int = 200
    """Networks with an emission weight above 0, at most: closing an epoch visits each of them."""
    bond_seconds: int = 604_800
    """Seconds for which a retired device's bond stays: seven epochs of a day. Else one bond, taken back and paid anew
    within an epoch, would stand for any number of phantom devices."""
    manufacturer_bond: int = 1_000_000_000
    """Bond of a manufacturer, in ulamp: 1,000 LAMP that are lost when it is revoked."""
    manufacturer_hold_seconds: int = 1_814_400
    """Seconds for which the bond of a retired manufacturer stays: 21 days in which what it sold can still be judged."""
    move_price: int = 1_000_000
    """Price of a device's third assertion of its place, in ulamp, burned; each later one within a year doubles it."""
    recovery_seconds: int = 604_800
    """Seconds from a manufacturer's approval of a device's new key to its effect: time for the old key to object."""
    max_statements: int = 32
    """Credentials about one device, at most, and as many consents."""


BOUNDS = {
    "network_deposit": (0, 10**15),
    "device_bond": (0, 10**15),
    "max_models": (1, 1_024),
    "max_weight_bp": (1, 100_000),
    "max_units": (1, 10**15),
    "max_weighted_networks": (1, 500),
    "bond_seconds": (0, 31_536_000),
    "manufacturer_bond": (0, 10**15),
    "manufacturer_hold_seconds": (0, 31_536_000),
    "move_price": (0, 10**12),
    "recovery_seconds": (60, 31_536_000),
    "max_statements": (0, 256),
}
"""Smallest and largest value of each parameter; 10^15 ulamp is the whole supply."""


def check_params(params: Params) -> None:
    """Refuse parameters out of bounds. Raises: RegistryError(INVALID_PARAMS)."""
    for name, (low, high) in BOUNDS.items():
        value = getattr(params, name)
        if not low <= value <= high:
            raise RegistryError(RegistryCode.INVALID_PARAMS, f"{name} is {value}, must be {low} to {high}")


def params_from_proto(message: types_pb2.Params) -> Params:
    """Read and check parameters. Raises: RegistryError(INVALID_PARAMS)."""
    params = Params(*(getattr(message, field.name) for field in fields(Params)))
    check_params(params)
    return params


def params_to_proto(params: Params) -> types_pb2.Params:
    """Return parameters as they are on the wire."""
    return types_pb2.Params(**{field.name: getattr(params, field.name) for field in fields(Params)})
