"""A device at work without a network: a clock set by hand, a chain that remembers what it was handed."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chain.client.agent.agent import Agent, Fate, Measure, Outcome
from chain.client.agent.clock import EpochClock
from chain.client.agent.journal import Journal
from chain.client.devices import DeviceKey
from chain.client.errors import NodeUnreachable
from chain.pb.lamppost.work.v1.types_pb2 import Question, Receipt
from chain.primitives.ids import DeviceId

SECOND = 10**9
EPOCH = 10 * SECOND
KEY = DeviceKey.from_private("ed25519", bytes(range(32)))
CHAIN_ID = "lamppost-test-1"


def clock(epoch: int) -> EpochClock:
    """Return the clock of a chain in an epoch, with epochs of ten seconds from time 0 on."""
    return EpochClock(epoch, epoch * EPOCH, EPOCH)


@dataclass
class Hand:
    """Takes receipts; `answers` are the outcomes of the next ones, an exception is raised."""

    answers: list[Outcome | Exception] = field(default_factory=list)
    taken: list[Receipt] = field(default_factory=list)

    def submit(self, receipt: Receipt) -> Outcome:
        self.taken.append(receipt)
        answer = self.answers.pop(0) if self.answers else Outcome(Fate.ACCEPTED)
        if isinstance(answer, Exception):
            raise answer
        return answer


AWAY = NodeUnreachable("away")


@dataclass
class Log:
    """Hears what happens."""

    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, event: str, **fields: object) -> None:
        self.lines.append((event, fields))

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.lines]


def open_journal(folder: Path) -> Journal:
    return Journal(folder, KEY.device_id, CHAIN_ID)


@dataclass
class Asks:
    """An examiner; `answers` are its next ones, an exception is raised, and then it asks nothing."""

    answers: list[Question | Exception | None] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    def question(self, device: DeviceId, clock: EpochClock) -> Question | None:
        self.asked.append(clock.epoch)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


def make_agent(
    journal: Journal, hand: Any, log: Log, measure: Measure | None = None, asks: Asks | None = None
) -> Agent:
    return Agent(KEY, 1, journal, hand, measure or Measure(), log, asks)
