"""What owners do with rewards: claim those of all their devices, and send half of it on to bob."""

import threading
from collections.abc import Callable

from chain.client import Client, ClientError
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.lamppost.reward_emission.v1.tx_pb2 import MsgClaim, MsgClaimResponse
from chain.primitives.coins import BASE_DENOM, Coin
from localnet.founding import device_key
from localnet.layout import FLEET, Layout, owner_of
from localnet.screen import show_lamp
from localnet.watch import last_closed_epoch

CLAIM_BATCH = 100
"""Devices in one claim."""


class Payday:
    """Claims for every owner after each epoch, until told to stop."""

    def __init__(self, client: Client, layout: Layout, tell: Callable[[str], None]) -> None:
        self._client = client
        self._layout = layout
        self._tell = tell
        self._paid_epoch = -1

    def run(self, stopping: threading.Event) -> None:
        """Wait for closed epochs and claim; a node that is away is tried again."""
        while not stopping.wait(2.0):
            try:
                epoch = last_closed_epoch(self._client)
                if epoch > self._paid_epoch:
                    self._paid_epoch = epoch
                    for network in FLEET:
                        self._claim(network)
            except ClientError as error:
                self._tell(f"claim failed: {error}")

    def _claim(self, network: str) -> None:
        names = self._layout.names_of(network)
        ids = [str(device_key(self._layout, name).device_id) for name in names]
        owner = self._client.signer(owner_of(network))
        total = 0
        for at in range(0, len(ids), CLAIM_BATCH):
            message = MsgClaim(owner=str(owner.address), device_ids=ids[at : at + CLAIM_BATCH])
            # Between the estimate and the block an epoch may close, and with it there is more to settle.
            result = self._client.send_messages([message], owner, gas_adjustment=2.0)
            answer = TxMsgData.FromString(result.data).msg_responses[0]
            total += MsgClaimResponse.FromString(answer.value).amount
        if total < 2:
            return
        bob = self._client.signer("bob").address
        self._client.send(owner, bob, (Coin(BASE_DENOM, total // 2),))
        self._tell(f"{owner.name} claimed {show_lamp(total)}, sent {show_lamp(total // 2)} to bob")
