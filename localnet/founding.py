"""From nothing to a working network: accounts, genesis, networks, registered devices. Each step can be repeated."""

from collections.abc import Callable, Sequence
from typing import Any

from chain.client import Client, Keyring, QueryFailed
from chain.client.devices import DeviceKey, register_message
from chain.client.networks import NetworkFile, load_network
from chain.node.home import Home
from chain.node.processes import homes_in
from chain.node.testnet import ACCOUNT_COINS, STAKE, Testnet, init_files
from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.pb.lamppost.device_registry.v1.manufacturers_pb2 import MsgClaimDevice
from chain.pb.lamppost.device_registry.v1.tx_pb2 import MsgRegisterDevice, MsgSetNetworkWeight
from chain.pb.lamppost.device_registry.v1.types_pb2 import Model
from chain.pb.lamppost.work.v1 import query_pb2 as work_pb2
from chain.pb.lamppost.work.v1.tx_pb2 import MsgRegisterGateway
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.errors import SdkCode
from localnet.layout import CHAIN_ID, FLEET, MAKER, NETWORKS, Layout, gateway_name, owner_of
from localnet.manufacturing import claims, register_makers
from localnet.readings import place_of

LAMP = 10**6
SUPPLY = 400_000_000 * LAMP
"""Coins at genesis, of a cap of a thousand million LAMP."""
OPERATOR_COINS = ACCOUNT_COINS[0].amount + STAKE.amount
"""What `init_files` gives to each validator's operator, its stake included."""
_ALGORITHMS = ("ed25519", "p256", "secp256k1")
FREE_RECEIPTS = 1_000
"""Receipts that each gateway may hand in without fees, per network and epoch."""
_BATCH = 20
"""Registrations in one transaction."""


def found(layout: Layout, say: Callable[[str], None], first_address: str = "") -> list[Home]:
    """Make accounts, homes and genesis, or return the homes that are there.

    All nodes share this machine, unless they have machines of their own with addresses from `first_address` upward.
    """
    if any(layout.testnet.glob("*/*/config/genesis.json")):
        homes = homes_in(layout.testnet)
        say(f"going on with the {len(homes)} validators in {layout.testnet}")
        return homes
    say(f"making {layout.validators} validators, their keys and a genesis")
    keyring = Keyring(layout.keys)
    gifts = {"founder": 0, "alice": 1_000, "bob": 0, MAKER: 10_000}
    gifts |= {owner_of(name): 10_000 for name in FLEET}
    gifts |= {gateway_name(index): 10_000 for index in range(layout.gateways)}
    known = {info.name: info.address for info in keyring.list()}
    addresses = {name: known[name] if name in known else keyring.create(name)[0].address for name in gifts}
    given = sum(gifts.values()) * LAMP + layout.validators * OPERATOR_COINS
    amounts = {name: lamp * LAMP for name, lamp in gifts.items()} | {"founder": SUPPLY - given}
    state: dict[str, Any] = {
        "runtime": {"authority": str(addresses["founder"])},
        "work": {"params": {"epoch_seconds": str(layout.epoch_seconds)}},
        # Nobody waits three weeks on a network that lives for an hour.
        "staking": {"params": {"unbonding_time": "60s"}},
        # Seven epochs, as on a real network.
        "device_registry": {"params": {"bond_seconds": str(7 * layout.epoch_seconds)}},
        # With short epochs the yearly decline of the availability bucket would end it within hours.
        "reward_emission": {"params": {"decline_epochs": "0"}},
    }
    return init_files(
        Testnet(
            output_dir=layout.testnet,
            validators=layout.validators,
            chain_id=CHAIN_ID,
            single_host=not first_address,
            starting_ip_address=first_address or "127.0.0.1",
            accounts=[(addresses[name], (Coin(BASE_DENOM, amount),)) for name, amount in amounts.items() if amount],
            app_state=state,
        )
    )


def set_up_networks(client: Client, layout: Layout, say: Callable[[str], None]) -> dict[str, int]:
    """Create the networks that are missing, with manufacturers, gateways and shares of the emission; ids by name."""
    ids = {}
    founder = str(client.signer("founder").address)
    for name in FLEET:
        file = load_network(NETWORKS / f"{name}.toml")
        known = _network(client, name)
        if known is None:
            makers = register_makers(client, layout, file.manufacturers, say)
            say(f"creating network {name} from localnet/networks/{name}.toml")
            client.send_messages([file.message(founder, makers)], "founder")
            known = _network(client, name)
        if known is None:
            raise RuntimeError(f"network {name} was created and is not there")
        ids[name] = known.id
        messages: list[MsgSetNetworkWeight | MsgRegisterGateway] = []
        if known.weight_bp != file.weight_bp:
            messages.append(MsgSetNetworkWeight(authority=founder, network=known.id, weight_bp=file.weight_bp))
        messages += _new_gateways(client, layout, known.id, founder)
        if messages:
            client.send_messages(messages, "founder")
    return ids


