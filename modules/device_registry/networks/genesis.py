"""Networks and models in the genesis section."""

from dataclasses import replace

from chain.pb.lamppost.device_registry.v1 import tx_pb2, types_pb2
from chain.primitives.ints import FULL_BP, BasisPoints
from modules.device_registry import checks
from modules.device_registry.errors import RegistryCode
from modules.device_registry.keeper import NAME
from modules.device_registry.params import BOUNDS
from modules.device_registry.sections import Section, at, require
from modules.device_registry.types import (
    MAX_TERMS,
    Model,
    ModelStatus,
    Network,
    NetworkKind,
    NetworkStatus,
    ReceiptPolicy,
    Terms,
)


def read_network(path: str, item: types_pb2.Network, content: Section) -> Network:
    """Return the next network of the section. Raises: GenesisError naming the field."""
    require(item.id == len(content.networks) + 1, f"{path}.id", f"must be {len(content.networks) + 1}")
    with at(f"{path}.name"):
        name = checks.network_name(item.name)
    require(name not in content.network_names, f"{path}.name", "is taken by another network")
    content.network_names.add(name)
    with at(f"{path}.kind"):
        kind = checks.member(NetworkKind, item.kind, RegistryCode.INVALID_KIND)
    with at(f"{path}.unit"):
        unit = checks.label(item.unit, "unit")
    with at(f"{path}.admin"):
        admin = checks.address(item.admin, "admin")
    with at(f"{path}.status"):
        status = checks.member(NetworkStatus, item.status, RegistryCode.INVALID_STATUS)
    with at(f"{path}.receipt_policy"):
        policy = checks.member(ReceiptPolicy, item.receipt_policy, RegistryCode.INVALID_RECEIPT_POLICY)
    terms = _read_terms(path, item, kind)
    with at(f"{path}.description"):
        description = checks.description(item.description)
    if status is NetworkStatus.CLOSED:
        require(item.deposit == 0, f"{path}.deposit", "a closed network has none")
        require(item.weight_bp == 0, f"{path}.weight_bp", "a closed network has none")
    weight = BasisPoints(item.weight_bp)
    offered_to = None
    if item.offered_to:
        with at(f"{path}.offered_to"):
            offered_to = checks.address(item.offered_to, "new admin")
        require(status is NetworkStatus.ACTIVE, f"{path}.offered_to", "a closed network is not on offer")
    deposit = item.deposit
    return Network(
        item.id, name, kind, unit, admin, status, deposit, weight, policy, terms, description, offered_to=offered_to
    )


def _read_terms(path: str, item: types_pb2.Network, kind: NetworkKind) -> tuple[Terms, ...]:
    both = item.terms and (item.location_caps or item.level_weights)
    require(not both, f"{path}.terms", "stand beside location_caps or level_weights, which they replace")
    written = item.terms or [types_pb2.Terms(location_caps=item.location_caps, level_weights=item.level_weights)]
    require(len(written) <= MAX_TERMS, f"{path}.terms", f"are more than {MAX_TERMS}")
    found: list[Terms] = []
    for index, entry in enumerate(written):
        where = f"{path}.terms[{index}]" if item.terms else path
        ordered = not found or entry.from_epoch > found[-1].from_epoch
        require(ordered, f"{where}.from_epoch", "is not above the one before")
        with at(f"{where}.location_caps"):
            caps = checks.location_caps(entry.location_caps, kind)
        with at(f"{where}.level_weights"):
            levels = checks.level_weights(entry.level_weights)
        found.append(Terms(entry.from_epoch, caps, levels))
    return tuple(found)


def check_weights(content: Section) -> None:
    """Check the networks' shares of the emission together. Raises: GenesisError."""
    path = f"{NAME}.networks"
    weights = [network.weight_bp for network in content.networks if network.weight_bp]
    require(sum(weights) <= FULL_BP, path, f"weights sum to {sum(weights)} bp, at most {FULL_BP}")
    highest = BOUNDS["max_weighted_networks"][1]
    require(len(weights) <= highest, path, f"{len(weights)} networks have a weight, at most {highest}")


def add_model(path: str, item: types_pb2.Model, content: Section) -> None:
    """Put the next model into the section's content. Raises: GenesisError naming the field."""
    require(item.id == len(content.models) + 1, f"{path}.id", f"must be {len(content.models) + 1}")
    require(1 <= item.network <= len(content.networks), f"{path}.network", "is no network of this file")
    with at(path):
        spec = checks.model_spec(
            tx_pb2.ModelSpec(
                name=item.name,
                hardware_bp=item.hardware_bp,
                max_units=item.max_units,
                level=item.level,
                manufacturer=item.manufacturer,
            )
        )
    taken = (item.network, spec.name) in content.model_names
    require(not taken, f"{path}.name", "is taken by another model of the network")
    content.model_names.add((item.network, spec.name))
    require(item.manufacturer <= len(content.manufacturers), f"{path}.manufacturer", "is no manufacturer of this file")
    with at(f"{path}.status"):
        status = checks.member(ModelStatus, item.status, RegistryCode.INVALID_STATUS)
    hardware = BasisPoints(spec.hardware_bp)
    content.models.append(
        Model(item.id, item.network, spec.name, hardware, spec.max_units, spec.level, status, spec.manufacturer)
    )
    network = content.networks[item.network - 1]
    content.networks[item.network - 1] = replace(network, models=network.models + 1)
