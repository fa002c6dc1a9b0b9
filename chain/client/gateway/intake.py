"""What a gateway checks before it pays for a receipt: shape, window, signature."""

import threading
import time
from collections import OrderedDict

from google.protobuf.message import DecodeError

from chain.client.agent.clock import EpochClock, read_clock
from chain.client.client import Client
from chain.client.devices import receipt_sign_bytes
from chain.client.errors import QueryFailed
from chain.crypto.keys import Algorithm, verify
from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from chain.primitives.errors import SdkCode
from chain.primitives.ids import DeviceId

MAX_RECEIPT = 6_400
"""Longest receipt taken, in bytes: one that answers an audit."""
_KNOWN_KEYS = 100_000
"""Device keys remembered."""
_KEY_AGE = 10.0
"""Seconds after which a key under which a receipt does not verify is asked for again: it may have been rotated."""
_CLOCK_AGE = 2.0
"""Seconds after which the epoch clock is asked for again."""


class BadReceipt(ValueError):
    """A receipt that the chain would reject, too."""


class Intake:
    """Checks receipts against the chain as one node shows it. Raises: ClientError when the node is away."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._keys: OrderedDict[bytes, tuple[float, int, bytes]] = OrderedDict()
        self._clock: tuple[float, EpochClock] | None = None
        self._lock = threading.Lock()

    def check(self, raw: bytes) -> Receipt:
        """Return a receipt that is worth submitting. Raises: BadReceipt saying why it is not."""
        if len(raw) > MAX_RECEIPT:
            raise BadReceipt(f"a receipt is at most {MAX_RECEIPT} bytes")
        try:
            receipt = Receipt.FromString(raw)
        except DecodeError as error:
            raise BadReceipt("not an encoded lamppost.work.v1.Receipt") from error
        receipt.DiscardUnknownFields()
        if receipt.SerializeToString(deterministic=True) != raw:
            raise BadReceipt("not in the canonical encoding, or with fields that the chain does not know")
        if len(receipt.device) != 20 or len(receipt.signature) != 64 or len(receipt.telemetry_root) != 32:
            raise BadReceipt("device, telemetry_root and signature are 20, 32 and 64 bytes")
        self._check_epoch(receipt.epoch)
        if not self._is_genuine(receipt):
            raise BadReceipt("the signature is not the device key's over this receipt on this chain")
        return receipt

    def _is_genuine(self, receipt: Receipt) -> bool:
        signed = receipt_sign_bytes(self._client.chain_id, receipt)
        asked_at, algorithm, public_key = self._key_of(receipt.device)
        if verify(Algorithm(algorithm), public_key, signed, receipt.signature):
            return True
        if time.monotonic() - asked_at < _KEY_AGE:
            return False
        with self._lock:
            self._keys.pop(receipt.device, None)
        _, algorithm, public_key = self._key_of(receipt.device)
        return verify(Algorithm(algorithm), public_key, signed, receipt.signature)

    def _check_epoch(self, epoch: int) -> None:
        # By the clock a new epoch may have begun that no block has seen; a chain that stands still stays behind it.
        clock = self.clock()
        earliest, latest = max(0, clock.epoch - 1), clock.epoch_at(time.time_ns())
        if not earliest <= epoch <= latest:
            raise BadReceipt(f"epoch {epoch} is not in {earliest}..{latest}")

    def clock(self) -> EpochClock:
        """Return the epoch clock, at most a little old."""
        with self._lock:
            if self._clock is None or time.monotonic() - self._clock[0] > _CLOCK_AGE:
                self._clock = (time.monotonic(), read_clock(self._client))
            return self._clock[1]

    def _key_of(self, device: bytes) -> tuple[float, int, bytes]:
        with self._lock:
            known = self._keys.get(device)
        if known is not None:
            return known
        request = query_pb2.QueryDeviceRequest(device_id=str(DeviceId(device)))
        try:
            answer = self._client.query(
                "/lamppost.device_registry.v1.Query/Device", request, query_pb2.QueryDeviceResponse
            )
        except QueryFailed as error:
            if (error.codespace, error.code) != ("sdk", SdkCode.KEY_NOT_FOUND):
                raise
            raise BadReceipt(f"unknown device {DeviceId(device)}") from error
        found = (time.monotonic(), int(answer.device.algorithm), bytes(answer.device.public_key))
        with self._lock:
            self._keys[device] = found
            if len(self._keys) > _KNOWN_KEYS:
                self._keys.popitem(last=False)
        return found