def _new_gateways(client: Client, layout: Layout, network: int, founder: str) -> list[MsgRegisterGateway]:
    """Return what lets the gateways that a network does not know hand in receipts without fees."""
    answer = client.query(
        "/lamppost.work.v1.Query/Gateways",
        work_pb2.QueryGatewaysRequest(network=network),
        work_pb2.QueryGatewaysResponse,
    )
    known = {gateway.address for gateway in answer.gateways}
    addresses = [str(client.signer(gateway_name(index)).address) for index in range(layout.gateways)]
    return [
        MsgRegisterGateway(admin=founder, network=network, gateway=address, quota=FREE_RECEIPTS)
        for address in addresses
        if address not in known
    ]


def register_devices(client: Client, layout: Layout, network_ids: dict[str, int], say: Callable[[str], None]) -> None:
    """Make keys of the devices that have none; register, or claim from a batch, those that the chain does not know."""
    layout.devices_dir.mkdir(parents=True, exist_ok=True)
    for name in FLEET:
        file = load_network(NETWORKS / f"{name}.toml")
        models = _models(client, network_ids[name], file)
        owner = str(client.signer(owner_of(name)).address)
        registered = set(_devices_of(client, owner))
        missing: dict[int, list[tuple[DeviceKey, int]]] = {}
        for index, device in enumerate(layout.names_of(name)):
            key = device_key(layout, device, _ALGORITHMS[index % len(_ALGORITHMS)])
            if str(key.device_id) not in registered:
                missing.setdefault(index % len(models), []).append((key, place_of(file, index)))
        messages: list[MsgRegisterDevice | MsgClaimDevice] = []
        for index, devices in sorted(missing.items()):
            model = models[index]
            if model.manufacturer:
                maker = file.models[index].manufacturer
                say(f"claiming {len(devices)} of {name} ({model.name}) from a batch of {maker}")
                messages += claims(client, layout, model, devices, owner)
            else:
                say(f"registering {len(devices)} of {name} ({model.name})")
                messages += _registrations(client, model, devices, owner)
        for at in range(0, len(messages), _BATCH):
            client.send_messages(messages[at : at + _BATCH], owner_of(name))


def _registrations(
    client: Client, model: Model, devices: Sequence[tuple[DeviceKey, int]], owner: str
) -> list[MsgRegisterDevice]:
    return [
        register_message(key, chain_id=client.chain_id, owner=owner, network=model.network, model=model.id, cell=cell)
        for key, cell in devices
    ]


def device_key(layout: Layout, device: str, algorithm: str = "ed25519") -> DeviceKey:
    """Return a device's key, made when it is first asked for."""
    file = layout.devices_dir / f"{device}.json"
    if not file.exists():
        DeviceKey.generate(algorithm).save(file)
    return DeviceKey.load(file)


def _network(client: Client, name: str) -> Any:
    try:
        return client.query(
            "/lamppost.device_registry.v1.Query/NetworkByName",
            query_pb2.QueryNetworkByNameRequest(name=name),
            query_pb2.QueryNetworkByNameResponse,
        ).network
    except QueryFailed as error:
        if error.code == SdkCode.KEY_NOT_FOUND:
            return None
        raise


def _models(client: Client, network: int, file: NetworkFile) -> Sequence[Model]:
    answer = client.query(
        "/lamppost.device_registry.v1.Query/Models",
        query_pb2.QueryModelsRequest(network=network),
        query_pb2.QueryModelsResponse,
    )
    by_name = {model.name: model for model in answer.models}
    return [by_name[model.name] for model in file.models]


def _devices_of(client: Client, owner: str) -> list[str]:
    request = query_pb2.QueryDevicesByOwnerRequest(owner=owner)
    request.pagination.limit = 1_000
    answer = client.query(
        "/lamppost.device_registry.v1.Query/DevicesByOwner", request, query_pb2.QueryDevicesByOwnerResponse
    )
    return [device.id for device in answer.devices]
