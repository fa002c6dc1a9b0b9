"""What a simulation yields, epoch by epoch."""

from dataclasses import dataclass, field

from chain.simulation.scenario import Scenario
from modules.reward_emission.schedule import Buckets


@dataclass(slots=True)
class NetworkSeries:
    """One network; amounts in ulamp. The device is one that was there from the start, in a full group."""

    name: str
    devices: list[int] = field(default_factory=list)
    pool: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    """T: the units that share the pool, after the caps."""
    reward: list[int] = field(default_factory=list)
    """What the device earns by the epoch, the part that is held back included."""
    claimable: list[int] = field(default_factory=list)
    """What it could have claimed in all when the epoch ends."""
    locked: list[int] = field(default_factory=list)
    """What is held back of it when the epoch ends."""


@dataclass(slots=True)
class Series:
    """A simulation, each value as the epoch's close leaves it; amounts in ulamp."""

    scenario: Scenario
    networks: list[NetworkSeries]
    supply: list[int] = field(default_factory=list)
    reserve: list[int] = field(default_factory=list)
    burned_pool: list[int] = field(default_factory=list)
    emitted: list[int] = field(default_factory=list)
    burned: list[int] = field(default_factory=list)
    reemitted: list[int] = field(default_factory=list)
    buckets: list[Buckets] = field(default_factory=list)
    usage_paid: list[int] = field(default_factory=list)
    """What the bound on usage pay lets providers have of the usage bucket."""
    treasury: list[int] = field(default_factory=list)
    """All that went to the treasury: its bucket, and whatever nobody took."""
