"""Lamppost as a whole: the one file that names modules and says how they are wired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from google.protobuf.internal import api_implementation

from chain.runtime import genesis
from chain.runtime.application import Application
from chain.runtime.core import core_module, evidence_ages
from chain.runtime.execution import SIMULATION_GAS
from chain.runtime.fees import GasPrice
from chain.runtime.observe import Observer
from chain.runtime.ports import Accounts, Fees, FreeLane
from chain.sdk.module import Json, Module
from chain.store import StateStore
from modules.auth.keeper import AuthKeeper
from modules.auth.module import module as auth_module
from modules.bank.keeper import BankKeeper
from modules.bank.module import module as bank_module
from modules.device_registry.keeper import DeviceRegistryKeeper
from modules.device_registry.module import module as device_registry_module
from modules.distribution.keeper import DistributionKeeper
from modules.distribution.module import module as distribution_module
from modules.evidence.keeper import EvidenceKeeper
from modules.evidence.module import module as evidence_module
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.module import module as reward_emission_module
from modules.slashing.keeper import SlashingKeeper
from modules.slashing.module import module as slashing_module
from modules.staking.keeper import StakingKeeper
from modules.staking.module import module as staking_module
from modules.work.keeper import WorkKeeper
from modules.work.lane import WorkLane
from modules.work.module import module as work_module

MODULE_ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "bonded_tokens_pool": ("burner", "staking"),
    "device_registry": ("burner",),
    "distribution": (),
    "fee_collector": (),
    "gov": (),
    "not_bonded_tokens_pool": ("burner", "staking"),
    "reward_emission": ("burner", "minter"),
    "treasury": (),
}
"""Accounts that belong to modules, with what they may do."""

GENESIS_ORDER = (
    "auth",
    "bank",
    "distribution",
    "staking",
    "slashing",
    "evidence",
    "device_registry",
    "reward_emission",
    "work",
)
"""Order in which modules write genesis: who others' genesis needs comes first."""
BEGIN_BLOCK_ORDER: tuple[str, ...] = ("distribution", "slashing", "evidence", "staking", "work")
"""Order of what happens before a block's transactions."""
END_BLOCK_ORDER: tuple[str, ...] = ("staking",)
"""Order of what happens after a block's transactions."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Modules in order of genesis, and what the runtime needs of them."""

    modules: tuple[Module, ...]
    accounts: Accounts
    fees: Fees
    begin: tuple[Module, ...] = ()
    end: tuple[Module, ...] = ()
    free_lane: FreeLane | None = None
    """Whose transactions need no fee; without it everybody's do."""

    def with_modules(self, *more: Module) -> "Wiring":
        """Return the wiring with more modules, whose block hooks run last."""
        return Wiring(
            (*self.modules, *more),
            self.accounts,
            self.fees,
            (*self.begin, *(module for module in more if module.begin_block)),
            (*self.end, *(module for module in more if module.end_block or module.validator_updates)),
            self.free_lane,
        )


def wire() -> Wiring:
    """Make all keepers and modules. Raises: ValueError when a module's hooks or accounts are not in the lists above."""
    auth = AuthKeeper(MODULE_ACCOUNTS)
    bank = BankKeeper(auth)
    registry = DeviceRegistryKeeper(bank)
    emission = RewardEmissionKeeper(bank, registry)
    work = WorkKeeper(registry, emission, auth)
    staking = StakingKeeper(bank, emission)
    distribution = DistributionKeeper(bank, staking)
    slashing = SlashingKeeper(staking, distribution)
    evidence = EvidenceKeeper(staking, slashing, evidence_ages)
    staking.attach(rewards=distribution, signing=slashing)
    emission.attach(stakers=distribution)
    registry.attach(rewards=emission)
    made = {
        module.name: module
        for module in (
            auth_module(auth),
            bank_module(bank),
            distribution_module(distribution),
            staking_module(staking),
            slashing_module(slashing),
            evidence_module(evidence),
            device_registry_module(registry),
            reward_emission_module(emission),
            work_module(work),
        )
    }
    for module in made.values():
        _check(module)
    return Wiring(
        tuple(made[name] for name in GENESIS_ORDER),
        auth,
        bank,
        tuple(made[name] for name in BEGIN_BLOCK_ORDER),
        tuple(made[name] for name in END_BLOCK_ORDER),
        WorkLane(work),
    )


def _check(module: Module) -> None:
    if module.begin_block and module.name not in BEGIN_BLOCK_ORDER:
        raise ValueError(f"module {module.name} has a begin_block without a place in BEGIN_BLOCK_ORDER")
    if (module.end_block or module.validator_updates) and module.name not in END_BLOCK_ORDER:
        raise ValueError(f"module {module.name} has an end_block without a place in END_BLOCK_ORDER")
    for name, permissions in module.accounts.items():
        if MODULE_ACCOUNTS.get(name) != tuple(permissions):
            raise ValueError(f"module {module.name} declares the account {name} otherwise than MODULE_ACCOUNTS")


def build_modules() -> tuple[Module, ...]:
    """Return all modules in order of genesis."""
    return wire().modules


def store_names(modules: Sequence[Module] | None = None) -> tuple[str, ...]:
    """Return the names of all stores, the runtime's own among them."""
    return tuple(module.name for module in _with_core(modules))


def default_genesis() -> Json:
    """Return an `app_state` in which every module has its default section."""
    return genesis.default_genesis(_with_core(None))


def validate_genesis(app_state: Mapping[str, Any]) -> None:
    """Check an `app_state`. Raises: GenesisError naming the path of what is wrong."""
    genesis.validate_genesis(_with_core(None), app_state)


def open_store(path: Path, keep_versions: int = 100, cache_entries: int = 200_000) -> StateStore:
    """Open the state in a folder, or make it. Raises: StoreError."""
    return StateStore.open(path, stores=store_names(), keep_versions=keep_versions, cache_entries=cache_entries)


def build_app(
    store: StateStore,
    *,
    gas_prices: Sequence[GasPrice] = (),
    simulation_gas: int = SIMULATION_GAS,
    observer: Observer | None = None,
    collect_garbage: bool = False,
    retain_blocks: int = 0,
    wiring: Wiring | None = None,
) -> Application:
    """Return the application over an open store; whoever opened the store closes it.

    `collect_garbage` lets the application rule Python's collector, for a process that is the node and nothing else.
    Raises: RuntimeError when protobuf runs on another implementation than upb.
    """
    require_upb()
    wiring = wiring or wire()
    return Application(
        store,
        wiring.modules,
        wiring.accounts,
        wiring.fees,
        begin=wiring.begin,
        end=wiring.end,
        free_lane=wiring.free_lane,
        gas_prices=gas_prices,
        simulation_gas=simulation_gas,
        observer=observer,
        collect_garbage=collect_garbage,
        retain_blocks=retain_blocks,
        version=software_version(),
    )


def require_upb() -> None:
    """Check that protobuf is what all nodes run: others may judge bad bytes otherwise. Raises: RuntimeError."""
    found = api_implementation.Type()
    if found != "upb":
        raise RuntimeError(
            f"protobuf runs on its {found!r} implementation, a node needs 'upb': install protobuf from a wheel "
            "and leave PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION unset"
        )


def software_version() -> str:
    """Return the version of the installed package."""
    try:
        return version("lamppost")
    except PackageNotFoundError:
        return "0.0.0"


def _with_core(modules: Sequence[Module] | None) -> tuple[Module, ...]:
    return (core_module(), *(build_modules() if modules is None else modules))
