"""What an agent must not forget: the last epoch it signed for, receipts not yet on the chain, open samples.

Files in one folder (0700): `state.json`, replaced as a whole and synced; `EPOCH.jsonl`, samples as they come.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chain.client.errors import ClientError
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from chain.primitives.ids import DeviceId

KEPT_EPOCHS = 64
"""Sample files kept behind the last signed epoch, for whoever bought the data; audits need the last accepted one."""


class JournalError(ClientError):
    """The journal is damaged, in use, or of another device or chain."""


@dataclass(slots=True)
class JournalState:
    """The content of `state.json`."""

    device: str
    chain_id: str
    salt_secret: bytes
    sequence: int = 0
    last_epoch: int = -1
    pending: list[bytes] = field(default_factory=list)
    """Signed receipts, encoded, that the chain has not answered for yet."""
    accepted_epoch: int = -1
    """Epoch of the last receipt known to be accepted: an audit asks for its samples, however old they are."""


class Journal:
    """One device's journal. Raises: JournalError when the folder belongs to another device or chain, or is in use."""

    def __init__(self, folder: Path, device: DeviceId, chain_id: str) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _lock_folder(folder)
        try:
            self.state = self._load(str(device), chain_id)
            self._mend()
        except BaseException:
            os.close(self._lock)
            raise

    def close(self) -> None:
        """Let another process have the folder."""
        os.close(self._lock)

    def add_sample(self, epoch: int, sample: bytes) -> bool:
        """Append one sample (canonical JSON) to an epoch; False when the epoch's samples are signed for already."""
        if epoch <= self.state.last_epoch:
            return False
        with self._samples_file(epoch).open("ab") as file:
            file.write(sample + b"\n")
        return True

    def samples(self, epoch: int) -> list[bytes]:
        """Return an epoch's samples."""
        try:
            content = self._samples_file(epoch).read_bytes()
        except FileNotFoundError:
            return []
        return [line for line in content.split(b"\n") if line]

    def open_epochs(self, before: int) -> list[int]:
        """Return the epochs below `before` that have samples but no receipt yet, oldest first."""
        return [epoch for epoch in self._epochs() if self.state.last_epoch < epoch < before]

    def forget_samples(self, after: int) -> list[int]:
        """Remove the samples of epochs above `after`, and return these epochs."""
        gone = [epoch for epoch in self._epochs() if epoch > after]
        for epoch in gone:
            self._samples_file(epoch).unlink()
        return gone

    def record_signed(self, receipt: Receipt) -> None:
        """Make it durable that a receipt was signed, and its samples with it, before it leaves the device."""
        _sync(self._samples_file(receipt.epoch))
        self.state.last_epoch = receipt.epoch
        self.state.sequence = receipt.sequence
        self.state.pending.append(receipt.SerializeToString(deterministic=True))
        self.save()
        self._forget_old()

    def give_up(self, epoch: int) -> None:
        """Sign nothing for an epoch and those before it: the chain takes no receipts for them any more."""
        self.state.last_epoch = max(epoch, self.state.last_epoch)
        self.save()
        self._forget_old()

    def pending(self) -> list[Receipt]:
        """Return the receipts that the chain has not answered for, oldest first."""
        return [Receipt.FromString(raw) for raw in self.state.pending]

    def settle(self, receipt: Receipt, accepted: bool = False) -> None:
        """Forget a pending receipt: it was accepted, or refused for good."""
        if accepted:
            self.state.accepted_epoch = max(self.state.accepted_epoch, receipt.epoch)
        raw = receipt.SerializeToString(deterministic=True)
        self.state.pending = [other for other in self.state.pending if other != raw]
        self.save()

    def catch_up(self, sequence: int, last_epoch: int) -> None:
        """Take over what the chain knows of this device, if it knows more than the journal."""
        if sequence > self.state.sequence or last_epoch > self.state.last_epoch:
            self.state.sequence = max(sequence, self.state.sequence)
            self.state.last_epoch = max(last_epoch, self.state.last_epoch)
            self.save()

    def save(self) -> None:
        """Write `state.json`: a new file, synced, then renamed over the old one."""
        state = self.state
        plain = {
            "device": state.device,
            "chain_id": state.chain_id,
            "salt_secret": state.salt_secret.hex(),
            "sequence": state.sequence,
            "last_epoch": state.last_epoch,
            "pending": [base64.b64encode(raw).decode() for raw in state.pending],
            "accepted_epoch": state.accepted_epoch,
        }
        temporary = self.folder / "state.json.new"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(plain, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / "state.json")
        # Without this a power cut may bring the old state back, and with it a second receipt for the same epoch.
        _sync(self.folder)

    def _load(self, device: str, chain_id: str) -> JournalState:
        file = self.folder / "state.json"
        if not file.exists():
            return JournalState(device, chain_id, secrets.token_bytes(32))
        try:
            plain: dict[str, Any] = json.loads(file.read_text())
            state = JournalState(
                plain["device"],
                plain["chain_id"],
                bytes.fromhex(plain["salt_secret"]),
                int(plain["sequence"]),
                int(plain["last_epoch"]),
                [base64.b64decode(raw) for raw in plain["pending"]],
                # Journals from before there were audits have none.
                int(plain.get("accepted_epoch", -1)),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise JournalError(f"{file} is damaged: {error}") from error
        if (state.device, state.chain_id) != (device, chain_id):
            raise JournalError(
                f"{self.folder} is the journal of {state.device} on {state.chain_id}, not of {device} on {chain_id}"
            )
        return state

    def _mend(self) -> None:
        """Take off last lines that a crash cut short, before more is appended to them."""
        for epoch in self._epochs():
            file = self._samples_file(epoch)
            content = file.read_bytes()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                os.truncate(file, whole)

    def _samples_file(self, epoch: int) -> Path:
        return self.folder / f"{epoch}.jsonl"

    def _epochs(self) -> list[int]:
        return sorted(int(file.stem) for file in self.folder.glob("*.jsonl") if file.stem.isdigit())

    def _forget_old(self) -> None:
        for epoch in self._epochs():
            if epoch < self.state.last_epoch - KEPT_EPOCHS and epoch != self.state.accepted_epoch:
                self._samples_file(epoch).unlink()


def _sync(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock_folder(folder: Path) -> int:
    """Keep a second agent from signing with the same journal."""
    import fcntl

    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise JournalError(f"another agent uses {folder}") from error
    return descriptor
